import Base

/// The periods of the calendar that a range lies in, and some before them.
struct ShownPeriods: Sendable, Hashable {
    static let countMax = 800  // The ones before among them.

    let boundariesMs: [Int64]  // Where periods begin; the last is where the last one ends.
    let firstShown: Int  // The period that the range begins in.

    /// - Parameters:
    ///   - leadCount: Periods before the range, at least 1.
    init(
        range: Range<EventTime>, period: CalendarPeriod, zone: DayZone, leadCount: Int
    ) throws(TimelineQueryError) {
        var day = period.first(containing: zone.day(of: range.lowerBound))
        for _ in 0..<leadCount { day = period.first(containing: day.advanced(by: -1)) }
        var bounds = period.boundaries(
            from: zone.start(of: day), to: range.upperBound, zone: zone, countMax: Self.countMax + 1
        ).map(\.unixMs)
        guard bounds.count >= 2, bounds[bounds.count - 1] >= range.upperBound.unixMs else {
            throw .tooManyPeriods(max: Self.countMax)
        }
        // Where the calendar begins there may be none before: one of a moment stands for it.
        if bounds[1] > range.lowerBound.unixMs { bounds.insert(bounds[0] - 1, at: 0) }
        boundariesMs = bounds
        firstShown = max(1, bounds.dropFirst().prefix { $0 <= range.lowerBound.unixMs }.count)
    }

    func endedCount(_ observedUntil: EventTime) -> Int {
        boundariesMs.dropFirst().prefix { $0 <= observedUntil.unixMs }.count
    }

    func start(of period: Int) -> EventTime { EventTime(clampingUnixMs: boundariesMs[period]) }

    var shown: Range<Int> { firstShown..<boundariesMs.count - 1 }
}
