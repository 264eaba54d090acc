public import Base

/// Where the server listens and what it puts up with.
public struct HTTPServerOptions: Sendable {
    public var host = "127.0.0.1"
    public var port: UInt16 = 0  // 0 takes a free one.
    public var threadCount = 2  // Of connections; handlers run on Swift's own pool.
    public var connectionCountMax = 1000
    public var bodyBytesMax = 8 << 20  // As sent, and again after decompression.
    /// Of all bodies together, from their first byte until their handlers have answered. Never less than one whole body
    /// takes, as sent and again decompressed.
    public var bodyBytesHeldMax = 256 << 20
    public var headerBytesMax = 32 << 10  // Of a request's line and headers together.
    /// How long a connection may be silent between requests, and how long a request may take to arrive beyond the time
    /// that its body needs at `bodyBytesPerSecondMin`.
    public var idleMax = Milliseconds.seconds(30)
    public var bodyBytesPerSecondMin = 1024
    public var shutdownGrace = Milliseconds.seconds(10)
    public var keepAlive = Milliseconds.seconds(15)  // Between comments on a silent event stream.
    public var corsOrigins: [String] = []  // `*` for all.

    public init() {}
}

/// Why the server does not run.
public enum HTTPServerError: Error, Equatable, CustomStringConvertible {
    case notAnAddress(host: String)
    case cannotListen(host: String, port: UInt16, reason: String)
    case cannotStart

    public var description: String {
        switch self {
        case .notAnAddress(let host): "\(host) is no address of this machine: give an IP address or 0.0.0.0"
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
        case .cannotStart: "the HTTP server cannot start: no memory or no threads left"
        }
    }
}
