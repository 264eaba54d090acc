import Kernels

/// The people whom the queries of a snapshot are about: bits by which scans pass over all others.
struct ChosenPeople: Sendable {
    let count: Int
    let generationSkipped: [UInt64]  // Shape [people of the generation / 64].
    let newerSkipped: [UInt64]  // Shape [rows of the newer events / 64].
    let groupSkipped: [UInt64]  // Shape [groups of ids / 64].

    /// - Parameter codes: Of everybody who is meant: of a person's ids, the first that came.
    /// - Complexity: O(people).
    init(_ codes: [UInt32], generationCount: Int, newer: NewerEvents, merged: MergedRows) {
        count = codes.count
        var isChosen = [UInt64](repeating: 0, count: (codes.max().map { Int($0) } ?? 0) / 64 + 1)
        for code in codes { isChosen[Int(code) / 64] |= 1 << UInt64(code % 64) }
        let words = (generationCount + 63) / 64
        generationSkipped = (0..<words).map { word in
            let chosen = word < isChosen.count ? isChosen[word] : 0
            return ~chosen | (word < merged.generationSkipped.count ? merged.generationSkipped[word] : 0)
        }
        newerSkipped = Self.bits(newer.people.count) { row in
            !isSet(Int(newer.people[row]), in: isChosen.span) || isSet(row, in: merged.newerSkipped.span)
        }
        groupSkipped = Self.bits(merged.groups.count) { !isSet(Int(merged.groups[$0].codes[0]), in: isChosen.span) }
    }

    private static func bits(_ count: Int, _ isOne: (Int) -> Bool) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: (count + 63) / 64)
        for place in 0..<count where isOne(place) { words[place / 64] |= 1 << UInt64(place % 64) }
        return words
    }
}

extension [UInt64] {
    /// The bits of these places, from 0 on; as short as its last word that is there.
    func bits(_ places: Range<Int>) -> [UInt64] {
        guard !isEmpty else { return [] }
        let shift = UInt64(places.lowerBound & 63)
        return (0..<(places.count + 63) / 64).map { number in
            let word = places.lowerBound >> 6 + number
            let low = word < count ? self[word] >> shift : 0
            guard shift > 0, word + 1 < count else { return low }
            return low | self[word + 1] << (64 - shift)
        }
    }
}

extension TimelineSnapshot {
    /// The same moment, whose queries are about the people of an audience alone; who is in it is found once, here.
    ///
    /// - Complexity: That of the audience.
    public func among(_ audience: AudienceQuery) -> TimelineSnapshot {
        let codes = members(audience).codes
        return choosing(
            ChosenPeople(codes, generationCount: generation.personCount, newer: newer, merged: merged))
    }
}
