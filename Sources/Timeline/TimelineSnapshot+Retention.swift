public import Base
import Domain
import Kernels

extension TimelineSnapshot {
    /// - Parameter observedUntil: Periods that end later are not over: they are counted, and not summed up.
    /// - Complexity: One pass over the events.
    public func retention(_ query: RetentionQuery, observedUntil: EventTime) -> RetentionResult {
        let plan = plan(query, observedUntil)
        let partials = scan(
            matching: [query.start, query.returning],
            start: { RetentionCells(plan) },
            visit: { partial, people in
                var taken: [RetentionMoments] = []  // Out for the call: two spans into one value would overlap.
                swap(&taken, &partial.moments)
                defer { swap(&taken, &partial.moments) }
                var moments = taken.mutableSpan
                var cells = partial.cells.mutableSpan
                retentionCounts(
                    plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span, masks: people.masks.span,
                    into: &cells, moments: &moments)
            })
        let sum = partials.reduce(into: RetentionCells(plan)) { $0.add($1) }
        let cohorts = (0..<query.cohortCount).map { cohort in
            let row = sum.cells[cohort * plan.rowLength..<(cohort + 1) * plan.rowLength]
            let columns = min(query.columnCount, query.boundaries.count - 1 - cohort)
            return RetentionResult.Cohort(
                start: query.boundaries[cohort], people: row[row.startIndex],
                returned: Array(row.dropFirst().prefix(columns)))
        }
        return RetentionResult(
            cohorts: cohorts, overall: sum.moments.map { RatioSums($0) },
            endedCount: endedCount(query, observedUntil))
    }

    private func plan(_ query: RetentionQuery, _ observedUntil: EventTime) -> RetentionPlan {
        RetentionPlan(
            boundariesMs: query.boundaries.map(\.unixMs), cohortCount: query.cohortCount,
            columnCount: query.columnCount, endedCount: endedCount(query, observedUntil),
            isFirstOnly: query.isFirstOnly, isRolling: query.counting == .rolling)
    }

    private func endedCount(_ query: RetentionQuery, _ observedUntil: EventTime) -> Int {
        query.boundaries.dropFirst().prefix { $0 <= observedUntil }.count
    }
}

/// What one pass counts.
private struct RetentionCells: Sendable {
    var cells: [Int]
    var moments: [RetentionMoments]

    init(_ plan: RetentionPlan) {
        cells = [Int](repeating: 0, count: plan.cellCount)
        moments = [RetentionMoments](repeating: RetentionMoments(), count: plan.columnCount)
    }

    mutating func add(_ other: Self) {
        for i in cells.indices { cells[i] += other.cells[i] }
        for i in moments.indices { moments[i].add(other.moments[i]) }
    }
}
