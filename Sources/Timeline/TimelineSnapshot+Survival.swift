public import Base
import Kernels

extension TimelineSnapshot {
    /// - Parameter observedUntil: Who still waits then is cut off; later events are not seen.
    /// - Complexity: One pass over the events.
    public func survival(_ query: SurvivalQuery, observedUntil: EventTime) -> SurvivalResult {
        let plan = SurvivalPlan(
            startsMs: query.range.lowerBound.unixMs..<query.range.upperBound.unixMs, endMs: observedUntil.unixMs,
            unitMs: query.unit.count, unitCount: query.unitCount, occurrence: query.occurrence,
            startMayEnd: query.start != query.end, isFirstOnly: query.isFirstOnly, groupCount: query.groups.count)
        let partials = scan(
            matching: [query.start, query.end] + query.groups,
            start: { (cells: [Int](repeating: 0, count: plan.cellCount), leftOut: 0) },
            visit: { partial, people in
                var cells = partial.cells.mutableSpan
                var leftOut = 0
                survivalCounts(
                    plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span, masks: people.masks.span, into: &cells,
                    leftOut: &leftOut)
                partial.leftOut += leftOut
            })
        let width = query.unitCount + 1
        let groups = (0..<plan.groupCount).map { group in
            let row = group * plan.rowLength
            let sums = (row..<row + plan.rowLength).map { cell in partials.reduce(0) { $0 + $1.cells[cell] } }
            return SurvivalResult.Group(happened: Array(sums.prefix(width)), cutOff: Array(sums.suffix(width)))
        }
        return SurvivalResult(groups: groups, leftOut: partials.reduce(0) { $0 + $1.leftOut })
    }
}
