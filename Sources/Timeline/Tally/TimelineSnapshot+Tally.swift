import Base
import Domain
import Kernels

/// What one thread needs to walk along people, and what it makes of that.
private struct Walking<Found: Sendable>: Sendable {
    var found: Found
    var reader: TallyReader
    var groups: SegmentColumns
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
    let groups: TallyGroups?  // Nil where nothing is grouped.
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
        let spread = TallySpread(grouping.shape, query.leaves, counts.subjects, grouping.keys, slopes)
        let parts = walk(query, grouping, start: { spread }, add: { $0.sums.add($1) }, close: { $0.close() })
        let variances = slopes.indices.map { output in parts.reduce(0) { $0 + $1.squares[output] } }
        return (result, variances)
    }

    private func sum(_ query: TallyQuery, _ grouping: TallyGrouping) -> TallyResult {
        let sums = TallySums(grouping.shape, query.leaves, subjectCount: counts.subjects)
        return sum(sums, query.leaves, query.filters, grouping.groups).result(of: 0, grouping.keys)
    }

    /// Adds what everybody has of the leaves to sums of nothing.
    func sum(
        _ empty: TallySums, _ leaves: [TallyQuery.Leaf], _ filters: [EventFilter], _ groups: TallyGroups?
    ) -> TallySums {
        let reader = reader(leaves, filters)
        let parts = scan(
            matching: filters, start: { TallyPass(empty, reader, groups) }, visit: { pass, piece in pass.read(piece) })
        return parts.reduce(into: empty) { $0.merge($1.sums) }
    }

    private func reader(_ leaves: [TallyQuery.Leaf], _ filters: [EventFilter]) -> TallyReader {
        TallyReader(
            leaves.enumerated().map { TallyWalk($1, number: $0, filters: filters) },
            leaves.map { leaf in
                if case .sum(let value) = leaf.measure { source(value) } else { nil }
            })
    }

    private func grouping(_ query: TallyQuery) -> TallyGrouping {
        let periods = PeriodBounds(query.boundaries.map(\.unixMs))
        guard let source = query.dimension.map({ self.source($0) }) else {
            return TallyGrouping(groups: nil, keys: [], shape: TallyShape(groupCount: 0, periods: periods))
        }
        let codes = largest(query, source)
        return TallyGrouping(
            groups: TallyGroups(source, codes), keys: codes.map { key($0, source) } + [.others],
            shape: TallyShape(groupCount: codes.count + 1, periods: periods))
    }

    private func walk<Found: Sendable>(
        _ query: TallyQuery, _ grouping: TallyGrouping, start: @Sendable () -> Found,
        add: @Sendable (inout Found, TallyAddition) -> Void, close: @Sendable (inout Found) -> Void
    ) -> [Found] {
        walk(
            query.leaves, query.filters, grouping.groups?.source, start: start,
            take: { found, match, piece, _, columns in
                guard let stretch = grouping.shape.periods.stretch(at: piece.times[match.source]) else { return }
                let group = grouping.groups.map { $0.number(of: columns.codes[0][match.source]) }
                add(
                    &found,
                    TallyAddition(
                        leaf: match.leaf, amount: match.amount, group: group, stretch: stretch,
                        subject: piece.columns.subjects[piece.position(match.event)]))
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
        let reader = reader(leaves, filters)
        let groups = SegmentColumns(source.map { [$0] } ?? [], value: nil)
        return scan(
            matching: filters, start: { Walking(found: start(), reader: reader, groups: groups) },
            visit: { walking, piece in
                walking.groups.fill(piece)
                var reader = TallyReader([], [])  // Out for the call: what is found stands beside it.
                swap(&reader, &walking.reader)
                let groups = walking.groups
                reader.read(piece) { person, events, leaves in
                    for walk in leaves {
                        for i in events.indices {
                            let event = Int(events[i])
                            let match = TallyMatch(leaf: walk.leaf, event: event, source: event, amount: 1)
                            take(&walking.found, match, piece, person, groups)
                        }
                    }
                } take: { person, match in
                    take(&walking.found, match, piece, person, groups)
                } close: {
                    close(&walking.found)
                }
                swap(&reader, &walking.reader)
            }
        ).map(\.found)
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
