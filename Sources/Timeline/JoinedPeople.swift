import Kernels

/// Where the events of some people lie, who have them in several places: sealed, newer, or under several ids.
struct JoinedEvents: Sendable {
    private(set) var parts: [JoinedPart] = []  // In the order of the people, and of each one's events.
    private(set) var count = 0
    private let generation: Generation
    private let newer: NewerEvents

    init(_ generation: Generation, _ newer: NewerEvents) {
        self.generation = generation
        self.newer = newer
    }

    mutating func removeAll() {
        parts.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Adds one id's events in order of time.
    mutating func append(sealed: Range<Int>, newer range: Range<Int>) {
        let (sealedTimes, newerTimes) = (generation.columns.times, newer.columns.times)
        parts.append(sealed: sealed, newer: range, sealedTimes: sealedTimes.span, newerTimes: newerTimes.span)
        count += sealed.count + range.count
    }

    mutating func append(_ part: JoinedPart) {
        count += part.positions.count
        if parts.isEmpty || !parts[parts.count - 1].take(part) { parts.append(part) }
    }

    /// Writes what is read of nearly every event; extras and properties are made when they are asked for.
    func write(to columns: inout EventColumns) {
        let (old, new) = (generation.columns, newer.columns)
        write(old.times, new.times, 0, to: &columns.times)
        write(old.names, new.names, 0, to: &columns.names)
        write(old.channels, new.channels, 0, to: &columns.channels)
        write(old.subjects, new.subjects, 0, to: &columns.subjects)
        write(old.sequences, new.sequences, 0, to: &columns.sequences)
    }

    private func write<Element>(
        _ old: Column<Element>, _ new: Column<Element>, _ empty: Element, to column: inout Column<Element>
    ) {
        column.refill(count, empty) { span in joinParts(parts.span, sealed: old.span, newer: new.span, into: &span) }
    }

    /// What the events have in a column of a property.
    func property(_ number: Int) -> PropertyColumn {
        let (old, new) = (generation.columns.properties[number], newer.columns.properties[number])
        var written = old.emptied
        guard old.valueCount + new.valueCount > 0 else { return written }
        var place = 0
        for part in parts {
            written.append(part.isNewer ? new : old, part.positions, at: place)
            place += part.positions.count
        }
        return written
    }

    var extras: EventExtras {
        var (rows, table) = ([UInt32](), ExtraTable())
        rows.reserveCapacity(count)
        for part in parts {
            let (numbers, from) =
                part.isNewer ? (newer.columns.extras, newer.extras) : (generation.columns.extras, generation.extras)
            for position in part.positions {
                let row = Int(numbers[position])
                rows.append(row == 0 ? 0 : table.append(from, row))
            }
        }
        return EventExtras(rows: Column(rows), table: table)
    }
}

/// What only some events have, for those of one set of columns.
struct EventExtras: Sendable {
    let rows: Column<UInt32>  // Shape [events]: row of the table.
    let table: ExtraTable
}

/// What few queries read of joined events, made when it is first asked for.
final class JoinedValues {
    private let events: JoinedEvents
    private var properties: [Int: PropertyColumn] = [:]
    private(set) lazy var extras = events.extras

    init(_ events: JoinedEvents) { self.events = events }

    func property(_ number: Int) -> PropertyColumn {
        if let made = properties[number] { return made }
        let column = events.property(number)
        properties[number] = column
        return column
    }
}

/// The events of people who have them in several places, put together for a query to visit; in memory that is used
/// again from one batch of people to the next.
struct JoinedPeople: Sendable {
    private(set) var events: JoinedEvents
    private(set) var columns = EventColumns(properties: [])
    private(set) var offsets: Column<UInt32> = []
    private let generation: Generation
    private let newer: NewerEvents
    private var sources: [Source] = []  // Of one person, the one with the earliest event last.

    private struct Source {
        let isNewer: Bool
        var next: Int
        let end: Int
        var timeMs: Int64  // Of the next event, and its sequence: their order is that of a timeline.
        var sequence: UInt32

        func isAfter(_ other: Source) -> Bool { (timeMs, sequence) > (other.timeMs, other.sequence) }
    }

    init(_ generation: Generation, _ newer: NewerEvents) {
        self.generation = generation
        self.newer = newer
        events = JoinedEvents(generation, newer)
    }

    /// Puts together the people of some rows of the newer events, from the first on, until there are so many events.
    ///
    /// - Returns: The rows of these people, at least one.
    mutating func fill(_ rows: Range<Int>, eventCount: Int) -> Range<Int> {
        begin()
        var row = rows.lowerBound
        repeat {
            let sealed = generation.range(of: Int(newer.people[row]))
            events.append(sealed: sealed, newer: newer.range(of: row))
            offsets.append(UInt32(events.count))
            row += 1
        } while row < rows.upperBound && events.count < eventCount
        events.write(to: &columns)
        return rows.lowerBound..<row
    }

    /// Puts together the people of some groups of ids.
    ///
    /// - Complexity: O(events + changes from one id to another · ids of the person).
    mutating func fill(_ groups: Range<Int>, of merged: MergedRows) {
        begin()
        for group in groups {
            for place in merged.places(of: group) {
                insert(
                    Source(
                        isNewer: place.isNewer, next: place.range.lowerBound, end: place.range.upperBound,
                        timeMs: 0, sequence: 0))
            }
            while let source = sources.popLast() { take(source) }
            offsets.append(UInt32(events.count))
        }
        events.write(to: &columns)
    }

    /// All of what is known of these events.
    var whole: (columns: EventColumns, extras: ExtraTable) {
        let extras = events.extras
        var whole = columns
        whole.extras = extras.rows
        whole.properties = generation.columns.properties.indices.map { events.property($0) }
        return (whole, extras.table)
    }

    private mutating func begin() {
        events.removeAll()
        offsets.removeAll()
        offsets.append(0)
    }

    /// Takes the events that come before every other source's next one.
    private mutating func take(_ source: Source) {
        let from = source.isNewer ? newer.columns : generation.columns
        var end = source.end
        if let other = sources.last {
            end = source.next + 1
            while end < source.end,
                (from.times[end], from.sequences[end]) < (other.timeMs, other.sequence)
            { end += 1 }
        }
        events.append(JoinedPart(isNewer: source.isNewer, source.next..<end))
        guard end < source.end else { return }
        var rest = source
        rest.next = end
        insert(rest)
    }

    private mutating func insert(_ source: Source) {
        let from = source.isNewer ? newer.columns : generation.columns
        var source = source
        source.timeMs = from.times[source.next]
        source.sequence = from.sequences[source.next]
        var (low, high) = (0, sources.count)
        while low < high {
            let middle = (low + high) / 2
            if sources[middle].isAfter(source) { low = middle + 1 } else { high = middle }
        }
        sources.insert(source, at: low)
    }
}
