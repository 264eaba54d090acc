/// Writes people one after another: rows of a generation as they are, or merged with newer events.
struct TimelineBuilder {
    private(set) var offsets: [UInt32] = [0]
    private(set) var columns: EventColumns
    private(set) var extras: ExtraTable
    private let old: Generation

    init(_ old: Generation, capacity: Int, personCapacity: Int) {
        self.old = old
        extras = old.extras
        columns = EventColumns(properties: old.columns.properties.map(\.emptied))
        columns.reserveCapacity(capacity)
        offsets.reserveCapacity(personCapacity + 1)
    }

    /// Copies the people of `rows` unchanged.
    mutating func copy(_ rows: Range<Int>) {
        guard !rows.isEmpty else { return }
        let begin = old.offsets[rows.lowerBound]
        let shift = UInt32(columns.count)
        columns.append(old.columns, Int(begin)..<Int(old.offsets[rows.upperBound]))
        for row in rows { offsets.append(old.offsets[row + 1] - begin + shift) }
    }

    /// Writes one person with those of the old events that are kept.
    mutating func keep(_ person: Int, where isKept: (_ position: Int) -> Bool) {
        let range = old.range(of: person)
        var next = range.lowerBound
        while next < range.upperBound {
            guard isKept(next) else {
                next += 1
                continue
            }
            var end = next + 1
            while end < range.upperBound, isKept(end) { end += 1 }
            columns.append(old.columns, next..<end)
            next = end
        }
        offsets.append(UInt32(columns.count))
    }

    /// Writes one person: the old events and `newer`, in order of time. Everything newer has a later sequence, so
    /// that at one time the old events come first.
    mutating func merge(_ person: Int, with newer: ArraySlice<HeadEvent>, of head: SortedHead) {
        let range = old.range(of: person)
        var next = range.lowerBound
        for event in newer {
            let stop = old.columns.firstPosition(after: event.timeMs, in: next..<range.upperBound)
            columns.append(old.columns, next..<stop)
            next = stop
            let extra = extras.append(minor: event.minor, currency: event.currency, decision: event.decision)
            columns.append(event, head.cells(of: event), sequenceBase: old.sequenceBase, extra: extra)
        }
        columns.append(old.columns, next..<range.upperBound)
        offsets.append(UInt32(columns.count))
    }
}

extension Generation {
    /// A new generation of these events and the sorted `newer` ones.
    ///
    /// - Complexity: O(events) time at the speed of copying memory.
    func merged(with newer: SortedHead, counts: DictionaryCounts, sequenceEnd: UInt64) -> Generation {
        let capacity = count + newer.count
        precondition(capacity <= Int(UInt32.max), "a timeline holds at most 2³² − 1 events")
        var builder = TimelineBuilder(self, capacity: capacity, personCapacity: counts.people)
        var row = 0
        newer.forEachPerson { person, events in
            builder.copy(row..<max(row, min(person, personCount)))
            row = person + 1
            builder.merge(person, with: events, of: newer)
        }
        builder.copy(min(row, personCount)..<personCount)
        return Generation(
            offsets: builder.offsets, columns: builder.columns, extras: builder.extras, sequenceBase: sequenceBase,
            sequenceEnd: sequenceEnd, timesMs: union(timesMs, newer.timesMs), dictionaryCounts: counts)
    }
}
