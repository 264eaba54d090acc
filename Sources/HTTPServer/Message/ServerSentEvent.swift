/// One event of a stream (WHATWG HTML, 9.2).
public struct ServerSentEvent: Sendable, Equatable {
    public let name: String?
    public let data: String
    public let id: String?
    public let retryMs: Int?  // How long a client waits before it connects again.

    public init(name: String? = nil, data: String, id: String? = nil, retryMs: Int? = nil) {
        self.name = name
        self.data = data
        self.id = id
        self.retryMs = retryMs
    }

    /// Keeps proxies from closing a silent connection, and finds out about a client that left.
    static let keepAlive: [UInt8] = Array(": \n\n".utf8)

    var encoded: [UInt8] {
        var text = ""
        if let name { text += "event: \(Self.oneLine(name))\n" }
        if let id { text += "id: \(Self.oneLine(id))\n" }
        if let retryMs { text += "retry: \(retryMs)\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            text += "data: \(line)\n"
        }
        return Array((text + "\n").utf8)
    }

    private static func oneLine(_ text: String) -> String { text.filter { !$0.isNewline && $0 != "\0" } }
}
