public import Base

/// One cell of a result.
public enum SQLValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case decimal(SQLDecimal)
    case text(String)
    case bytes([UInt8])
    case date(daysSince1970: Int64)
    case timestamp(unixMs: Int64)  // Finer parts of a second are cut off, towards the past.

    /// Dates and times as ISO 8601 text; bytes in hexadecimal; a decimal as a number where a double or an integer holds
    /// it exactly enough (15 digits), else as text.
    public var json: JSON {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .decimal(let value): value.json
        case .text(let text): .string(text)
        case .bytes(let bytes): .string(Self.hex(bytes))
        case .date(let days): .string(Self.dateText(days))
        case .timestamp(let unixMs): .string(Self.timestampText(unixMs))
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func dateText(_ days: Int64) -> String {
        let date = CivilDate(daysSince1970: days)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }

    /// As `EventTime.iso8601`, also for times that no event may have.
    private static func timestampText(_ unixMs: Int64) -> String {
        let (days, ms) = unixMs.flooredDivision(by: 86_400_000)
        let clock = "\(padded(ms / 3_600_000, 2)):\(padded(ms / 60_000 % 60, 2)):\(padded(ms / 1000 % 60, 2))"
        return "\(dateText(days))T\(clock).\(padded(ms % 1000, 3))Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    /// Quotient rounded towards the past, and a remainder in `0..<divisor`.
    func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
