public import Base
import Synchronization

extension Timeline {
    /// Whether the head has grown enough for a merge to pay.
    public var isMergeDue: Bool {
        state.withLock { $0.head.count >= max(options.headCountMin, $0.generation.count / 256) }
    }

    /// Seals the head into a new generation. Blocks its caller for as long as copying the timeline takes, and readers
    /// and the writer for microseconds; events that come meanwhile stay in the head.
    public func merge() { _ = sealed() }

    /// Lets events that happened before a time leave, and keeps those out that are added later. Blocks as `merge`.
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
    func sealed() -> Generation {
        merging.withLock { _ in
            let (old, frozen, counts, sequenceEnd, observedFrom) = state.withLock {
                ($0.generation, $0.head.frozen, $0.counts, $0.sequenceEnd, $0.observedFrom)
            }
            let newer = frozen.sorted
            guard !newer.isEmpty || old.hasEvents(before: observedFrom) else { return old }
            var generation =
                newer.isEmpty ? old : old.merged(with: newer, counts: counts, sequenceEnd: sequenceEnd)
            if let observedFrom, generation.hasEvents(before: observedFrom) {
                generation = generation.keeping(from: observedFrom)
            }
            state.withLock { state in
                state.latest = nil
                state.generation = generation
                state.head.drop(before: frozen.end)
            }
            return generation
        }
    }
}
