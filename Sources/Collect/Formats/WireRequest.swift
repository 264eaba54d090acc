/// A request as a wire format sees it: no socket, no route, no reply.
public struct WireRequest: Sendable {
    public var kind = ""  // What the route says beyond its format, such as `track` in `/v1/track`.
    public var query: [(name: String, value: String)] = []  // Decoded, in order.
    public var headers: [(name: String, value: String)] = []  // In order.
    public var mediaType: String?  // Lower case, without parameters.
    public var body: [UInt8] = []  // Decompressed where `Content-Encoding` said so.
    public var remoteAddress = ""  // Digits, without a port; empty where unknown.
    public var bodyBytesMax = 8_388_608  // Also of what a body turns out to stand for.
    /// Asks for memory for what a body stands for; false where the requests of all senders hold too much already.
    public var takeMemory: @Sendable (_ byteCount: Int) -> Bool = { _ in true }

    public init() {}

    /// The first value under this name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The first value of the query under this name.
    public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// What a request of some format says, before anything of it is checked.
public struct WireEnvelope: Sendable {
    public var items: [WireItem]
    public var key: String?  // The write key, where the body or the query carries it.

    public init(items: [WireItem], key: String? = nil) {
        self.items = items
        self.key = key
    }
}
