import Base
import Domain
import Kernels

/// Tallies that share one pass over the events: the numbers that any of them counts, each once.
private struct TallyBatch {
    let boundaries: [EventTime]
    private(set) var filters: [EventFilter] = []
    private(set) var leaves: [TallyQuery.Leaf] = []
    private(set) var queries: [Int] = []  // Numbers of those that share it.
    private(set) var members: [[Int]] = []  // Which of the leaves each of them has.

    init(_ boundaries: [EventTime]) { self.boundaries = boundaries }

    /// - Returns: Whether there is room for all that the query asks for, at the same times.
    mutating func take(_ query: TallyQuery, number: Int) -> Bool {
        let missing = query.filters.filter { !filters.contains($0) }
        let new = query.leaves.filter { !leaves.contains($0) }
        guard query.boundaries == boundaries, filters.count + missing.count <= TallyQuery.filterCountMax,
            leaves.count + new.count <= TallySums.leafCountMax
        else { return false }
        filters += missing
        members.append(
            query.leaves.map { leaf in
                if let known = leaves.firstIndex(of: leaf) { return known }
                leaves.append(leaf)
                return leaves.count - 1
            })
        queries.append(number)
        return true
    }
}

extension TimelineSnapshot {
    /// Each what `tally` says of it.
    ///
    /// - Complexity: One pass over the events for as many as ask for `TallyQuery.filterCountMax` kinds of them; those
    ///   that are grouped are counted one by one.
    public func tallies(_ queries: [TallyQuery]) -> [TallyResult] {
        var batches: [TallyBatch] = []
        var results = [TallyResult?](repeating: nil, count: queries.count)
        for (number, query) in queries.enumerated() {
            if query.dimension != nil {
                results[number] = tally(query)
            } else if !batches.indices.contains(where: { batches[$0].take(query, number: number) }) {
                var batch = TallyBatch(query.boundaries)
                if batch.take(query, number: number) { batches.append(batch) }
            }
        }
        for batch in batches {
            for (number, result) in zip(batch.queries, tally(batch)) { results[number] = result }
        }
        return results.enumerated().map { $1 ?? tally(queries[$0]) }
    }

    private func tally(_ batch: TallyBatch) -> [TallyResult] {
        let shape = TallyShape(groupCount: 0, periods: PeriodBounds(batch.boundaries.map(\.unixMs)))
        let empty = TallySums(shape, batch.leaves, subjectCount: counts.subjects, members: batch.members)
        let sums = sum(empty, batch.leaves, batch.filters, nil)
        return batch.queries.indices.map { sums.result(of: $0, []) }
    }
}
