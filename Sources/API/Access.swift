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

    /// As `check`; without `Authorization`, the key may also stand as `key` in the query, since a browser's beacon has
    /// no headers of its own. Addresses are read by many on their way, so only a write key may stand there: one that
    /// a page shows to everybody anyway. A key that is there counts alone: no cookie makes up for a bad one.
    func checkPage(_ request: HTTPRequest, _ permission: Permission) async -> Verdict {
        guard request.headers["Authorization"] == nil, let key = request.query["key"] else {
            return await check(request, permission)
        }
        let verdict = await checkKey(key, permission)
        guard case .admitted(let identity) = verdict, identity.authority != .token(.write) else { return verdict }
        return .refused(
            .problem(
                403, code: "key_in_address",
                detail: "only a write key may stand in an address; send another token as "
                    + "`Authorization: Bearer TOKEN`, and replace this one, since addresses are logged"))
    }
}
