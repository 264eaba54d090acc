/// A whole request: its body is read, decompressed and within the limits.
public struct HTTPRequest: Sendable {
    public let id: String  // The client's `X-Request-Id` where it sent a sound one; in every log line of the request.
    public let method: HTTPMethod
    public let path: String  // As sent, without the query.
    public var parameters: [String: String]  // What the `{name}` parts of the route's pattern stand for, decoded.
    public let query: HTTPQuery
    public let headers: HTTPHeaders
    public let body: [UInt8]
    public let remoteAddress: String  // Of the peer of the connection, without its port.
    public let allowance: BodyAllowance

    public init(
        id: String = "", method: HTTPMethod, path: String, parameters: [String: String] = [:],
        query: HTTPQuery = HTTPQuery(), headers: HTTPHeaders = [:], body: [UInt8] = [], remoteAddress: String = "",
        allowance: BodyAllowance = BodyAllowance()
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.parameters = parameters
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.allowance = allowance
    }

    /// The type of the body in lower case, without its parameters; nil where none is given.
    public var mediaType: String? {
        guard let field = headers["Content-Type"] else { return nil }
        let end = field.utf8.firstIndex { $0 == UInt8(ascii: ";") || $0 == 0x20 || (0x09...0x0D).contains($0) }
        return field[..<(end ?? field.endIndex)].lowercased()
    }

    /// Whether the client has what is tagged so, and asked for something else only (RFC 9110, 13.1.2).
    public func knows(entityTag: String) -> Bool {
        headers.values(of: "If-None-Match").flatMap { $0.split(separator: ",") }.contains { listed in
            let tag = listed.drop(while: \.isWhitespace)
            return tag == "*" || (tag.hasPrefix("W/") ? tag.dropFirst(2) : tag) == entityTag
        }
    }

    /// By name; of two of one name the first counts (RFC 6265).
    public var cookies: [String: String] {
        var cookies: [String: String] = [:]
        for pair in headers.values(of: "Cookie").flatMap({ $0.split(separator: ";") }) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = String(parts[0].drop(while: \.isWhitespace))
            if cookies[name] == nil { cookies[name] = String(parts[1]) }
        }
        return cookies
    }
}
