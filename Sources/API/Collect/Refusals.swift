import Base
import HTTPServer

// How a refusal reads in the words of a format's own servers.

extension HTTPResponse {
    /// The member `code` of problem details; nil for other answers.
    var problemCode: String? { problem?["code"]?.stringValue }
    /// The member `detail` of problem details; nil for other answers.
    var problemDetail: String? { problem?["detail"]?.stringValue }

    private var problem: JSON? {
        guard case .bytes(let bytes) = body else { return nil }
        return try? JSON.parse(bytes)
    }

    /// The same status and headers, such as `Retry-After`, over another body with its own headers.
    func saying(_ other: HTTPResponse) -> HTTPResponse {
        var response = self
        for field in other.headers.fields { response.headers[field.name] = field.value }
        response.body = other.body
        return response
    }
}
