public import Base

/// What a field may hold. The raw value is JSON Schema's word, but for `any`, which says nothing.
public enum FieldType: String, Sendable, CaseIterable {
    case string, integer, number, boolean, array, object, any
}

/// How closely a field leads to a person; the classes of the Personal Information Protection Law of the PRC.
public enum PersonalDataClass: String, Sendable, CaseIterable {
    case none
    case pseudonymous  // A key that only leads to a person together with other data: a device, an openid.
    case personal  // Article 4: a phone number, a name, an address.
    case sensitive  // Article 28: an identity card, health, finance, exact places, anyone under 14.
}

/// Why a field may be used: Article 13 of the Personal Information Protection Law of the PRC, and, for those who answer
/// to it, Article 6(1)(f) of the GDPR.
public enum LegalBasis: String, Sendable, CaseIterable {
    case consent, contract
    case legalDuty = "legal_duty"
    case emergency
    case publicInterest = "public_interest"
    case alreadyPublic = "already_public"
    case otherLaw = "other_law"
    case legitimateInterest = "legitimate_interest"
}

/// Why a field is there and who answers for it.
public struct FieldGovernance: Sendable, Equatable {
    public static let textUTF8CountMax = 500
    public static let retentionDaysMax = 36_500

    public var meaning = ""
    public var owner = ""
    public var purpose = ""
    public var legalBasis: LegalBasis?
    public var personalData = PersonalDataClass.none
    public var retentionDays: Int?  // Nil: as long as the event.

    public init() {}

    var isInBounds: Bool {
        [meaning, owner, purpose].allSatisfy { $0.utf8.count <= Self.textUTF8CountMax }
            && retentionDays.map { (1...Self.retentionDaysMax).contains($0) } ?? true
    }
}

/// One field of a planned event: what it may hold, and why it is there.
public struct PlannedField: Sendable, Equatable {
    public static let allowedCountMax = 200

    /// What a field may hold.
    public struct Rule: Sendable, Equatable {
        public var type = FieldType.any
        public var isRequired = false  // Wherever the object that it belongs to is there.
        public var allowsNull = false  // Of no effect for `any`.
        public var allowed: [JSON] = []  // Texts, numbers and truth values; empty: all.
        public var minimum: Double?  // Of numbers.
        public var maximum: Double?

        public init() {}

        var isInBounds: Bool {
            allowed.count <= allowedCountMax && allowed.allSatisfy(\.isPlain) && minimum?.isFinite ?? true
                && maximum?.isFinite ?? true && (minimum ?? -.infinity) <= (maximum ?? .infinity)
        }
    }

    public let path: FieldPath
    public private(set) var rule: Rule
    public let governance: FieldGovernance

    /// Nil where a bound of `rule` or `governance` is not kept.
    public init?(path: FieldPath, rule: Rule, governance: FieldGovernance = FieldGovernance()) {
        guard rule.isInBounds, governance.isInBounds else { return nil }
        self.path = path
        self.rule = rule
        self.governance = governance
        // What would say nothing is not said: equal rules are equal values.
        if rule.type == .any, rule.allowed.isEmpty { self.rule.allowsNull = false }
        if path.steps.last == .element { self.rule.isRequired = false }
    }
}

extension JSON {
    /// Whether it is a text, a finite number or a truth value.
    fileprivate var isPlain: Bool {
        switch self {
        case .bool, .int, .string: true
        case .double(let value): value.isFinite
        case .null, .array, .object: false
        }
    }
}
