public import Base
import Kernels

extension TimelineSnapshot {
    /// - Parameter observedUntil: Periods that end later are not over.
    /// - Complexity: One pass over the events.
    public func lifecycle(_ query: LifecycleQuery, observedUntil: EventTime) -> LifecycleResult {
        let (periods, plan) = (query.periods, ActivityPlan(query.periods, observedUntil))
        let empty = [LifecycleCounts](repeating: LifecycleCounts(), count: plan.periodCount)
        let partials = scan(
            matching: [query.active], start: { empty },
            visit: { cells, people in
                var span = cells.mutableSpan
                countLifecycle(
                    plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span, masks: people.masks.span,
                    into: &span)
            })
        let ended = periods.endedCount(observedUntil)
        return LifecycleResult(
            periods: periods.shown.map { period in
                let sum = partials.reduce(into: LifecycleCounts()) { $0.add($1[period]) }
                return LifecycleResult.Period(
                    start: periods.start(of: period), isOver: period < ended, new: sum.new, returning: sum.returning,
                    resurrecting: sum.resurrecting, dormant: sum.dormant)
            })
    }

    /// - Parameter observedUntil: Days that end later are not over: they are counted, and not summed up.
    /// - Complexity: One pass over the events.
    public func stickiness(_ query: StickinessQuery, observedUntil: EventTime) -> StickinessResult {
        let (periods, plan) = (query.periods, ActivityPlan(query.periods, observedUntil))
        let empty = StickinessCounts(plan, windowLength: min(query.windowLength, plan.firstShown + 1))
        let sum = scan(
            matching: [query.active], start: { empty },
            visit: { counts, people in
                countStickiness(
                    plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span, masks: people.masks.span,
                    into: &counts)
            }
        ).reduce(into: empty) { $0.add($1) }
        let (ended, inWindow) = (periods.endedCount(observedUntil), sum.inWindow)
        let days = periods.shown.map { day in
            StickinessResult.Day(
                start: periods.start(of: day), isOver: day < ended, active: sum.active[day],
                activeInWindow: inWindow[day])
        }
        return StickinessResult(days: days, overall: RatioSums(sum.moments), byActiveDays: sum.byActiveCount)
    }
}

extension ActivityPlan {
    fileprivate init(_ periods: ShownPeriods, _ observedUntil: EventTime) {
        self.init(
            boundariesMs: periods.boundariesMs, firstShown: periods.firstShown,
            endedCount: periods.endedCount(observedUntil))
    }
}
