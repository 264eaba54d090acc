/// A stretch of the calendar that is counted as one: a day, a week from Monday, or a month.
public enum CalendarPeriod: String, CaseIterable, Sendable {
    case day
    case week
    case month

    private static let mondayShift: Int32 = 3  // 1970 began on a Thursday.

    /// The first day of the period that `day` lies in.
    public func first(containing day: CalendarDay) -> CalendarDay {
        switch self {
        case .day: return day
        case .week:
            let sinceMonday = (day.daysSince1970 % 7 + Self.mondayShift + 7) % 7
            return day.advanced(by: -sinceMonday)
        case .month:
            let date = CivilDate(daysSince1970: Int64(day.daysSince1970))
            return day.advanced(by: -Int32(date.day - 1))
        }
    }

    /// The first day of the period after the one that begins on `first`.
    public func next(after first: CalendarDay) -> CalendarDay {
        switch self {
        case .day: first.advanced(by: 1)
        case .week: first.advanced(by: 7)
        case .month: self.first(containing: first.advanced(by: 31))
        }
    }

    /// When each period of a zone begins, from the one that `start` lies in up to the first that begins at `end` or
    /// later; strictly ascending.
    ///
    /// - Parameter countMax: No more boundaries than this, however far `end` is.
    public func boundaries(from start: EventTime, to end: EventTime, zone: DayZone, countMax: Int) -> [EventTime] {
        var first = self.first(containing: zone.day(of: start))
        var boundaries: [EventTime] = []
        while boundaries.count < countMax {
            let time = zone.start(of: first)
            if boundaries.last.map({ $0 < time }) ?? true { boundaries.append(time) }
            if time >= end || time.unixMs >= EventTime.unixMsEnd - 1 { break }
            first = next(after: first)
        }
        return boundaries
    }
}

extension DayZone {
    /// When the day begins on this zone's clocks; at the edges of `EventTime`, in UTC.
    public func start(of day: CalendarDay) -> EventTime { time(localMs: day.startUTC.unixMs) ?? day.startUTC }
}
