import Base

extension KeyRun {
    /// Writes the keys of a stretch, all of whose records are on disk.
    ///
    /// - Throws: `closed` where it was stopped; `diskFull`, `io`. Then no file is left.
    static func seal(
        _ stretch: KeyStretch, in folder: String, calls: JournalFileCalls, isStopped: () -> Bool
    ) throws(JournalError) -> KeyRun {
        var keys = stretch.index.sorted().makeIterator()
        return try KeyRunWriter.write(
            KeyRunFormat.Header(sequences: stretch.sequences, tally: stretch.tally), in: folder,
            keyCountMax: stretch.index.count, calls: calls, isStopped: isStopped
        ) { () throws(JournalError) in keys.next() }
    }

    /// Writes the keys of runs that follow one another into one, and takes their files away once it is on disk.
    ///
    /// - Throws: `closed` where it was stopped; `corrupt` where the keys of one have changed; `diskFull`, `io`. Then
    ///   the runs are as they were.
    static func merge(
        _ runs: [KeyRun], in folder: String, calls: JournalFileCalls, isStopped: () -> Bool
    ) throws(JournalError) -> KeyRun {
        var tally = KeyTally()
        for run in runs { tally.add(run.tally) }
        var streams = runs.map(\.keys)
        var heads: [Hash128?] = []
        for place in streams.indices { heads.append(try streams[place].next()) }
        let sequences = (runs.first?.sequences.lowerBound ?? 0)..<(runs.last?.sequences.upperBound ?? 0)
        let merged = try KeyRunWriter.write(
            KeyRunFormat.Header(sequences: sequences, tally: tally), in: folder,
            keyCountMax: runs.reduce(0) { $0 + $1.keyCount }, calls: calls, isStopped: isStopped
        ) { () throws(JournalError) in
            var least: Hash128?
            for head in heads {
                if let head, least.map({ head.isBefore($0) }) ?? true { least = head }
            }
            guard let least else { return nil }
            for place in heads.indices where heads[place] == least { heads[place] = try streams[place].next() }
            return least
        }
        for run in runs { run.file.remove() }
        return merged
    }

    /// Which runs that follow one another are merged next: four of which none has more than half of the keys, so that
    /// a key is written again only into a run at least twice as large; among these the ones with the fewest keys.
    ///
    /// - Parameter keyCounts: Of the runs, from the oldest on.
    static func windowToMerge(keyCounts: [Int]) -> Range<Int>? {
        let width = 4
        var found: (window: Range<Int>, keyCount: Int)?
        for start in 0..<max(0, keyCounts.count - width + 1) {
            let counts = keyCounts[start..<start + width]
            let sum = counts.reduce(0, +)
            guard let most = counts.max(), 2 * most <= sum, sum <= KeyRunTable.keyCountMax else { continue }
            if found.map({ sum < $0.keyCount }) ?? true { found = (start..<start + width, sum) }
        }
        return found?.window
    }
}
