extension Generation {
    /// A new generation of these events and the sorted `newer` ones.
    ///
    /// - Parameter files: Where it is to lie; nil for memory.
    /// - Complexity: O(events) time at the speed of copying memory.
    func merged(
        with newer: SortedHead, counts: DictionaryCounts, sequenceEnd: UInt64, in files: ColumnFiles?
    ) throws(TimelineError) -> Generation {
        precondition(count + newer.count <= Int(UInt32.max), "a timeline holds at most 2³² − 1 events")
        var builder = TimelineBuilder(self, newer: newer, personCapacity: counts.people)
        var row = 0
        newer.forEachPerson { person, events in
            builder.copy(row..<max(row, min(person, personCount)))
            row = person + 1
            builder.merge(person, with: events)
        }
        builder.copy(min(row, personCount)..<personCount)
        return Generation(
            rows: try builder.made(in: files), sequenceBase: sequenceBase, sequenceEnd: sequenceEnd,
            timesMs: union(timesMs, newer.timesMs), dictionaryCounts: counts)
    }
}
