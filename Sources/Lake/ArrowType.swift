/// The types of Arrow that results are read from.
///
/// Source: Arrow C data interface, "Data type description – format strings".
enum ArrowType: Sendable, Hashable {
    case null
    case bool
    case int(byteCount: Int, isSigned: Bool)
    case float
    case double
    case decimal(scale: Int, byteCount: Int)
    case text  // 32-bit offsets, as bytes.
    case bytes
    case date  // Days since 1970 in 32 bits.
    case timestamp(unitsPerSecond: Int64)

    /// Nil for a type that is not read: nested ones, intervals, times of day, dictionaries, views.
    init?(format: String) {
        switch format {
        case "n": self = .null
        case "b": self = .bool
        case "c": self = .int(byteCount: 1, isSigned: true)
        case "C": self = .int(byteCount: 1, isSigned: false)
        case "s": self = .int(byteCount: 2, isSigned: true)
        case "S": self = .int(byteCount: 2, isSigned: false)
        case "i": self = .int(byteCount: 4, isSigned: true)
        case "I": self = .int(byteCount: 4, isSigned: false)
        case "l": self = .int(byteCount: 8, isSigned: true)
        case "L": self = .int(byteCount: 8, isSigned: false)
        case "f": self = .float
        case "g": self = .double
        case "u": self = .text
        case "z": self = .bytes
        case "tdD": self = .date
        default:
            guard let type = Self.decimal(format) ?? Self.timestamp(format) else { return nil }
            self = type
        }
    }

    /// `d:precision,scale` with 128 bits, or `d:precision,scale,bits`.
    private static func decimal(_ format: String) -> Self? {
        guard format.hasPrefix("d:") else { return nil }
        let numbers = format.dropFirst(2).split(separator: ",").map { Int($0) ?? -1 }
        let bits = numbers.count == 3 ? numbers[2] : 128
        guard numbers.count == 2 || numbers.count == 3, (0...38).contains(numbers[1]), [32, 64, 128].contains(bits)
        else { return nil }
        return .decimal(scale: numbers[1], byteCount: bits / 8)
    }

    /// `tsu:zone`: the zone is how to show it; the number counts from 1970 in UTC.
    private static func timestamp(_ format: String) -> Self? {
        let units: [Character: Int64] = ["s": 1, "m": 1000, "u": 1_000_000, "n": 1_000_000_000]
        let head = Array(format.prefix(4))
        guard head.count == 4, head[0] == "t", head[1] == "s", head[3] == ":", let unit = units[head[2]] else {
            return nil
        }
        return .timestamp(unitsPerSecond: unit)
    }

    /// Validity, then values or offsets, then bytes.
    var bufferCount: Int {
        switch self {
        case .null: 0
        case .text, .bytes: 3
        default: 2
        }
    }
}
