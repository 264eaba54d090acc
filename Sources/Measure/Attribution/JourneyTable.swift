import Timeline

/// How often one path, or one set of keys, converted or not.
struct JourneyTally: Equatable {
    var converted = 0
    var unconverted = 0

    var total: Int { converted + unconverted }

    mutating func add(_ other: JourneyTally) {
        converted += other.converted
        unconverted += other.unconverted
    }
}

/// Journeys with touches, by path and by set of keys.
struct JourneyTable {
    /// One journey with touches: whose it was, along which of `paths`, and how it ended.
    struct Entry {
        let person: Int
        let path: Int
        let isConverted: Bool

        var tally: JourneyTally { JourneyTally(converted: isConverted ? 1 : 0, unconverted: isConverted ? 0 : 1) }
    }

    let paths: [(path: [UInt8], tally: JourneyTally)]  // In order of first appearance.
    let sets: [(keys: UInt64, tally: JourneyTally)]  // A bit for each key that occurs; in order of bits.
    let entries: [Entry]  // Those of one person side by side.

    init(_ set: JourneySet, within budget: QueryBudget? = nil) {
        var numbers: [[UInt8]: Int] = [:]
        var paths: [(path: [UInt8], tally: JourneyTally)] = []
        var entries: [Entry] = []
        var next = 0
        for journey in set.journeys where journey.touchCount > 0 && (budget?.allowsMore() ?? true) {
            let path = set.touches[next..<next + journey.touchCount].map(\.key)
            next += journey.touchCount
            let number = numbers[path] ?? paths.count
            if number == paths.count {
                numbers[path] = number
                paths.append((path, JourneyTally()))
            }
            let entry = Entry(person: journey.person, path: number, isConverted: journey.conversion != nil)
            paths[number].tally.add(entry.tally)
            entries.append(entry)
        }
        var bySet: [UInt64: JourneyTally] = [:]
        for (path, tally) in paths {
            let keys = path.reduce(into: UInt64(0)) { $0 |= 1 << UInt64($1) }
            bySet[keys, default: JourneyTally()].add(tally)
        }
        self.paths = paths
        self.entries = entries
        sets = bySet.map { (keys: $0.key, tally: $0.value) }.sorted { $0.keys < $1.keys }
    }
}
