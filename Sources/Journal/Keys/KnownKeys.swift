import Base

/// The keys of all records: the newest in memory, all others in runs on disk.
///
/// Memory: up to `keysInMemoryMax` keys in an index, at times twice, and 1.6 bytes for each key of a run. The journal
/// is the only truth: runs are made from it and can be made again. Used by the committer alone.
struct KnownKeys {
    static let prefetchCount = 256  // What is asked for so many keys all stays in the nearer caches.

    private let folder: String
    private let countMax: Int
    private let calls: JournalFileCalls
    private let sealing: KeyRunWork
    private let merging: KeyRunWork
    private var recent: KeyStretch
    private var frozen: [KeyStretch]  // Become runs, the first one first.
    private var runs: [KeyRun]  // From the oldest on.
    private var maySeal = true  // Not after a failure, until there is more to seal.
    private var mayMerge = true  // Not after a failure, until there is one more to merge.

    /// - Parameters:
    ///   - sealing: Makes runs of what is in memory.
    ///   - merging: Makes one run of several.
    init(
        folder: String, options: JournalOptions, calls: JournalFileCalls, found: KeyRecovery, sealing: KeyRunWork,
        merging: KeyRunWork
    ) {
        self.folder = folder
        countMax = options.keysInMemoryMax
        self.calls = calls
        self.sealing = sealing
        self.merging = merging
        (recent, frozen, runs) = (found.recent, found.frozen, found.runs)
    }

    var figures: KeyFigures {
        KeyFigures(
            byteCountInMemory: recent.index.byteCount + frozen.reduce(0) { $0 + $1.index.byteCount }
                + runs.reduce(0) { $0 + $1.table.byteCount },
            runCount: runs.count, runByteCount: runs.reduce(0) { $0 + $1.byteCountOnDisk },
            isAtWork: !sealing.isIdle || !merging.isIdle)
    }

    /// Asks for the places of keys that will be looked up soon: an index and filters of this size lie outside the
    /// caches, and their misses pass side by side instead of one after the other.
    func prefetch(_ keys: some Sequence<Hash128>) {
        recent.index.prefetch(keys)
        for stretch in frozen { stretch.index.prefetch(keys) }
        for run in runs {
            for key in keys { run.table.filter.prefetch(key) }
        }
    }

    /// - Throws: `keysChanged` or `io` where a run cannot be read, so that it is not known.
    func contains(_ key: Hash128) throws(JournalError) -> Bool {
        if recent.index.contains(key) || frozen.contains(where: { $0.index.contains(key) }) { return true }
        for run in runs.reversed() {
            if try run.contains(key) { return true }
        }
        return false
    }

    /// - Parameters:
    ///   - keys: Of records that are on disk.
    ///   - sequenceEnd: Behind these records.
    mutating func insert(_ keys: [Hash128], sequenceEnd: UInt64) {
        for start in stride(from: 0, to: keys.count, by: Self.prefetchCount) {
            let part = keys[start..<min(start + Self.prefetchCount, keys.count)]
            recent.index.prefetch(part)
            for key in part { recent.insert(key) }
        }
        recent.extend(to: sequenceEnd)
    }

    /// Takes the runs that were made meanwhile, and has the next ones made.
    mutating func settle() {
        if let sealed = sealing.take() { take(sealed: sealed) }
        if let merged = merging.take() { take(merged: merged) }
        if recent.index.count >= countMax, sealing.isIdle {
            frozen.append(recent)
            recent = KeyStretch(from: recent.sequences.upperBound, countExpected: countMax)
            maySeal = true
        }
        seal()
        merge()
    }

    /// Ends what is under way; the runs that are whole stay, and the next start makes the others.
    func close() {
        sealing.stop()
        merging.stop()
    }

    private mutating func seal() {
        guard maySeal, sealing.isIdle, let stretch = frozen.first else { return }
        let (folder, calls) = (folder, calls)
        sealing.start { isStopped throws(JournalError) in
            try KeyRun.seal(stretch, in: folder, calls: calls, isStopped: isStopped)
        }
    }

    private mutating func merge() {
        // What is in memory must not lie between those that are merged.
        let sequenceEnd = runs.last?.sequences.upperBound ?? 0
        guard mayMerge, merging.isIdle, frozen.allSatisfy({ $0.sequences.lowerBound >= sequenceEnd }),
            let window = KeyRun.windowToMerge(keyCounts: runs.map(\.keyCount))
        else { return }
        let (folder, calls, parts) = (folder, calls, Array(runs[window]))
        merging.start { isStopped throws(JournalError) in
            try KeyRun.merge(parts, in: folder, calls: calls, isStopped: isStopped)
        }
    }

    private mutating func take(sealed: Result<KeyRun, JournalError>) {
        switch sealed {
        case .success(let run):
            frozen.removeFirst()
            let place = runs.firstIndex { $0.sequences.lowerBound >= run.sequences.upperBound } ?? runs.count
            runs.insert(run, at: place)
            mayMerge = true
        case .failure: maySeal = false
        }
    }

    private mutating func take(merged: Result<KeyRun, JournalError>) {
        switch merged {
        case .success(let run):
            let place = runs.firstIndex { $0.sequences.lowerBound == run.sequences.lowerBound } ?? runs.count
            runs.removeAll { run.sequences.contains($0.sequences) }
            runs.insert(run, at: place)
        case .failure: mayMerge = false
        }
    }
}

/// What it costs to know the keys.
public struct KeyFigures: Sendable, Equatable {
    public let byteCountInMemory: Int
    public let runCount: Int
    public let runByteCount: Int64  // On disk.
    public let isAtWork: Bool  // Whether a run is being made.
}
