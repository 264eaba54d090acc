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

    /// An image of one transparent point, which no cache keeps: each look at a page is to be told.
    static func pixel(status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "image/gif", "Cache-Control": "no-store"], body: .bytes(gif))
    }

    private static let gif: [UInt8] =
        Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0]  // One by one, a palette of two colours.
        + [0, 0, 0, 0xFF, 0xFF, 0xFF] + [0x21, 0xF9, 4, 1, 0, 0, 0, 0]  // The first colour is transparent.
        + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0] + [2, 2, 0x44, 1, 0, 0x3B]
}
