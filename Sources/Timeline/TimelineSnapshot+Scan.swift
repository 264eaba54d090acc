import Dispatch
import Kernels
import Synchronization

/// People that stand side by side, in the order in which they lie in memory.
struct PersonRun: Sendable {
    enum Place: Sendable {
        case generation
        case newer  // Rows of the newer events: the people who have some, and maybe sealed ones beside them.
        case merged  // Rows are groups of ids.
    }

    let place: Place
    let rows: Range<Int>
}

/// People that stand side by side in one set of columns: what a query visits at a time.
struct PersonRows {
    let columns: EventColumns  // Without extras and properties, which are asked for here.
    let offsets: Column<UInt32>
    let rows: Range<Int>
    let skipped: [UInt64]  // A bit for each row whose person is visited elsewhere, with other events, or is not meant.
    let markBase: Int  // Rows of all sets of columns differ once this is added.
    let firstCode: (_ row: Int) -> UInt32  // Of the person's ids, the first that came.
    fileprivate let source: Source

    fileprivate enum Source {
        case sealed(Generation)
        case joined(JoinedValues)
    }

    /// What the events have in a column of a property.
    func property(_ number: Int) -> PropertyColumn {
        switch source {
        case .sealed(let generation): generation.columns.properties[number]
        case .joined(let values): values.property(number)
        }
    }

    var extras: EventExtras {
        switch source {
        case .sealed(let generation): EventExtras(rows: generation.columns.extras, table: generation.extras)
        case .joined(let values): values.extras
        }
    }

    func event(at position: Int, base: UInt64) -> CodedEvent { columns.event(at: position, extras, base: base) }
}

extension TimelineSnapshot {
    private static let joinedCount = 8192  // Events put together at a time, so that they are read again from the cache.

    /// Everybody, once each: the rows of the generation, where those with newer events are skipped; these; and those
    /// who have several ids; in order of rows, and cut so that threads can share them.
    func runs(_ newer: NewerEvents, _ merged: MergedRows) -> [PersonRun] {
        let pieces = options.threadCount * 16
        var runs: [PersonRun] = []
        cut(0..<generation.personCount, generation.offsets, max(4096, generation.count / pieces), .generation, &runs)
        cut(0..<newer.people.count, newer.offsets, max(256, newer.count / pieces), .newer, &runs)
        var group = 0
        while group < merged.groups.count {
            let rows = merged.groups(from: group, eventCount: Self.joinedCount)
            runs.append(PersonRun(place: .merged, rows: rows))
            group = rows.upperBound
        }
        return runs
    }

    /// The people who have one of these ids, once each.
    private func runs(of codes: [UInt32], _ newer: NewerEvents, _ merged: MergedRows) -> [PersonRun] {
        var runs: [PersonRun] = []
        var firstOfGroups: Set<UInt32> = []
        for code in codes where code < counts.people {
            if let group = merges.group(of: code) {
                firstOfGroups.insert(group.codes[0])
            } else if let row = newer.row(of: code) {
                runs.append(PersonRun(place: .newer, rows: row..<row + 1))
            } else if code < generation.personCount {
                runs.append(PersonRun(place: .generation, rows: Int(code)..<Int(code) + 1))
            }
        }
        guard !firstOfGroups.isEmpty else { return runs }
        for (number, group) in merged.groups.enumerated() where firstOfGroups.contains(group.codes[0]) {
            runs.append(PersonRun(place: .merged, rows: number..<number + 1))
        }
        return runs
    }

    private func cut(
        _ rows: Range<Int>, _ offsets: Column<UInt32>, _ piece: Int, _ place: PersonRun.Place,
        _ runs: inout [PersonRun]
    ) {
        var begin = rows.lowerBound
        while begin < rows.upperBound {
            let end = firstRow(in: begin + 1..<rows.upperBound, offsets, from: Int(offsets[begin]) + piece)
            runs.append(PersonRun(place: place, rows: begin..<end))
            begin = end
        }
    }

    /// The first row of `rows` that begins at `position` or later, else their end.
    private func firstRow(in rows: Range<Int>, _ offsets: Column<UInt32>, from position: Int) -> Int {
        var (low, high) = (rows.lowerBound, rows.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if Int(offsets[middle]) < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Visits every run on one thread, or on several where the timeline is large.
    ///
    /// - Parameters:
    ///   - codes: Ascending: only the people who have one of these ids are visited; nil for everybody.
    ///   - start: Makes the empty result of one thread.
    ///   - visit: Adds one run to it; runs are left out once the snapshot's budget is spent.
    /// - Returns: One result for each thread.
    func scan<Partial: Sendable>(
        among codes: [UInt32]? = nil, start: @Sendable () -> Partial,
        visit: @Sendable (inout Partial, PersonRows) -> Void
    ) -> [Partial] {
        let (newer, merged) = (newer, merged)
        let runs = codes.map { self.runs(of: $0, newer, merged) } ?? runs(newer, merged)
        let isLarge = codes == nil && generation.count + newer.count >= options.parallelCountMin
        let next = Atomic<Int>(0)
        let results = Mutex<[Partial]>([])
        let work = { @Sendable [generation, budget] (_: Int) in
            var partial = start()
            var joined = JoinedPeople(generation, newer)
            while budget?.allowsMore() ?? true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < runs.count else { break }
                self.visit(runs[number], newer, merged, &joined) { visit(&partial, $0) }
            }
            results.withLock { [partial] in $0.append(partial) }
        }
        DispatchQueue.concurrentPerform(iterations: isLarge ? options.threadCount : 1, execute: work)
        return results.withLock { $0 }
    }

    private func visit(
        _ run: PersonRun, _ newer: NewerEvents, _ merged: MergedRows, _ joined: inout JoinedPeople,
        _ body: (PersonRows) -> Void
    ) {
        switch run.place {
        case .generation:
            body(
                PersonRows(
                    columns: generation.columns, offsets: generation.offsets, rows: run.rows,
                    skipped: chosen?.generationSkipped ?? merged.generationSkipped, markBase: 0,
                    firstCode: { UInt32($0) }, source: .sealed(generation)))
        case .newer:
            let skipped = chosen?.newerSkipped ?? merged.newerSkipped
            var left = run.rows
            while !left.isEmpty {
                let rows = joined.fill(left, eventCount: Self.joinedCount)
                left = rows.upperBound..<left.upperBound
                let first = rows.lowerBound
                body(
                    joined.rows(rows.count, skipped: skipped.bits(rows), markBase: generation.personCount + first) {
                        newer.people[first + $0]
                    })
            }
        case .merged:
            joined.fill(run.rows, of: merged)
            let first = run.rows.lowerBound
            body(
                joined.rows(
                    run.rows.count, skipped: chosen?.groupSkipped.bits(run.rows) ?? [],
                    markBase: generation.personCount + newer.people.count + first
                ) { merged.groups[first + $0].codes[0] })
        }
    }
}

extension JoinedPeople {
    fileprivate func rows(
        _ count: Int, skipped: [UInt64], markBase: Int, firstCode: @escaping (_ row: Int) -> UInt32
    ) -> PersonRows {
        PersonRows(
            columns: columns, offsets: offsets, rows: 0..<count, skipped: skipped, markBase: markBase,
            firstCode: firstCode, source: .joined(JoinedValues(events)))
    }
}
