import Base
import Domain
import Learning

/// What a snapshot holds of the state, as it was at one point of the journal, in arrays of its own: to write it down
/// makes nobody copy or wait.
struct DecideImage: Sendable {
    private let head: Head
    private let categories: [String]
    private let items: [ItemStats]
    private let neighbours: [Int32]
    private let weights: [Float]
    private let people: [PersonID]
    private let histories: [PersonHistory]
    private let decisions: [PendingDecision]

    /// What is small enough to be copied at once.
    private struct Head: Sendable {
        let sequenceEnd: UInt64
        let watermark: EventTime
        let counts: LearningCounts
        let landmark: Double?
        let clock: EventTime
        let closedCount: Int

        init(_ core: borrowing DecideCore) {
            sequenceEnd = core.sequenceEnd
            watermark = core.watermark
            counts = core.counts
            landmark = core.neighbours.landmark
            clock = core.pending.clock
            closedCount = core.pending.closedCount
        }
    }

    /// The next sequence that was expected.
    var sequenceEnd: UInt64 { head.sequenceEnd }

    /// - Parameter state: To which nothing is applied meanwhile.
    init(of state: DecideState) {
        head = state.withCore { Head($0) }
        categories = state.copied { $0.items.categories.texts[...] }
        items = state.copied { $0.items.stats[...] }
        neighbours = state.copied { $0.neighbours.items[...] }
        weights = state.copied { $0.neighbours.weights[...] }
        people = state.copied { $0.people.ids[...] }
        histories = state.copied { $0.people.histories[...] }
        decisions = state.copied { $0.pending.decisions }
    }

    func write(to writer: inout SnapshotWriter) {
        writer.put(head.sequenceEnd)
        writer.put(head.watermark.unixMs)
        let counts = head.counts
        for count in [counts.decisions, counts.positives, counts.negatives, counts.positivesLate] { writer.put(count) }
        writeItems(to: &writer)
        writeNeighbours(to: &writer)
        writePeople(to: &writer)
        writeDecisions(to: &writer)
    }

    private func writeItems(to writer: inout SnapshotWriter) {
        writer.put(count: categories.count)
        for text in categories { writer.put(text) }
        writer.put(count: items.count)
        for item in items {
            writer.put(item.subject.description)
            writer.put(item.category)
            writer.put(item.department)
            writer.put(item.popularity)
            writer.put(item.sessions)
            writer.put(item.firstSeenMinute)
            for count in [item.exposures, item.purchases, item.buyers] { writer.put(count) }
        }
    }

    private func writeNeighbours(to writer: inout SnapshotWriter) {
        writer.put(head.landmark ?? .nan)
        writer.put(count: neighbours.count)
        for (neighbour, weight) in zip(neighbours, weights) {
            writer.put(neighbour)
            writer.put(weight)
        }
    }

    private func writePeople(to writer: inout SnapshotWriter) {
        writer.put(count: people.count)
        for (person, history) in zip(people, histories) {
            writer.put(person.text)
            writer.put(history.baskets)
            writer.put(history.basketsRecently)
            writer.put(history.boughtLastMinute)
            writer.put(history.seenLastMinute)
            writer.put(count: history.entries.count)
            for entry in history.entries {
                writer.put(entry.item)
                writer.put(entry.bought)
                writer.put(entry.touched)
                writer.put(entry.boughtRecently)
                for minute in [entry.boughtFirstMinute, entry.boughtLastMinute, entry.touchedLastMinute] {
                    writer.put(minute)
                }
            }
        }
    }

    private func writeDecisions(to writer: inout SnapshotWriter) {
        writer.put(head.clock.unixMs)
        writer.put(count: head.closedCount)
        writer.put(count: decisions.count)
        for decision in decisions {
            writer.put(decision.id.text)
            writer.put(decision.closesAt.unixMs)
            writer.put(count: decision.shown.count)
            for shown in decision.shown {
                writer.put(shown.subject.description)
                writer.put(shown.state.rawValue)
                writer.put(shown.prior)
                writer.put(count: shown.features.count)
                for feature in shown.features { writer.put(feature) }
            }
        }
    }
}

extension DecideState {
    private static let sliceByteCount = 1 << 18

    /// One part of the state, slice by slice: whoever decides waits for one slice at most. No array is shared, which
    /// the next event would have to copy whole.
    fileprivate func copied<Element: Sendable>(_ part: (borrowing DecideCore) -> ArraySlice<Element>) -> [Element] {
        let sliceCount = Self.sliceByteCount / MemoryLayout<Element>.stride
        var copy: [Element] = []
        while true {
            let slice = withCore { core in
                let whole = part(core).dropFirst(copy.count)
                return whole.prefix(sliceCount).map { $0 }
            }
            copy += slice
            if slice.count < sliceCount { return copy }
        }
    }
}
