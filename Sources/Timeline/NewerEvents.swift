import Kernels

/// The events that came since a generation was sealed, as they were at one moment: sorted by person, time and sequence,
/// in columns of their own.
///
/// They stay apart from the sealed ones. A scan puts the history of a person with newer events together when it comes
/// there (`JoinedPeople`): many threads at once, in memory that is warm.
struct NewerEvents: Sendable {
    let people: [UInt32]  // Person code of each row, ascending.
    let offsets: Column<UInt32>  // Shape [people + 1].
    let columns: EventColumns
    let extras: ExtraTable
    let timesMs: ClosedRange<Int64>?  // First and last; nil without events.
    let hasNewer: [UInt64]  // A bit for each person who has some; empty where nobody has.

    /// - Parameter base: What sequences are relative to.
    /// - Complexity: O(events) where each person's come in order of time, else O(n log n).
    init(_ head: FrozenHead, base: UInt64, _ properties: PropertyIndex) {
        let sorted = head.sorted
        var (people, offsets): ([UInt32], [UInt32]) = ([], [])
        sorted.forEachPerson { person, events in
            people.append(UInt32(person))
            offsets.append(UInt32(events.startIndex))
        }
        offsets.append(UInt32(sorted.count))
        var hasNewer = [UInt64](repeating: 0, count: people.last.map { Int($0) / 64 + 1 } ?? 0)
        for person in people { hasNewer[Int(person) / 64] |= 1 << UInt64(person % 64) }
        self.people = people
        self.offsets = Column(offsets)
        self.hasNewer = hasNewer
        (columns, extras) = sorted.columns(base: base, properties)
        timesMs = sorted.timesMs
    }

    var count: Int { columns.count }

    /// The row of a person; nil for people without newer events.
    /// - Complexity: O(log n).
    func row(of person: UInt32) -> Int? {
        guard isSet(Int(person), in: hasNewer.span) else { return nil }
        var (low, high) = (0, people.count)
        while low < high {
            let middle = (low + high) / 2
            if people[middle] < person { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func range(of row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }
}

extension SortedHead {
    fileprivate func columns(base: UInt64, _ properties: PropertyIndex) -> (EventColumns, ExtraTable) {
        var columns = EventColumns(properties: properties.columns)
        var extras = ExtraTable()
        columns.times = Column(events.map(\.timeMs))
        columns.names = Column(events.map(\.name))
        columns.channels = Column(events.map(\.channel))
        columns.subjects = Column(events.map(\.subject))
        columns.sequences = Column(events.map { UInt32($0.sequence - base) })
        columns.extras = Column(
            events.map { extras.append(minor: $0.minor, currency: $0.currency, decision: $0.decision) })
        for (position, event) in events.enumerated() where event.cellCount > 0 {
            for cell in cells(of: event) { columns.properties[cell.column].append(cell, at: position) }
        }
        return (columns, extras)
    }
}
