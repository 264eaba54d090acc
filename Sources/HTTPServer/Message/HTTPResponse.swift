public import Base

/// What a handler answers.
public struct HTTPResponse: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        case file(StaticFile)
        /// Until the stream ends, the client leaves or the server stops; comments keep a silent one alive.
        case events(AsyncStream<ServerSentEvent>)
    }

    public var status: Int
    public var headers: HTTPHeaders
    public var body: Body

    public init(status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public static func json(_ value: JSON, status: Int = 200, headers: HTTPHeaders = [:]) -> Self {
        json(bytes: value.bytes, status: status, headers: headers)
    }

    /// - Parameter bytes: JSON text.
    public static func json(bytes: [UInt8], status: Int = 200, headers: HTTPHeaders = [:]) -> Self {
        Self(status: status, headers: headers.typed("application/json"), body: .bytes(bytes))
    }

    public static func text(
        _ text: String, status: Int = 200, mediaType: String = "text/plain; charset=utf-8", headers: HTTPHeaders = [:]
    ) -> Self {
        Self(status: status, headers: headers.typed(mediaType), body: .bytes(Array(text.utf8)))
    }

    public static func noContent(headers: HTTPHeaders = [:]) -> Self { Self(status: 204, headers: headers) }

    public static func events(_ events: AsyncStream<ServerSentEvent>) -> Self {
        Self(
            status: 200,
            headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"],
            body: .events(events))
    }

    /// An error as problem details (RFC 9457).
    ///
    /// - Parameters:
    ///   - code: Stable; programs key on it.
    ///   - detail: What is wrong, where, and how to mend it. Never a secret.
    ///   - more: Further members, such as the receipts of a batch.
    public static func problem(
        _ status: Int, code: String, detail: String, more: JSONObject = JSONObject(), headers: HTTPHeaders = [:]
    ) -> Self {
        var object = JSONObject()
        object.append("type", "about:blank")
        object.append("title", .string(ReasonPhrase.text(of: status)))
        object.append("status", .int(Int64(status)))
        object.append("code", .string(code))
        object.append("detail", .string(detail))
        for member in more.members { object.append(member.name, member.value) }
        return Self(
            status: status, headers: headers.typed("application/problem+json"),
            body: .bytes(JSON.object(object).bytes))
    }
}

extension HTTPHeaders {
    fileprivate func typed(_ mediaType: String) -> Self {
        var headers = self
        headers["Content-Type"] = mediaType
        return headers
    }
}

/// The phrases of RFC 9110, 15, for the statuses in use.
enum ReasonPhrase {
    static func text(of status: Int) -> String { phrases[status] ?? "Status \(status)" }

    private static let phrases = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 302: "Found", 303: "See Other",
        304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict",
        411: "Length Required", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
        422: "Unprocessable Content", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
        500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
    ]
}
