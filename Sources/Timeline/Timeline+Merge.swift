public import Base
import Synchronization

extension Timeline {
    /// Whether the head has grown enough for a merge to pay.
    public var isMergeDue: Bool {
        state.withLock { $0.head.count >= max(options.headCountMin, $0.generation.count / 256) }
    }

    /// Seals the head into a new generation. Blocks its caller for as long as copying the timeline takes, and readers
    /// and the writer for microseconds; events that come meanwhile stay in the head. Where the files that it needs
    /// cannot be written, all events stay where they are, and `mergeFailure` tells why.
    public func merge() { _ = try? sealed() }

    /// Lets events that happened before a time leave, and keeps those out that are added later. Blocks as `merge`, and
    /// fails as it: those that are there already then leave with the next merge.
    public func forget(before time: EventTime) {
        let isNew = state.withLock { state in
            guard state.observedFrom.map({ $0 < time }) ?? true else { return false }
            state.observedFrom = time
            state.latest = nil
            return true
        }
        if isNew { merge() }
    }

    /// The generation that holds everything appended before the call.
    func sealed() throws(TimelineError) -> Generation {
        try merging.withLock { (_) throws(TimelineError) -> Generation in
            do throws(TimelineError) {
                let generation = try sealedAlone()
                state.withLock { $0.mergeFailure = nil }
                return generation
            } catch {
                state.withLock { $0.mergeFailure = error }
                throw error
            }
        }
    }

    private func sealedAlone() throws(TimelineError) -> Generation {
        let (old, frozen, counts, sequenceEnd, observedFrom) = state.withLock {
            ($0.generation, $0.head.frozen, $0.counts, $0.sequenceEnd, $0.observedFrom)
        }
        let newer = frozen.sorted
        guard !newer.isEmpty || old.hasEvents(before: observedFrom) else { return old }
        var generation = old
        if !newer.isEmpty {
            let files = options.files(for: old.byteCount + newer.byteCount)
            generation = try old.merged(with: newer, counts: counts, sequenceEnd: sequenceEnd, in: files)
        }
        if let observedFrom, generation.hasEvents(before: observedFrom) {
            generation = try generation.keeping(from: observedFrom, in: options.files(for: generation.byteCount))
        }
        state.withLock { state in
            state.latest = nil
            state.generation = generation
            state.head.drop(before: frozen.end)
        }
        return generation
    }
}

extension TimelineOptions {
    /// Whether sealed events of so many bytes are to be mapped.
    func isMapped(_ byteCount: Int) -> Bool { memoryBudget.map { byteCount > $0.bytesMax } ?? false }

    /// Nil where a generation of so many bytes may lie in memory.
    func files(for byteCount: Int) -> ColumnFiles? {
        memoryBudget.flatMap { isMapped(byteCount) ? ColumnFiles(in: $0.folder) : nil }
    }
}
