import Kernels

/// Tallies that share one pass over the events: the numbers that any of them counts, each once.
private struct TallyBatch {
    var filters: [EventFilter] = []
    var leaves: [TallyQuery.Leaf] = []
    var members: [Int] = []  // Of the queries.
    var uses: [[(member: Int, leaf: Int)]] = []  // Shape `[leaves]`: whose it is, and which of theirs.

    /// - Returns: Whether there is room for all that the query asks for.
    mutating func take(_ query: TallyQuery, number: Int) -> Bool {
        let missing = query.filters.filter { !filters.contains($0) }
        guard filters.count + missing.count <= TallyQuery.filterCountMax else { return false }
        filters += missing
        for (place, leaf) in query.leaves.enumerated() {
            let known = leaves.firstIndex(of: leaf) ?? leaves.count
            if known == leaves.count {
                leaves.append(leaf)
                uses.append([])
            }
            uses[known].append((members.count, place))
        }
        members.append(number)
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
                var batch = TallyBatch()
                if batch.take(query, number: number) { batches.append(batch) }
            }
        }
        for batch in batches {
            for (number, result) in zip(batch.members, tally(batch, of: queries)) { results[number] = result }
        }
        return results.enumerated().map { $1 ?? tally(queries[$0]) }
    }

    private func tally(_ batch: TallyBatch, of queries: [TallyQuery]) -> [TallyResult] {
        let empty = batch.members.map { TallySums(TallyShape(queries[$0]), queries[$0].leaves) }
        let parts = walk(
            batch.leaves, batch.filters, nil, start: { empty },
            take: { [uses = batch.uses.map { $0.map { ($0.member, $0.leaf) } }] sums, match, piece, _, _ in
                let (timeMs, subject) = (
                    piece.times[match.source], piece.columns.subjects[piece.position(match.event)]
                )
                for (member, leaf) in uses[match.leaf] {
                    guard let stretch = sums[member].shape.periods.stretch(at: timeMs) else { continue }
                    sums[member].add(
                        TallyAddition(
                            leaf: leaf, amount: match.amount, group: nil, stretch: stretch, subject: subject))
                }
            },
            close: { sums in for member in sums.indices { sums[member].close() } })
        var whole = empty
        for part in parts { for member in whole.indices { whole[member].merge(part[member]) } }
        return whole.map { $0.result([]) }
    }
}
