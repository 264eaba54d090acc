import Base

/// Text that names something: not empty, bounded, free of control characters and of white space at its ends.
public protocol NameText: Hashable, Sendable, Comparable, CustomStringConvertible {
    static var utf8CountMax: Int { get }
    var text: String { get }
    init(validated text: String)
}

extension NameText {
    /// Nil where `text` is empty, longer than `utf8CountMax` bytes, begins or ends with white space, or holds a
    /// control character.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.utf8CountMax, text.first?.isWhitespace == false,
            text.last?.isWhitespace == false,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { return nil }
        self.init(validated: text)
    }

    public var description: String { text }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.text < rhs.text }
}

/// The id under which a sender knows a person: a login, a device, an openid, a hash. Personal data.
public struct PersonID: NameText {
    public static let utf8CountMax = 255
    public let text: String
    public init(validated text: String) { self.text = text }
}

/// The id that a sender gave an event; unique within its source, so that a retry is recognised.
public struct EventID: NameText {
    public static let utf8CountMax = 200
    public let text: String
    public init(validated text: String) { self.text = text }

    /// For an event that nothing else tells apart: 128 random bits.
    public static func random() -> EventID {
        var generator = SystemRandomNumberGenerator()
        return EventID(validated: "random-" + Hash128(high: generator.next(), low: generator.next()).hex)
    }
}

/// Where events come from: the name of a write key, an import, or Quanyu itself.
public struct SourceName: NameText {
    public static let utf8CountMax = 64
    public let text: String
    public init(validated text: String) { self.text = text }

    /// Decisions and other events that Quanyu itself makes.
    public static let quanyu = SourceName(validated: "quanyu")

    /// The source of what a signed-in person sends.
    static func user(_ name: String) -> String { userPrefix + name }

    /// Whether it is one of Quanyu's own sources, `quanyu` and `user:…`: no token and no import may take such a name,
    /// or it could speak for Quanyu or for a person.
    public var isReserved: Bool { self == .quanyu || text.hasPrefix(Self.userPrefix) }

    private static let userPrefix = "user:"
}

/// What happened: a canonical name (`EventName.canonical`) or a custom one of the tracking plan.
public struct EventName: NameText {
    public static let utf8CountMax = 100
    public let text: String
    public init(validated text: String) { self.text = text }
}

/// Where a touch happened: live room, feed, shop, push, SMS, … An open list of short names.
public struct Channel: NameText {
    public static let utf8CountMax = 64
    public let text: String
    public init(validated text: String) { self.text = text }

    public static let unknown = Channel(validated: "unknown")
}

/// The id of one decision; outcomes name it.
public struct DecisionID: NameText {
    public static let utf8CountMax = 64
    public let text: String
    public init(validated text: String) { self.text = text }

    /// 128 random bits of the system in hexadecimal: no two are the same, and none tells of another.
    public static func random() -> DecisionID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// 128 bits of `generator` in hexadecimal; as different from one another as its seeds are.
    public static func random(using generator: inout some RandomNumberGenerator) -> DecisionID {
        DecisionID(validated: Hash128(high: generator.next(), low: generator.next()).hex)
    }
}

/// The place that a decision fills, such as `shop_home`.
public struct SurfaceName: NameText {
    public static let utf8CountMax = 100
    public let text: String
    public init(validated text: String) { self.text = text }
}
