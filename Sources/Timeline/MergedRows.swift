/// Where the events of those people are who have several ids, at the moment of one snapshot.
struct MergedRows: Sendable {
    /// One id's events, sealed or newer.
    struct Place: Sendable {
        let isNewer: Bool
        let range: Range<Int>
    }

    let groups: [PersonMerges.Group]  // Those with an id that the snapshot knows.
    private let places: [Place]
    private let offsets: [Int]  // Shape [groups + 1]: the places of group g are offsets[g]..<offsets[g + 1].
    private let eventEnds: [Int]  // Shape [groups]: events of the groups up to this one.
    let newerSkipped: [UInt64]  // A bit for each row of the newer events whose person is in a group.
    let generationSkipped: [UInt64]  // A bit for each row of the generation that is not all of a person.
    let idSurplus: Int  // Ids known less people with events.

    /// - Complexity: O(merged ids · log of the people with newer events + people / 64).
    init(_ merges: PersonMerges, _ generation: Generation, _ newer: NewerEvents, personCount: Int) {
        var groups: [PersonMerges.Group] = []
        var places: [Place] = []
        var offsets = [0]
        var eventEnds: [Int] = []
        var skipped = [UInt64](repeating: 0, count: merges.groups.isEmpty ? 0 : newer.people.count / 64 + 1)
        var (eventCount, idCount) = (0, 0)
        for group in merges.groups {
            for code in group.codes where code < personCount {
                let row = newer.row(of: code)
                if let row { skipped[row / 64] |= 1 << UInt64(row % 64) }
                let found = [
                    Place(isNewer: false, range: generation.range(of: Int(code))),
                    Place(isNewer: true, range: row.map { newer.range(of: $0) } ?? 0..<0),
                ].filter { !$0.range.isEmpty }
                places += found
                eventCount += found.reduce(0) { $0 + $1.range.count }
                idCount += found.isEmpty ? 0 : 1
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
        newerSkipped = skipped
        generationSkipped = Self.union(
            Self.union(merges.isMerged, generation.withoutEvents), newer.hasNewer)
        let emptyCount = generation.withoutEvents.reduce(0) { $0 + $1.nonzeroBitCount }
        let returned = newer.people.count { generation.isWithoutEvents(Int($0)) }
        idSurplus = idCount - groups.count + emptyCount - returned
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
