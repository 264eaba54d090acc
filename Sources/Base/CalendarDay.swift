/// A day of the Gregorian calendar in UTC, from 1970 through 2999.
public struct CalendarDay: Hashable, Comparable, Sendable {
    public let number: Int32  // Days since 1970-01-01.

    public init(of time: EventTime) { number = Int32(time.unixMs / 86_400_000) }

    /// Reads `2026-01-31`; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 10, let time = EventTime(iso8601: text + "T00:00:00Z") else { return nil }
        self.init(of: time)
    }

    public var text: String { String(EventTime(clampingUnixMs: Int64(number) * 86_400_000).iso8601.prefix(10)) }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }
}
