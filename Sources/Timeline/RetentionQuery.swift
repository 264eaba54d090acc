public import Base

/// Of the people who did one thing in a period, how many did another, or the same again, in it and in those after.
///
/// A return counts only behind the first start of its cohort's period, so the event that starts is never its own
/// return.
public struct RetentionQuery: Sendable, Hashable {
    public static let periodCountMax = 800  // Cohorts and columns together.
    public static let columnCountMax = 366

    /// In which periods someone who came back is counted.
    public enum Counting: String, CaseIterable, Sendable {
        case bracketed  // In those in which they did.
        case rolling  // In each up to the last in which they did.
    }

    public let start: EventFilter
    public let returning: EventFilter
    public let boundaries: [EventTime]  // Where periods begin; the last is where the last one ends.
    public let cohortCount: Int
    public let columnCount: Int
    public let counting: Counting
    public let isFirstOnly: Bool  // Each person in the cohort of their very first start alone.

    /// - Parameters:
    ///   - range: The period that it begins in is the first cohort, the one that it ends in the last.
    ///   - columnCount: Periods that are followed, the cohort's own among them.
    public init(
        start: EventFilter, returning: EventFilter, range: Range<EventTime>, period: CalendarPeriod, zone: DayZone,
        columnCount: Int, counting: Counting, isFirstOnly: Bool
    ) throws(TimelineQueryError) {
        guard (1...Self.columnCountMax).contains(columnCount) else {
            throw .columnCountOutOfRange(count: columnCount, max: Self.columnCountMax)
        }
        let countMax = Self.periodCountMax + 1
        var boundaries = period.boundaries(
            from: range.lowerBound, to: range.upperBound, zone: zone, countMax: countMax)
        let cohortCount = boundaries.count - 1
        guard cohortCount >= 1, cohortCount + columnCount - 1 <= Self.periodCountMax,
            boundaries[cohortCount] >= range.upperBound
        else { throw .tooManyPeriods(max: Self.periodCountMax) }
        if columnCount > 1 {
            boundaries += period.boundaries(
                from: boundaries[cohortCount], to: EventTime(clampingUnixMs: EventTime.unixMsEnd), zone: zone,
                countMax: columnCount
            ).dropFirst()
        }
        self.start = start
        self.returning = returning
        self.boundaries = boundaries
        self.cohortCount = cohortCount
        self.columnCount = columnCount
        self.counting = counting
        self.isFirstOnly = isFirstOnly
    }
}

public struct RetentionResult: Sendable, Equatable {
    public struct Cohort: Sendable, Equatable {
        public let start: EventTime
        public let people: Int
        public let returned: [Int]  // Shape `[columns]`; shorter where the calendar ends.
    }

    public let cohorts: [Cohort]  // Every period of the range, empty ones too.
    /// Shape `[columns]`; over all cohorts whose column was over, how often people were there over how often they
    /// could have been.
    public let overall: [RatioSums]
    public let endedCount: Int  // Periods, from the first cohort on, that were over at the end of observation.
}
