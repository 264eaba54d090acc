/// What an event or a choice is about: a kind and an id, written `product:4711`.
public struct Subject: Hashable, Sendable, Comparable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        case room, show, product, coupon, creative, message, campaign, order, page, query, item
    }

    public static let idUTF8CountMax = 200

    public let kind: Kind
    public let id: String

    /// Nil where the id is empty, too long, or holds control characters.
    public init?(kind: Kind, id: String) {
        guard !id.isEmpty, id.utf8.count <= Self.idUTF8CountMax,
            !id.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { return nil }
        self.kind = kind
        self.id = id
    }

    /// Reads `kind:id`; the id may hold further colons.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let kind = Kind(rawValue: String(text[..<colon])) else {
            return nil
        }
        self.init(kind: kind, id: String(text[text.index(after: colon)...]))
    }

    public var description: String { "\(kind.rawValue):\(id)" }

    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.kind.rawValue, lhs.id) < (rhs.kind.rawValue, rhs.id) }
}
