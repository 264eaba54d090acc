extension EventTime {
    /// Reads RFC 3339 date-times and the looser forms that clients send: `2026-11-24`, a space for `T`, a fraction of
    /// any length (cut to milliseconds), `Z`, `±hh:mm` or `±hhmm`. Without an offset the time is UTC.
    ///
    /// - Returns: Milliseconds since 1970, which may lie outside the range of `EventTime`; nil where the text is none
    ///   of these or the date does not exist.
    public static func unixMs(iso8601 text: String) -> Int64? { unixMs(iso8601: text[...].utf8) }

    /// As `unixMs(iso8601:)` of the text that these bytes are.
    public static func unixMs<Bytes: Collection<UInt8>>(iso8601 bytes: Bytes) -> Int64?
    where Bytes.SubSequence == Bytes {
        var scanner = DigitScanner(bytes)
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        var ms = date.daysSince1970 * 86_400_000
        if !scanner.isAtEnd {
            guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "), let time = scanner.timeOfDayMs(),
                let offset = scanner.offsetMs(), scanner.isAtEnd
            else { return nil }
            ms += time - offset
        }
        return ms
    }

    /// As `unixMs(iso8601:)`; nil also where the time is out of range.
    public init?(iso8601 text: String) {
        guard let ms = Self.unixMs(iso8601: text) else { return nil }
        self.init(unixMs: ms)
    }

    /// `2026-11-24T01:02:03.004Z`.
    public var iso8601: String {
        let date = CivilDate(daysSince1970: unixMs / 86_400_000)
        let ms = unixMs % 86_400_000
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
            + "\(padded(ms / 3_600_000, 2)):\(padded(ms / 60_000 % 60, 2)):\(padded(ms / 1000 % 60, 2))"
            + ".\(padded(ms % 1000, 3))Z"
    }
}

/// A date of the proleptic Gregorian calendar.
///
/// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days).
public struct CivilDate: Hashable, Sendable {
    public let year: Int64
    public let month: Int64  // 1...12.
    public let day: Int64  // 1...31.

    /// Nil where there is no such day.
    public init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month), day >= 1, day <= Self.dayCount(year: year, month: month) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    public init(daysSince1970: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    public var daysSince1970: Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func dayCount(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Reads fixed-width decimal fields from text, left to right.
private struct DigitScanner<Bytes: Collection<UInt8>> where Bytes.SubSequence == Bytes {
    private var rest: Bytes

    init(_ bytes: Bytes) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func digits(_ width: Int) -> Int64? {
        let field = rest.prefix(width)
        guard field.count == width, field.allSatisfy({ (48...57).contains($0) }) else { return nil }
        rest = rest.dropFirst(width)
        return field.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff…`; a leap second counts as the last second of its minute.
    mutating func timeOfDayMs() -> Int64? {
        guard let hour = digits(2), hour < 24, skip(":"), let minute = digits(2), minute < 60 else { return nil }
        var ms = hour * 3_600_000 + minute * 60_000
        guard skip(":") else { return ms }
        guard let second = digits(2), second <= 60 else { return nil }
        ms += min(second, 59) * 1000
        guard skip(".") || skip(",") else { return ms }
        var scale: Int64 = 100
        var count = 0
        while let digit = digits(1) {
            ms += digit * scale
            scale /= 10
            count += 1
        }
        return count > 0 ? ms : nil
    }

    /// The offset from UTC in milliseconds; 0 where none is written.
    mutating func offsetMs() -> Int64? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let isNegative = skip("-")
        guard isNegative || skip("+"), let hour = digits(2), hour < 24 else { return nil }
        _ = skip(":")
        guard let minute = isAtEnd ? 0 : digits(2), minute < 60 else { return nil }
        let ms = hour * 3_600_000 + minute * 60_000
        return isNegative ? -ms : ms
    }
}
