public import Base

/// How a webhook's sender proves itself. The secret is kept apart.
public enum WebhookCheck: Sendable, Equatable {
    /// Anyone who knows the address may send.
    case none
    /// HMAC-SHA256 of the body in a header, behind a prefix such as `sha256=`, in hex or base64.
    case hmac(header: String, prefix: String, encoding: Encoding)
    /// A header `t=UNIX_SECONDS,v1=HEX` over `UNIX_SECONDS.BODY`, not older than the tolerance, as Stripe does it.
    case timestamped(header: String, toleranceSeconds: Int)
    /// The secret itself in a header, behind a prefix such as `Bearer `, or in the query.
    case token(header: String, prefix: String)
    case tokenInQuery(parameter: String)

    public enum Encoding: String, Sendable, CaseIterable { case hex, base64 }
}

/// A source that pushes JSON of its own shape to `/api/v1/hooks/NAME`; its name is the source of the events.
public struct WebhookSource: Sendable, Equatable {
    public let name: PlainName
    public var mapping: JSON  // As `ImportMapping` reads it.
    public var check: WebhookCheck
    public var hasSecret: Bool
    public var answerStatus: Int  // In 200...299: what the sender hears where all is taken or set aside.
    public var answerType: String
    public var answerBody: String
    public var isEnabled: Bool
    public var updatedAt: EventTime

    public init(
        name: PlainName, mapping: JSON, check: WebhookCheck, hasSecret: Bool, answerStatus: Int, answerType: String,
        answerBody: String, isEnabled: Bool, updatedAt: EventTime
    ) {
        self.name = name
        self.mapping = mapping
        self.check = check
        self.hasSecret = hasSecret
        self.answerStatus = answerStatus
        self.answerType = answerType
        self.answerBody = answerBody
        self.isEnabled = isEnabled
        self.updatedAt = updatedAt
    }
}

extension WebhookCheck {
    /// As the API shows it and the store keeps it.
    public var json: JSON {
        switch self {
        case .none: ["kind": "none"]
        case .hmac(let header, let prefix, let encoding):
            [
                "kind": "hmac", "header": .string(header), "prefix": .string(prefix),
                "encoding": .string(encoding.rawValue),
            ]
        case .timestamped(let header, let seconds):
            ["kind": "timestamped", "header": .string(header), "tolerance_seconds": .int(Int64(seconds))]
        case .token(let header, let prefix):
            ["kind": "token", "header": .string(header), "prefix": .string(prefix)]
        case .tokenInQuery(let parameter): ["kind": "query_token", "parameter": .string(parameter)]
        }
    }

    /// Whether a secret is needed.
    public var isSecret: Bool { self != .none }

    /// Nil where it is none of these, or a name of a header or parameter is none.
    public init?(json: JSON) {
        let prefix = json["prefix"]?.stringValue ?? ""
        guard prefix.utf8.count <= 64 else { return nil }
        let header = json["header"]?.stringValue ?? ""
        switch json["kind"]?.stringValue {
        case "none": self = .none
        case "hmac":
            let word = json["encoding"]?.stringValue ?? Encoding.hex.rawValue
            guard Self.isToken(header), let encoding = Encoding(rawValue: word) else { return nil }
            self = .hmac(header: header, prefix: prefix, encoding: encoding)
        case "timestamped":
            let seconds = json["tolerance_seconds"]?.intValue ?? 300
            guard Self.isToken(header), (1...86_400).contains(seconds) else { return nil }
            self = .timestamped(header: header, toleranceSeconds: Int(seconds))
        case "token":
            guard Self.isToken(header) else { return nil }
            self = .token(header: header, prefix: prefix)
        case "query_token":
            guard let parameter = json["parameter"]?.stringValue, Self.isToken(parameter) else { return nil }
            self = .tokenInQuery(parameter: parameter)
        default: return nil
        }
    }

    private static func isToken(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
    }
}
