import Dispatch
import Synchronization

/// People of one set of columns that stand side by side.
struct PersonRun: Sendable {
    let isOverlay: Bool
    let rows: Range<Int>
}

extension TimelineSnapshot {
    /// Everybody, once each: the rows of the generation without newer events, and all rows of the overlay; in order of
    /// rows, and cut so that threads can share them.
    func runs(_ overlay: Overlay) -> [PersonRun] {
        let piece = max(4096, (generation.count + overlay.columns.count) / (options.threadCount * 16))
        var runs: [PersonRun] = []
        var row = 0
        for person in overlay.people.prefix(while: { $0 < generation.personCount }) {
            cut(row..<Int(person), generation.offsets, piece, isOverlay: false, to: &runs)
            row = Int(person) + 1
        }
        cut(row..<generation.personCount, generation.offsets, piece, isOverlay: false, to: &runs)
        cut(0..<overlay.people.count, overlay.offsets, piece, isOverlay: true, to: &runs)
        return runs
    }

    private func cut(
        _ rows: Range<Int>, _ offsets: [UInt32], _ piece: Int, isOverlay: Bool, to runs: inout [PersonRun]
    ) {
        var begin = rows.lowerBound
        while begin < rows.upperBound {
            let end = firstRow(in: begin + 1..<rows.upperBound, offsets, from: Int(offsets[begin]) + piece)
            runs.append(PersonRun(isOverlay: isOverlay, rows: begin..<end))
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
    ///   - start: Makes the empty result of one thread.
    ///   - visit: Adds one run to it; the number is the place of the run in order.
    /// - Returns: One result for each thread.
    func scan<Partial: Sendable>(
        start: @Sendable () -> Partial, visit: @Sendable (inout Partial, _ number: Int, PersonRun, Overlay) -> Void
    ) -> [Partial] {
        let overlay = overlay
        let runs = runs(overlay)
        let isLarge = generation.count + overlay.columns.count >= options.parallelCountMin
        let next = Atomic<Int>(0)
        let results = Mutex<[Partial]>([])
        let work = { @Sendable (_: Int) in
            var partial = start()
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < runs.count else { break }
                visit(&partial, number, runs[number], overlay)
            }
            results.withLock { [partial] in $0.append(partial) }
        }
        DispatchQueue.concurrentPerform(iterations: isLarge ? options.threadCount : 1, execute: work)
        return results.withLock { $0 }
    }
}
