public import Domain
public import HTTPServer

/// Lets a caller in or says why not; the console's doorkeeper stands behind it.
public struct Access: Sendable {
    public enum Verdict: Sendable {
        case admitted(Identity)
        case refused(HTTPResponse)  // 401 or 403, ready to be sent.
    }

    /// By what the request itself carries: a token in `Authorization`, or the console's session.
    public var check: @Sendable (HTTPRequest, Permission) async -> Verdict
    /// For wire formats that carry the key in the body, such as Segment's `writeKey`.
    public var checkKey: @Sendable (_ key: String, Permission) async -> Verdict

    public init(
        check: @escaping @Sendable (HTTPRequest, Permission) async -> Verdict,
        checkKey: @escaping @Sendable (_ key: String, Permission) async -> Verdict
    ) {
        self.check = check
        self.checkKey = checkKey
    }
}
