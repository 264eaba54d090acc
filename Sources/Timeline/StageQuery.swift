public import Base
public import Domain

/// Who is in which stage at each of some moments, and who went from which to which in between.
public struct StageQuery: Sendable {
    public static let momentCountMax = 401

    public let model: StageModel
    public let moments: [EventTime]  // The first is where the first period begins; one more at the end of each.
    public let isLastOver: Bool  // Whether the last period is over.
    let windowStarts: [[EventTime?]]  // For each condition of a rule in order, as seen from each moment.

    /// - Parameters:
    ///   - range: The period that it begins in is the first, the one that it ends in the last.
    ///   - observedUntil: The newest event that there is. A period that is still running is seen as of just after it;
    ///     those that have not begun are left out.
    public init(
        model: StageModel, range: Range<EventTime>, period: CalendarPeriod, zone: DayZone, observedUntil: EventTime
    ) throws(TimelineQueryError) {
        let boundaries = period.boundaries(
            from: range.lowerBound, to: range.upperBound, zone: zone, countMax: Self.momentCountMax)
        guard let first = boundaries.first, let last = boundaries.last, last >= range.upperBound else {
            throw .tooManyPeriods(max: Self.momentCountMax - 1)
        }
        let now = observedUntil.advanced(by: Milliseconds(1))
        var moments = boundaries.filter { $0 <= now }
        if moments.isEmpty { moments = [first] }
        isLastOver = moments.count == boundaries.count || moments.count == 1
        if moments.count < boundaries.count, let newest = moments.last, newest < now { moments.append(now) }
        self.model = model
        self.moments = moments
        windowStarts = Self.windowStarts(model, moments, zone)
    }

    /// Who is in which stage at one moment.
    init(model: StageModel, at moment: EventTime, zone: DayZone) {
        self.model = model
        moments = [moment]
        isLastOver = true
        windowStarts = Self.windowStarts(model, [moment], zone)
    }

    private static func windowStarts(
        _ model: StageModel, _ moments: [EventTime], _ zone: DayZone
    ) -> [[EventTime?]] {
        model.stages.flatMap(\.conditions).map { condition in
            moments.map { moment in condition.withinDays.map { zone.time(daysBefore: $0, moment) } }
        }
    }
}

extension DayZone {
    /// So many days before, when its clocks show the same.
    fileprivate func time(daysBefore days: Int, _ moment: EventTime) -> EventTime {
        let day = day(of: moment)
        guard days < day.daysSince1970 else { return EventTime(clampingUnixMs: 0) }
        let sinceMidnight = moment.unixMs - start(of: day).unixMs
        let first = start(of: day.advanced(by: -Int32(days)))
        return EventTime(clampingUnixMs: first.unixMs + sinceMidnight)
    }
}

/// States are counted: 0 for somebody in no stage, then the stages, the weakest first.
public struct StageResult: Sendable, Equatable {
    public let moments: [EventTime]
    public let people: [[Int]]  // Shape `[moments][states]`: who is in which state.
    public let moves: [[[Int]]]  // Shape `[moments − 1][states][states]`: from the state at the moment before.
    public let flow: [[Int]]  // Shape `[states][states]`: from the state at the first moment to that at the last.
}

/// Some of the people who were in one state at the first moment of a question, and are in one at the last.
public struct StagePeople: Sendable, Equatable {
    public let people: [PersonID]  // By when the first of their ids came.
    public let total: Int
    public let next: Int?  // Pass as `after` for the next page; nil at the end.
}
