import Synchronization

extension Timeline {
    /// Whether the head has grown enough for a merge to pay.
    public var isMergeDue: Bool {
        state.withLock { $0.head.count >= max(options.headCountMin, $0.generation.count / 256) }
    }

    /// Seals the head into a new generation. Blocks its caller for as long as copying the timeline takes, and readers
    /// and the writer for microseconds; events that come meanwhile stay in the head.
    public func merge() { _ = sealed() }

    /// The generation that holds everything appended before the call.
    func sealed() -> Generation {
        merging.withLock { _ in
            let (old, frozen, counts, sequenceEnd) = state.withLock {
                ($0.generation, $0.head.frozen, $0.counts, $0.sequenceEnd)
            }
            let newer = frozen.sorted
            guard !newer.isEmpty else { return old }
            let generation = old.merged(with: newer, counts: counts, sequenceEnd: sequenceEnd)
            state.withLock { state in
                state.latest = nil
                state.generation = generation
                state.head.drop(before: frozen.end)
            }
            return generation
        }
    }
}
