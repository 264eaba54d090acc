public import Base

/// Reads the values of a table's columns as platforms export them.
public struct TableValues: Sendable {
    public let zone: DayZone  // Of times that name none.
    public let currency: Currency  // Of amounts that name none.

    private static let placeholders: Set<String> = ["", "-", "--", "/", "null", "NULL", "无", "0000-00-00 00:00:00"]

    public init(zone: DayZone, currency: Currency) {
        self.zone = zone
        self.currency = currency
    }

    /// Nil where there is nothing, or a placeholder for nothing. What spreadsheets put around long numbers, a tab or
    /// `="…"`, is no part of the text.
    public func text(_ json: JSON?) -> String? {
        let written: String
        switch json {
        case .string(let text): written = text
        case .int, .double: written = json?.text ?? ""
        case nil, .null, .bool, .array, .object: return nil
        }
        var trimmed = written[...]
        while trimmed.first?.isWhitespace == true { trimmed = trimmed.dropFirst() }
        while trimmed.last?.isWhitespace == true { trimmed = trimmed.dropLast() }
        if trimmed.hasPrefix("=\""), trimmed.hasSuffix("\""), trimmed.count > 3 {
            trimmed = trimmed.dropFirst(2).dropLast()
        }
        return Self.placeholders.contains(String(trimmed)) ? nil : String(trimmed)
    }

    /// An amount in major units, at least 0.
    public func money(_ json: JSON?, _ field: String, in currency: Currency) throws(Refusal) -> Money? {
        if case .double(let major) = json, let money = Money(major: major, currency: currency), money.minor >= 0 {
            return money
        }
        guard let text = text(json) else { return nil }
        guard let money = Money(decimal: text, currency: currency) else {
            throw Refusal(
                .invalidValue,
                "`\(field)` must be an amount such as 12.50 with at most \(currency.minorDigits) digits after the point"
            )
        }
        guard money.minor >= 0 else { throw Refusal(.negativeValue, "`\(field)` is below 0") }
        return money
    }

    /// ISO 8601, `2026/1/5 9:03`, or whole Unix milliseconds; in `zone` where the text names no offset.
    public func time(_ json: JSON?, _ field: String) throws(Refusal) -> EventTime? {
        if let ms = json?.intValue {
            guard let time = EventTime(unixMs: ms) else {
                throw Refusal(.timeOutOfRange, "`\(field)` does not lie in the years 1970 to 2999")
            }
            return time
        }
        guard let text = text(json) else { return nil }
        let normal = Self.normal(text)
        guard let ms = EventTime.unixMs(iso8601: normal) else {
            throw Refusal(.invalidTime, "`\(field)` must be a time such as 2026-01-31 20:00:00")
        }
        guard let time = Self.hasOffset(normal) ? EventTime(unixMs: ms) : zone.time(localMs: ms) else {
            throw Refusal(.timeOutOfRange, "`\(field)` does not lie in the years 1970 to 2999")
        }
        return time
    }

    public func whole(_ json: JSON?, _ field: String) throws(Refusal) -> Int64? {
        guard let text = text(json) else { return nil }
        let digits = text.filter { $0 != "," }
        let plain = digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
        guard let whole = Int64(plain), whole >= 0 else {
            throw Refusal(.invalidValue, "`\(field)` must be a whole number of at least 0")
        }
        return whole
    }

    /// Nil where there is nothing.
    public func flag(_ json: JSON?) -> Bool? {
        if let flag = json?.boolValue { return flag }
        return text(json).map { !["0", "false", "no", "n", "否"].contains($0.lowercased()) }
    }

    /// `2026/1/5 9:03` as `2026-01-05 09:03`.
    private static func normal(_ text: String) -> String {
        var parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let date = parts.first, date.contains("/") || date.count < isoDateCount else { return text }
        let fields = date.split { $0 == "/" || $0 == "-" }
        parts[0] = fields.map { $0.count == 1 ? "0\($0)" : "\($0)" }.joined(separator: "-")
        if parts.count == 2, parts[1].prefix(2).last == ":" { parts[1] = "0" + parts[1] }
        return parts.joined(separator: " ")
    }

    private static func hasOffset(_ text: String) -> Bool {
        text.dropFirst(isoDateCount).contains { "Zz+-".contains($0) }
    }

    private static let isoDateCount = 10
}
