/// One of the ids under which a sender knows a person, and what kind of id it is: the evidence that links ids.
public struct PersonIdentifier: Hashable, Sendable, Comparable {
    /// What an id stands for, the strongest first. The raw value stands in the journal: it never changes.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case login = 1  // An account of the sender's.
        case unionid = 2  // One person across the apps of one WeChat or Douyin developer.
        case openid = 3  // One person within one app of a platform.
        case phoneHash = 4
        case emailHash = 5
        case device = 6
        case anonymous = 7  // A browser or an installation before anyone signed in.

        /// The word on the wire, such as `phone_hash`.
        public var code: String {
            switch self {
            case .login: "login"
            case .unionid: "unionid"
            case .openid: "openid"
            case .phoneHash: "phone_hash"
            case .emailHash: "email_hash"
            case .device: "device"
            case .anonymous: "anonymous"
            }
        }

        public init?(code: String) {
            guard let kind = Self.allCases.first(where: { $0.code == code }) else { return nil }
            self = kind
        }
    }

    public let kind: Kind
    public let id: PersonID

    public init(_ kind: Kind, _ id: PersonID) {
        self.kind = kind
        self.id = id
    }

    /// By strength, then by text.
    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.kind.rawValue, lhs.id) < (rhs.kind.rawValue, rhs.id) }
}
