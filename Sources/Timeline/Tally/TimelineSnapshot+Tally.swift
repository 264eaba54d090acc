import Base
import Domain
import Kernels

/// What one thread needs to walk along people, and what it makes of that.
private struct Walking<Found: Sendable>: Sendable {
    var found: Found
    var walks: [TallyWalk]
    var groups: SegmentColumns
    var values: [SegmentColumns?]  // Shape `[leaves]`; nil where every event counts for 1.
}

/// An event that counts, before it is put into words.
private struct FoundRow: Sendable {
    let match: TallyMatch
    let codes: CodedEvent
    let person: UInt32
    let countedAtMs: Int64

    func isNewer(than other: FoundRow) -> Bool {
        (codes.timeMs, codes.sequence, other.match.leaf) > (other.codes.timeMs, other.codes.sequence, match.leaf)
    }
}

/// By what a tally is grouped: which codes are named, and how the cells lie.
private struct TallyGrouping: Sendable {
    let source: SegmentColumns.Source?
    let codes: [UInt32]
    let keys: [SegmentationResult.Key]
    let shape: TallyShape
}

extension TimelineSnapshot {
    /// - Complexity: One pass over the events, and one more to find the largest groups where it is grouped.
    public func tally(_ query: TallyQuery) -> TallyResult { sum(query, grouping(query)) }

    /// What is counted, and for functions of it how much they vary with who the people are.
    ///
    /// Of a function of sums over people, one person moves it by the slope times what that person has of each sum. The
    /// variance is the sum of the squares of that, where how many people there are is chance too (a Poisson number).
    ///
    /// - Parameter slopes: Given the sums, the slopes of each function.
    /// - Returns: Beside the sums, the variance of each function.
    /// - Complexity: Two passes over the events, and one more where it is grouped.
    public func tally(
        _ query: TallyQuery, slopes: (TallyResult) -> [TallySlopes]
    ) -> (result: TallyResult, variances: [Double]) {
        let grouping = grouping(query)
        let result = sum(query, grouping)
        let slopes = slopes(result)
        let spread = TallySpread(grouping.shape, query.leaves, grouping.keys, slopes)
        let parts = walk(query, grouping, start: { spread }, add: { $0.sums.add($1) }, close: { $0.close() })
        let variances = slopes.indices.map { output in parts.reduce(0) { $0 + $1.squares[output] } }
        return (result, variances)
    }

    private func sum(_ query: TallyQuery, _ grouping: TallyGrouping) -> TallyResult {
        let parts = walk(
            query, grouping, start: { TallySums(grouping.shape, query.leaves) }, add: { $0.add($1) },
            close: { $0.close() })
        var sum = TallySums(grouping.shape, query.leaves)
        for part in parts { sum.merge(part) }
        return sum.result(grouping.keys)
    }

    private func grouping(_ query: TallyQuery) -> TallyGrouping {
        let periods = PeriodBounds(query.boundaries.map(\.unixMs))
        guard let source = query.dimension.map({ self.source($0) }) else {
            return TallyGrouping(source: nil, codes: [], keys: [], shape: TallyShape(groupCount: 0, periods: periods))
        }
        let codes = largest(query, source)
        return TallyGrouping(
            source: source, codes: codes, keys: codes.map { key($0, source) } + [.others],
            shape: TallyShape(groupCount: codes.count + 1, periods: periods))
    }

    private func walk<Found: Sendable>(
        _ query: TallyQuery, _ grouping: TallyGrouping, start: @Sendable () -> Found,
        add: @Sendable (inout Found, TallyAddition) -> Void, close: @Sendable (inout Found) -> Void
    ) -> [Found] {
        let groups = Dictionary(uniqueKeysWithValues: grouping.codes.enumerated().map { ($1, $0) })
        let (isGrouped, others) = (grouping.source != nil, grouping.codes.count)
        return walk(
            query.leaves, query.filters, grouping.source, start: start,
            take: { found, match, piece, _, columns in
                guard let stretch = grouping.shape.periods.stretch(at: piece.times[match.source]) else { return }
                let code = isGrouped ? columns.codes[0][match.source] : 0
                add(
                    &found,
                    TallyAddition(
                        leaf: match.leaf, amount: match.amount, group: isGrouped ? groups[code] ?? others : nil,
                        stretch: stretch, subject: piece.columns.subjects[piece.position(match.event)]))
            }, close: close)
    }

    /// The events that count in the query's time, the newest first.
    ///
    /// - Parameter first: How many are passed over.
    public func tallyRows(_ query: TallyQuery, from first: Int = 0, countMax: Int) -> [TallyRow] {
        let wanted = first + countMax
        let timesMs = query.boundaries[0].unixMs..<query.boundaries[query.boundaries.count - 1].unixMs
        let parts = walk(
            query.leaves, query.filters, nil, start: { [FoundRow]() },
            take: { [base = generation.sequenceBase] rows, match, piece, person, _ in
                let countedAtMs = piece.times[match.source]
                guard timesMs.contains(countedAtMs) else { return }
                rows.append(
                    FoundRow(
                        match: match,
                        codes: piece.rows.event(at: piece.position(match.event), base: base),
                        person: piece.firstCode(person), countedAtMs: countedAtMs))
            },
            close: { rows in
                guard rows.count > 2 * wanted + 4096 else { return }
                rows.sort { $0.isNewer(than: $1) }
                rows.removeLast(rows.count - wanted)
            })
        let rows = parts.flatMap(\.self).sorted { $0.isNewer(than: $1) }.dropFirst(first).prefix(countMax)
        return dictionaries.withTables { tables in
            rows.map { row in
                TallyRow(
                    leaf: row.match.leaf, person: person(of: row.person, tables), event: tables.entry(row.codes),
                    countedAt: EventTime(clampingUnixMs: row.countedAtMs), amount: row.match.amount)
            }
        }
    }

    /// Walks along everybody's events once for each leaf.
    ///
    /// - Parameters:
    ///   - take: Is given each event that counts, whose it is, and the dimension's codes beside the piece's events.
    ///   - close: Is called when a person's events have passed.
    func walk<Found: Sendable>(
        _ leaves: [TallyQuery.Leaf], _ filters: [EventFilter], _ source: SegmentColumns.Source?,
        start: @Sendable () -> Found,
        take: @Sendable (inout Found, TallyMatch, MatchedRows, _ person: Int, SegmentColumns) -> Void,
        close: @Sendable (inout Found) -> Void
    ) -> [Found] {
        let walks = leaves.enumerated().map { TallyWalk($1, number: $0, filters: filters) }
        let values = leaves.map { leaf -> SegmentColumns? in
            if case .sum(let value) = leaf.measure { SegmentColumns([], value: self.source(value)) } else { nil }
        }
        let groups = SegmentColumns(source.map { [$0] } ?? [], value: nil)
        return scan(
            matching: filters,
            start: { Walking(found: start(), walks: walks, groups: groups, values: values) },
            visit: { walking, piece in
                walking.groups.fill(piece)
                for leaf in walking.values.indices { walking.values[leaf]?.fill(piece) }
                let (groups, values) = (walking.groups, walking.values)
                Self.walk(&walking.walks, along: piece, values, into: &walking.found) { found, match, person in
                    take(&found, match, piece, person, groups)
                } close: {
                    close(&$0)
                }
            }
        ).map(\.found)
    }

    private static func walk<Found>(
        _ walks: inout [TallyWalk], along piece: MatchedRows, _ values: [SegmentColumns?], into found: inout Found,
        take: (inout Found, TallyMatch, _ person: Int) -> Void, close: (inout Found) -> Void
    ) {
        let times = piece.times.span
        let listed = piece.listed(piece.columns.subjects)
        let subjects = listed.span
        let amounts = values.map { $0?.values ?? [] }
        for person in piece.people where !isSet(person, in: piece.skipped.span) {
            let events = Int(piece.offsets[person])..<Int(piece.offsets[person + 1])
            let met = events.reduce(UInt32(0)) { $0 | piece.masks[$1] }
            for leaf in walks.indices where walks[leaf].concerns(met) {
                let amounts = amounts[leaf]
                walks[leaf].visit(
                    events, times: times, masks: piece.masks.span, subjects: subjects, values: amounts.span
                ) { take(&found, $0, person) }
            }
            close(&found)
        }
    }

    /// The codes with most events of any leaf, in descending order of them.
    private func largest(_ query: TallyQuery, _ source: SegmentColumns.Source) -> [UInt32] {
        let timesMs = query.boundaries[0].unixMs..<query.boundaries[query.boundaries.count - 1].unixMs
        let codeCount = codeCount(source)
        let parts = scan(
            matching: query.filters,
            start: { (SegmentColumns([source], value: nil), [Int](repeating: 0, count: codeCount)) },
            visit: { part, piece in
                part.0.fill(piece)
                for person in piece.people where !isSet(person, in: piece.skipped.span) {
                    for event in Int(piece.offsets[person])..<Int(piece.offsets[person + 1])
                    where piece.masks[event] != 0 && timesMs.contains(piece.times[event]) {
                        part.1[Int(part.0.codes[0][event])] += 1
                    }
                }
            })
        var counts = [Int](repeating: 0, count: codeCount)
        for part in parts { for code in counts.indices { counts[code] += part.1[code] } }
        let found = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$0], $1) > (counts[$1], $0) }
        return found.prefix(query.groupCount).map { UInt32($0) }
    }
}
