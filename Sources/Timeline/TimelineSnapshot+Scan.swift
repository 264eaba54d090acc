import Dispatch
import Kernels
import Synchronization

/// People that stand side by side, in the order in which they lie in memory.
struct PersonRun: Sendable {
    enum Place: Sendable {
        case generation
        case overlay
        case merged  // Rows are groups; their events are gathered when the run is visited.
    }

    let place: Place
    let rows: Range<Int>
}

/// People that stand side by side in one set of columns: what a query visits at a time.
struct PersonRows {
    let columns: EventColumns
    let extras: ExtraTable
    let offsets: [UInt32]
    let rows: Range<Int>
    let skipped: [UInt64]  // A bit for each row whose person is visited elsewhere, with other ids, or is not meant.
    let markBase: Int  // Rows of all sets of columns differ once this is added.
    let firstCode: (_ row: Int) -> UInt32  // Of the person's ids, the first that came.
}

extension TimelineSnapshot {
    private static let gatheredCount = 8192  // Events gathered at a time, so that they are read again from the cache.

    /// Everybody, once each: the rows of the generation without newer events, all rows of the overlay, and those who
    /// have several ids; in order of rows, and cut so that threads can share them.
    func runs(_ overlay: Overlay, _ merged: MergedRows) -> [PersonRun] {
        let piece = max(4096, (generation.count + overlay.columns.count) / (options.threadCount * 16))
        var runs: [PersonRun] = []
        var row = 0
        for person in overlay.people.prefix(while: { $0 < generation.personCount }) {
            cut(row..<Int(person), generation.offsets, piece, .generation, to: &runs)
            row = Int(person) + 1
        }
        cut(row..<generation.personCount, generation.offsets, piece, .generation, to: &runs)
        cut(0..<overlay.people.count, overlay.offsets, piece, .overlay, to: &runs)
        var group = 0
        while group < merged.groups.count {
            let rows = merged.groups(from: group, eventCount: Self.gatheredCount)
            runs.append(PersonRun(place: .merged, rows: rows))
            group = rows.upperBound
        }
        return runs
    }

    /// The people who have one of these ids, once each.
    private func runs(of codes: [UInt32], _ overlay: Overlay, _ merged: MergedRows) -> [PersonRun] {
        var runs: [PersonRun] = []
        var firstOfGroups: Set<UInt32> = []
        for code in codes where code < counts.people {
            if let group = merges.group(of: code) {
                firstOfGroups.insert(group.codes[0])
            } else if let row = overlay.row(of: code) {
                runs.append(PersonRun(place: .overlay, rows: row..<row + 1))
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
        _ rows: Range<Int>, _ offsets: [UInt32], _ piece: Int, _ place: PersonRun.Place, to runs: inout [PersonRun]
    ) {
        var begin = rows.lowerBound
        while begin < rows.upperBound {
            let end = firstRow(in: begin + 1..<rows.upperBound, offsets, from: Int(offsets[begin]) + piece)
            runs.append(PersonRun(place: place, rows: begin..<end))
            begin = end
        }
    }

    /// The first row of `rows` that begins at `position` or later, else their end.
    private func firstRow(in rows: Range<Int>, _ offsets: [UInt32], from position: Int) -> Int {
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
        let (overlay, merged) = (overlay, merged)
        let runs = codes.map { self.runs(of: $0, overlay, merged) } ?? runs(overlay, merged)
        let isLarge = codes == nil && generation.count + overlay.columns.count >= options.parallelCountMin
        let next = Atomic<Int>(0)
        let results = Mutex<[Partial]>([])
        let work = { @Sendable [generation, budget] (_: Int) in
            var partial = start()
            var gathered = GatheredPeople(generation.columns)
            while budget?.allowsMore() ?? true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < runs.count else { break }
                visit(&partial, self.rows(of: runs[number], overlay, merged, &gathered))
            }
            results.withLock { [partial] in $0.append(partial) }
        }
        DispatchQueue.concurrentPerform(iterations: isLarge ? options.threadCount : 1, execute: work)
        return results.withLock { $0 }
    }

    private func rows(
        of run: PersonRun, _ overlay: Overlay, _ merged: MergedRows, _ gathered: inout GatheredPeople
    ) -> PersonRows {
        switch run.place {
        case .generation:
            return PersonRows(
                columns: generation.columns, extras: generation.extras, offsets: generation.offsets, rows: run.rows,
                skipped: chosen?.generationSkipped ?? merged.generationSkipped, markBase: 0, firstCode: { UInt32($0) })
        case .overlay:
            return PersonRows(
                columns: overlay.columns, extras: overlay.extras, offsets: overlay.offsets, rows: run.rows,
                skipped: chosen?.overlaySkipped ?? merged.overlaySkipped, markBase: generation.personCount,
                firstCode: { overlay.people[$0] })
        case .merged:
            gathered.fill(run.rows, of: merged, generation.columns, overlay.columns)
            let first = run.rows.lowerBound
            return PersonRows(
                columns: gathered.columns, extras: overlay.extras, offsets: gathered.offsets,
                rows: 0..<run.rows.count, skipped: chosen?.groupSkipped.bits(run.rows) ?? [],
                markBase: generation.personCount + overlay.people.count + first,
                firstCode: { merged.groups[first + $0].codes[0] })
        }
    }
}
