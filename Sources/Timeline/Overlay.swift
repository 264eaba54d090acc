/// The whole histories of those people who have events in the head: queries read them here and not in the generation.
struct Overlay: Sendable {
    let people: [UInt32]  // Person code of each row, ascending.
    let offsets: [UInt32]  // Shape [people + 1].
    let columns: EventColumns
    let extras: ExtraTable
    let timesMs: ClosedRange<Int64>?  // Of the newer events only.

    init(_ generation: Generation, newer: SortedHead) {
        var people: [UInt32] = []
        newer.forEachPerson { person, _ in people.append(UInt32(person)) }
        var builder = TimelineBuilder(generation, newer: newer, personCapacity: people.count)
        newer.forEachPerson { builder.merge($0, with: $1) }
        self.people = people
        offsets = builder.offsets
        (columns, extras) = builder.columns()
        timesMs = newer.timesMs
    }

    /// The row of a person; nil for people without newer events.
    /// - Complexity: O(log n).
    func row(of person: UInt32) -> Int? {
        var (low, high) = (0, people.count)
        while low < high {
            let middle = (low + high) / 2
            if people[middle] < person { low = middle + 1 } else { high = middle }
        }
        return low < people.count && people[low] == person ? low : nil
    }

    func range(of row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }
}
