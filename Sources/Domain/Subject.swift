import Base

/// What an event or a choice is about: a kind and an id, written `product:4711`.
public struct Subject: Hashable, Sendable, Comparable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        case room, show, product, coupon, creative, message, campaign, order, page, query, item, audience
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

    /// As `init(_:)` of the text of these bytes.
    public init?(utf8 bytes: ArraySlice<UInt8>) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let (code, id) = (bytes[..<colon], bytes[(colon + 1)...])
        guard let kind = Kind(utf8: code.span), (1...Self.idUTF8CountMax).contains(id.count),
            id.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), let text = String(validating: id, as: UTF8.self)
        else { return nil }
        self.kind = kind
        self.id = text
    }

    public var description: String { "\(kind.rawValue):\(id)" }

    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.kind.rawValue, lhs.id) < (rhs.kind.rawValue, rhs.id) }
}

extension Subject.Kind {
    private static let codes = allCases.map { (kind: $0, code: Array($0.rawValue.utf8)) }

    /// As `init(rawValue:)` of the text of these bytes.
    public init?(utf8 bytes: Span<UInt8>) {
        for (kind, code) in Self.codes where code.span.isSame(as: bytes) {
            self = kind
            return
        }
        return nil
    }
}
