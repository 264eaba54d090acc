/// Where the events of those people are who have several ids, at the moment of one snapshot.
struct MergedRows: Sendable {
    /// One id's events, in the generation or in the overlay.
    struct Place: Sendable {
        let isOverlay: Bool
        let range: Range<Int>
    }

    let groups: [PersonMerges.Group]  // Those with an id that the snapshot knows.
    private let places: [Place]
    private let offsets: [Int]  // Shape [groups + 1]: the places of group g are offsets[g]..<offsets[g + 1].
    private let eventEnds: [Int]  // Shape [groups]: events of the groups up to this one.
    let overlaySkipped: [UInt64]  // A bit for each row of the overlay whose person is in a group.
    let generationSkipped: [UInt64]  // A bit for each row of the generation that is not a person by itself.
    let idSurplus: Int  // Ids known less people with events.

    /// - Complexity: O(merged ids · log of the people in the overlay).
    init(_ merges: PersonMerges, _ generation: Generation, _ overlay: Overlay, personCount: Int) {
        var groups: [PersonMerges.Group] = []
        var places: [Place] = []
        var offsets = [0]
        var eventEnds: [Int] = []
        var skipped = [UInt64](repeating: 0, count: merges.groups.isEmpty ? 0 : overlay.people.count / 64 + 1)
        var eventCount = 0
        for group in merges.groups {
            for code in group.codes where code < personCount {
                let row = overlay.row(of: code)
                if let row { skipped[row / 64] |= 1 << UInt64(row % 64) }
                let range = row.map { overlay.range(of: $0) } ?? generation.range(of: Int(code))
                guard !range.isEmpty else { continue }
                places.append(Place(isOverlay: row != nil, range: range))
                eventCount += range.count
            }
            guard places.count > offsets[offsets.count - 1] else { continue }
            groups.append(group)
            offsets.append(places.count)
            eventEnds.append(eventCount)
        }
        self.groups = groups
        self.places = places
        self.offsets = offsets
        self.eventEnds = eventEnds
        overlaySkipped = skipped
        generationSkipped = Self.union(merges.isMerged, generation.withoutEvents)
        let emptyCount = generation.withoutEvents.reduce(0) { $0 + $1.nonzeroBitCount }
        let returned = overlay.people.count { generation.isWithoutEvents(Int($0)) }
        idSurplus = places.count - groups.count + emptyCount - returned
    }

    private static func union(_ one: [UInt64], _ other: [UInt64]) -> [UInt64] {
        var (long, short) = (one, other)
        if long.count < short.count { swap(&long, &short) }
        for word in short.indices { long[word] |= short[word] }
        return long
    }

    func places(of group: Int) -> ArraySlice<Place> { places[offsets[group]..<offsets[group + 1]] }

    /// The groups from `first` on that have about `eventCount` events together, at least one of them.
    func groups(from first: Int, eventCount: Int) -> Range<Int> {
        let wanted = (first == 0 ? 0 : eventEnds[first - 1]) + eventCount
        var end = first + 1
        while end < groups.count, eventEnds[end] <= wanted { end += 1 }
        return first..<end
    }
}

/// The events of merged people, gathered into columns of their own for a query to visit; reused from one batch of
/// people to the next.
struct GatheredPeople {
    private struct Source {
        var isOverlay: Bool
        var next: Int
        let end: Int
        var timeMs: Int64  // Of the next event, and its sequence: their order is that of a timeline.
        var sequence: UInt32

        func isAfter(_ other: Source) -> Bool { (timeMs, sequence) > (other.timeMs, other.sequence) }
    }

    private(set) var columns: EventColumns
    private(set) var offsets: [UInt32] = []
    private var sources: [Source] = []  // Of one person, the one with the earliest event last.

    init(_ generation: EventColumns) {
        columns = EventColumns(properties: generation.properties.map(\.emptied))
    }

    /// - Complexity: O(events + changes from one id to another · ids of the person).
    mutating func fill(_ groups: Range<Int>, of rows: MergedRows, _ generation: EventColumns, _ overlay: EventColumns) {
        columns.removeAll()
        offsets.removeAll(keepingCapacity: true)
        offsets.append(0)
        for group in groups {
            for place in rows.places(of: group) where !place.range.isEmpty {
                insert(
                    Source(
                        isOverlay: place.isOverlay, next: place.range.lowerBound, end: place.range.upperBound,
                        timeMs: 0, sequence: 0), place.isOverlay ? overlay : generation)
            }
            while let source = sources.popLast() { take(source, source.isOverlay ? overlay : generation) }
            offsets.append(UInt32(columns.count))
        }
    }

    /// Takes the events that come before every other source's next one.
    private mutating func take(_ source: Source, _ from: EventColumns) {
        var end = source.end
        if let other = sources.last {
            end = source.next + 1
            while end < source.end,
                (from.times[end], from.sequences[end]) < (other.timeMs, other.sequence)
            { end += 1 }
        }
        columns.append(from, source.next..<end)
        guard end < source.end else { return }
        var rest = source
        rest.next = end
        insert(rest, from)
    }

    private mutating func insert(_ source: Source, _ from: EventColumns) {
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
