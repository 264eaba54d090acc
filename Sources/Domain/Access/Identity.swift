/// Who calls, as the doorkeeper recognised them.
public struct Identity: Hashable, Sendable {
    public let authority: Authority
    public let name: String  // Of the token or the user.

    public init(authority: Authority, name: String) {
        self.authority = authority
        self.name = name
    }

    /// As the audit log names the caller: `user:ana`, `token:shop`.
    public var actor: String {
        switch authority {
        case .token: "token:\(name)"
        case .user: SourceName.user(name)
        }
    }

    /// The source of the events that this caller sends: a token's own name; for a person, `actor`.
    public var source: SourceName {
        let text =
            switch authority {
            case .token: name
            case .user: actor
            }
        return SourceName(text) ?? .quanyu
    }
}
