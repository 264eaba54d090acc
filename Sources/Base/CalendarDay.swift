/// A day of the calendar, in whatever zone it was read in: the number of days since 1970-01-01.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let daysSince1970: Int32

    public init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }

    /// Reads `2026-01-31`. Nil for all else, and for a day that does not exist.
    public init?(_ text: String) {
        guard text.utf8.count == Self.utf8Count, let ms = EventTime.unixMs(iso8601: text) else { return nil }
        guard let time = EventTime(unixMs: ms) else { return nil }
        daysSince1970 = Int32(time.unixMs / Self.ms)
    }

    public var description: String { String(startUTC.iso8601.prefix(Self.utf8Count)) }

    /// When the day begins in UTC.
    public var startUTC: EventTime { EventTime(clampingUnixMs: Int64(daysSince1970) * Self.ms) }

    public func advanced(by dayCount: Int32) -> Self {
        Self(daysSince1970: daysSince1970.addingReportingOverflow(dayCount).partialValue)
    }

    /// 1 for Monday to 7 for Sunday.
    public var weekday: Int { ((Int(daysSince1970) + 3) % 7 + 7) % 7 + 1 }  // 1970-01-01 was a Thursday.

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.daysSince1970 < rhs.daysSince1970 }

    private static let utf8Count = 10
    fileprivate static let ms: Int64 = 86_400_000
}

/// The zone in which a business counts its days.
public struct DayZone: Sendable, Hashable {
    public let name: String  // Of the IANA database, such as `Asia/Shanghai`.
    private let offset: @Sendable (EventTime) -> Milliseconds  // Of local time from UTC at a moment.

    public init(name: String, offset: @escaping @Sendable (EventTime) -> Milliseconds) {
        self.name = name
        self.offset = offset
    }

    public static let utc = DayZone(name: "UTC") { _ in Milliseconds(0) }

    public func day(of time: EventTime) -> CalendarDay {
        let local = time.unixMs + offset(time).count
        let days = (local - (local % CalendarDay.ms + CalendarDay.ms) % CalendarDay.ms) / CalendarDay.ms
        return CalendarDay(daysSince1970: Int32(clamping: days))
    }

    /// A zone is known by its name.
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.name == rhs.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// 0 to 23, as clocks of this zone show it.
    public func hour(of time: EventTime) -> Int {
        let local = time.unixMs + offset(time).count
        return Int((local % CalendarDay.ms + CalendarDay.ms) % CalendarDay.ms / Milliseconds.hours(1).count)
    }

    /// The moment at which clocks of this zone show `localMs`, Unix milliseconds as if local time were UTC. Where they
    /// show it twice, one of both; nil outside the range of `EventTime`.
    public func time(localMs: Int64) -> EventTime? {
        let guess = EventTime(clampingUnixMs: localMs)
        let first = EventTime(clampingUnixMs: localMs - offset(guess).count)
        return EventTime(unixMs: localMs - offset(first).count)
    }
}
