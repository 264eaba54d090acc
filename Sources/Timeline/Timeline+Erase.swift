public import Domain
import Synchronization

/// A timeline without some people, made of one that had them.
public struct ErasedTimeline: Sendable {
    public let timeline: Timeline
    public let sequences: Set<UInt64>  // Theirs.
}

extension Timeline {
    /// The same timeline as if some people had never been in it: their events, their ids, and the texts that were
    /// theirs alone are in none of its memory. Everybody else keeps their code. This timeline stays as it is, for
    /// those who read it now.
    ///
    /// - Precondition: Called by the thread that appends.
    /// - Throws: Where files that it needs cannot be written.
    /// - Complexity: O(events + people), at the speed of copying memory.
    public func erasing(_ isErased: (PersonID) -> Bool) throws(TimelineError) -> ErasedTimeline {
        let (old, tables) = (try sealed(), dictionaries.withTables { $0 })
        let gone = (0..<UInt32(tables.people.count)).filter { code in
            tables.people.isText(code) && isErased(PersonID(validated: tables.people.text(of: code)))
        }
        let kept = gone.isEmpty ? old : try old.without(gone, in: options.files(for: old.byteCount))
        let (sequenceEnd, observedFrom) = state.withLock { ($0.sequenceEnd, $0.observedFrom) }
        let generation = Generation(
            rows: BuiltRows(offsets: kept.offsets, columns: kept.columns, extras: kept.extras),
            sequenceBase: kept.sequenceBase, sequenceEnd: sequenceEnd, timesMs: kept.timesMs,
            dictionaryCounts: kept.dictionaryCounts)
        let timeline = Timeline(
            options: options,
            dictionaries: Dictionaries(gone.isEmpty ? tables : tables.keeping(kept, without: Set(gone))),
            properties: properties, generation: generation, basis: basis, observedFrom: observedFrom)
        let positions = gone.lazy.flatMap { old.range(of: Int($0)) }
        return ErasedTimeline(
            timeline: timeline,
            sequences: Set(positions.map { old.sequenceBase + UInt64(old.columns.sequences[$0]) }))
    }

    /// Which of the ids of the timeline are among some people, and whether they have come since a place of the journal:
    /// whoever is erased there, and is here all the same, has nothing from before.
    ///
    /// - Complexity: O(ids + events of those that are found).
    public func ids(of isOne: (PersonID) -> Bool, since sequence: UInt64) -> [(id: PersonID, isNew: Bool)] {
        let snapshot = snapshot()
        let hasForgotten = observedFrom != nil  // Then those who came may have no events by now.
        let people = dictionaries.withTables { $0.people }
        return (0..<UInt32(people.count)).compactMap { code in
            guard people.isText(code) else { return nil }
            let id = PersonID(validated: people.text(of: code))
            guard isOne(id) else { return nil }
            let isKnown = code < snapshot.counts.people
            let events = isKnown ? snapshot.sequences(of: code) : []
            let isNew = events.allSatisfy { $0 >= sequence }
            return (id, isNew && (!events.isEmpty || !isKnown || hasForgotten))
        }
    }
}

extension Dictionaries.Tables {
    /// Without the ids of some people, and without the texts that no event of a generation has.
    fileprivate func keeping(_ generation: Generation, without gone: Set<UInt32>) -> Self {
        var tables = self
        tables.people = people.keeping { !gone.contains(UInt32($0)) }
        tables.subjects = subjects.keeping(codes: [generation.columns.subjects])
        tables.decisions = decisions.keeping(codes: [generation.extras.decisions])
        let texts = generation.columns.properties.enumerated().filter { number, _ in
            PropertyIndex.kind(ofColumn: number) == .text
        }
        tables.texts = self.texts.keeping(codes: texts.map(\.element.codes), isFirstKept: false)
        return tables
    }
}

extension TextTable {
    /// - Parameter isFirstKept: Code 0 stands for "none".
    fileprivate func keeping(codes: [Column<UInt32>], isFirstKept: Bool = true) -> TextTable {
        var isUsed = [Bool](repeating: false, count: count)
        if isFirstKept, count > 0 { isUsed[0] = true }
        for column in codes {
            let span = column.span
            for i in span.indices { isUsed[Int(span[i])] = true }
        }
        return isUsed.allSatisfy(\.self) ? self : keeping { isUsed[$0] }
    }
}
