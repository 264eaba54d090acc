import Base

/// One way in which an event is not as planned.
public struct PlanViolation: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case unplannedEvent = "unplanned_event"
        case unplannedField = "unplanned_field"
        case missing
        case wrongType = "wrong_type"
        case notAllowed = "not_allowed"
        case outOfRange = "out_of_range"
    }

    public static let fieldUTF8CountMax = 200

    public let event: EventName
    public let field: String  // The path, shortened where it is long; empty where the event itself is not planned.
    public let kind: Kind
    public let expected: String
    public let got: String  // Never personal data.

    public init(event: EventName, field: String, kind: Kind, expected: String, got: String) {
        self.event = event
        self.field = String(decoding: field.utf8.prefix(Self.fieldUTF8CountMax), as: UTF8.self)
        self.kind = kind
        self.expected = expected
        self.got = got
    }

    /// In one sentence, for whoever sent the event.
    public var detail: String {
        kind == .unplannedEvent
            ? "the tracking plan has no event `\(event)`: send \(expected)"
            : "`\(field)` of `\(event)` must be \(expected), got \(got)"
    }
}

/// What looks like an id of a person by its form alone.
public enum PersonalForm: String, Sendable, CaseIterable {
    case phone, email
    case idCard = "id_card"

    public var dataClass: PersonalDataClass { self == .idCard ? .sensitive : .personal }

    /// - Complexity: O(n) for texts of up to 254 bytes, O(1) for longer ones.
    public init?(of text: String) {
        let bytes = text.utf8
        guard (6...254).contains(bytes.count) else { return nil }
        if Self.isEmail(bytes) {
            self = .email
        } else if Self.isPhone(bytes) {
            self = .phone
        } else if Self.isIDCard(Array(bytes)) {
            self = .idCard
        } else {
            return nil
        }
    }

    private static func isEmail(_ bytes: String.UTF8View) -> Bool {
        guard let at = bytes.firstIndex(of: UInt8(ascii: "@")), at != bytes.startIndex,
            !bytes.contains(UInt8(ascii: " ")), !bytes.contains(UInt8(ascii: "/"))
        else { return false }
        let domain = bytes[bytes.index(after: at)...]
        guard let dot = domain.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return dot != domain.startIndex && domain.distance(from: dot, to: domain.endIndex) > 2
    }

    /// A mobile number of mainland China, with or without its country and the usual separators; or any `+` and 8 to 15
    /// digits, as E.164 writes them.
    private static func isPhone(_ bytes: String.UTF8View) -> Bool {
        let isInternational = bytes.first == UInt8(ascii: "+")
        var digits: [UInt8] = []
        for byte in bytes.dropFirst(isInternational ? 1 : 0)
        where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") {
            guard isDigit(byte), digits.count < 15 else { return false }
            digits.append(byte)
        }
        if isInternational { return digits.count >= 8 }
        if digits.count == 13, digits.starts(with: "86".utf8) { digits.removeFirst(2) }
        return digits.count == 11 && digits[0] == UInt8(ascii: "1") && digits[1] >= UInt8(ascii: "3")
    }

    /// GB 11643: 17 digits, and a last sign that proves them.
    private static func isIDCard(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 18, bytes.dropLast().allSatisfy(isDigit) else { return false }
        let sum = zip(bytes, idCardWeights).reduce(0) { $0 + Int($1.0 - UInt8(ascii: "0")) * $1.1 }
        return idCardSigns[sum % 11] == (bytes[17] == UInt8(ascii: "x") ? UInt8(ascii: "X") : bytes[17])
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static let idCardWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let idCardSigns = Array("10X98765432".utf8)
}
