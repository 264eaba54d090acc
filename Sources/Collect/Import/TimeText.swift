public import Base

/// A way to write times, with the zone of those that name none.
public struct TimeText: Sendable, Equatable {
    /// The raw value is the word in a mapping.
    public enum Form: String, Sendable, CaseIterable {
        case date  // The year first: 2026-01-31 10:05, 2026/1/31, 2026年1月31日 下午3:05; an offset counts.
        case compact  // 20260131 or 20260131100500.
        case unixSeconds = "unix_s"
        case unixMilliseconds = "unix_ms"
        case log  // 31/Jan/2026:10:05:00 +0800, as web servers write it.
        case dayFirst = "dmy"  // 31/01/2026 10:05.
        case monthFirst = "mdy"  // 01/31/2026 10:05.
    }

    public let form: Form
    public let zone: Milliseconds  // East of UTC.

    public init(_ form: Form, zone: Milliseconds = Milliseconds(0)) {
        self.form = form
        self.zone = zone
    }

    /// `+08:00`, `-0330` or `Z`; nil for all else.
    public static func zone(_ text: String) -> Milliseconds? {
        guard text != "Z" else { return Milliseconds(0) }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int64(digits),
            number % 100 < 60, number / 100 <= 14
        else { return nil }
        let minutes = number / 100 * 60 + number % 100
        return .minutes(sign == "-" ? -minutes : minutes)
    }

    /// Milliseconds since 1970, which may lie outside the range of `EventTime`; nil where it is none of this form.
    public func unixMs(_ json: JSON) -> Int64? {
        switch (form, json) {
        case (.unixSeconds, .int(let seconds)):
            let (ms, isOverflow) = seconds.multipliedReportingOverflow(by: 1000)
            return isOverflow ? nil : ms
        case (.unixSeconds, .double(let seconds)):
            return abs(seconds) < 1e12 ? Int64((seconds * 1000).rounded(.down)) : nil
        case (.unixMilliseconds, .int(let ms)): return ms
        case (.unixMilliseconds, .double(let ms)): return abs(ms) < 1e15 ? Int64(ms) : nil
        case (_, .int(let number)): return unixMs(text: String(number))
        case (_, .string(let text)): return unixMs(text: text)
        case (_, .null), (_, .bool), (_, .double), (_, .array), (_, .object): return nil
        }
    }

    private func unixMs(text: String) -> Int64? {
        switch form {
        case .unixSeconds, .unixMilliseconds: Double(text).flatMap { unixMs(.double($0)) }
        case .date: Self.withOffset(text) ?? fields(text, order: [0, 1, 2])
        case .dayFirst: fields(text, order: [2, 1, 0])
        case .monthFirst: fields(text, order: [2, 0, 1])
        case .compact: compact(text)
        case .log: Self.log(text)
        }
    }

    /// ISO 8601 text that says its offset.
    private static func withOffset(_ text: String) -> Int64? {
        let time = text.drop { $0 != "T" && $0 != " " && $0 != "t" }.dropFirst()
        guard time.contains(where: { "Zz+-".contains($0) }) else { return nil }
        return EventTime.unixMs(iso8601: text)
    }

    /// - Parameter order: Where year, month and day stand among the first three numbers.
    private func fields(_ text: String, order: [Int]) -> Int64? {
        guard let (numbers, fraction, isAfternoon) = Self.numbers(text), [3, 5, 6].contains(numbers.count) else {
            return nil
        }
        guard let date = CivilDate(year: numbers[order[0]], month: numbers[order[1]], day: numbers[order[2]]),
            (1000...9999).contains(numbers[order[0]])
        else { return nil }
        var time = numbers.dropFirst(3) + [0, 0, 0]
        if let isAfternoon, let hour = time.first, hour <= 12 { time[3] = hour % 12 + (isAfternoon ? 12 : 0) }
        return instant(date, hour: time[3], minute: time[4], second: time[5], fractionMs: fraction)
    }

    private func instant(
        _ date: CivilDate, hour: Int64, minute: Int64, second: Int64, fractionMs: Int64 = 0
    ) -> Int64? {
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        let ms = hour * 3_600_000 + minute * 60_000 + min(second, 59) * 1000 + fractionMs
        return date.daysSince1970 * 86_400_000 + ms - zone.count
    }

    private static let separators = Set("-/.:, T年月日号时時点分秒".unicodeScalars)
    private static let halves = [("上午", false), ("下午", true), ("晚上", true), ("AM", false), ("PM", true)]

    /// The numbers of a date and a time of day, a fraction of the last second, and which half of the day is named; nil
    /// where anything else stands between them.
    private static func numbers(_ text: String) -> (numbers: [Int64], fractionMs: Int64, isAfternoon: Bool?)? {
        var rest = text
        var isAfternoon: Bool?
        for (word, isSecond) in halves where rest.uppercased().contains(word) {
            rest = rest.uppercased().split(separator: word, omittingEmptySubsequences: false).joined(separator: " ")
            isAfternoon = isSecond
        }
        guard rest.utf8.count <= 64 else { return nil }
        var runs: [String] = []
        var isInRun = false
        var lastSeparator: Unicode.Scalar?
        var separatorOfRun: [Unicode.Scalar?] = []
        for scalar in rest.unicodeScalars {
            if (0x30...0x39).contains(scalar.value) {
                if !isInRun {
                    runs.append("")
                    separatorOfRun.append(lastSeparator)
                }
                runs[runs.count - 1].unicodeScalars.append(scalar)
                isInRun = true
            } else {
                guard separators.contains(scalar) else { return nil }
                isInRun = false
                lastSeparator = scalar
            }
        }
        var fractionMs: Int64 = 0
        if runs.count == 7, separatorOfRun[6] == "." || separatorOfRun[6] == "," {
            fractionMs = Int64((runs.removeLast() + "00").prefix(3)) ?? 0
        }
        let numbers = runs.compactMap { $0.count <= 4 ? Int64($0) : nil }
        return numbers.count == runs.count ? (numbers, fractionMs, isAfternoon) : nil
    }

    private func compact(_ text: String) -> Int64? {
        guard text.count == 8 || text.count == 14, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        let digits = Array(text)
        func number(_ range: Range<Int>) -> Int64 { Int64(String(digits[range])) ?? 0 }
        guard let date = CivilDate(year: number(0..<4), month: number(4..<6), day: number(6..<8)) else { return nil }
        guard digits.count == 14 else { return instant(date, hour: 0, minute: 0, second: 0) }
        return instant(date, hour: number(8..<10), minute: number(10..<12), second: number(12..<14))
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `10/Oct/2000:13:55:36 -0700`.
    private static func log(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let zone = zone(String(parts[1])) else { return nil }
        let fields = parts[0].split(whereSeparator: { $0 == "/" || $0 == ":" })
        guard fields.count == 6, let month = months.firstIndex(of: String(fields[1])), let day = Int64(fields[0]),
            let year = Int64(fields[2]), let hour = Int64(fields[3]), let minute = Int64(fields[4]),
            let second = Int64(fields[5]), hour >= 0, minute >= 0, second >= 0,
            let date = CivilDate(year: year, month: Int64(month) + 1, day: day)
        else { return nil }
        return TimeText(.log, zone: zone).instant(date, hour: hour, minute: minute, second: second)
    }
}
