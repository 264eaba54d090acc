extension Generation {
    /// A new generation of these events and the sorted `newer` ones.
    ///
    /// - Complexity: O(events) time at the speed of copying memory.
    func merged(with newer: SortedHead, counts: DictionaryCounts, sequenceEnd: UInt64) -> Generation {
        precondition(count + newer.count <= Int(UInt32.max), "a timeline holds at most 2³² − 1 events")
        var builder = TimelineBuilder(self, newer: newer, personCapacity: counts.people)
        var row = 0
        newer.forEachPerson { person, events in
            builder.copy(row..<max(row, min(person, personCount)))
            row = person + 1
            builder.merge(person, with: events)
        }
        builder.copy(min(row, personCount)..<personCount)
        let (columns, extras) = builder.columns()
        return Generation(
            offsets: builder.offsets, columns: columns, extras: extras, sequenceBase: sequenceBase,
            sequenceEnd: sequenceEnd, timesMs: union(timesMs, newer.timesMs), dictionaryCounts: counts)
    }
}
