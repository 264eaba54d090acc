/// The `countMax` items of the largest weight, largest first. Exact as long as weights only grow.
struct TopList: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        let item: Int32
        let weight: Double
    }

    private let countMax: Int
    private(set) var entries: [Entry] = []

    init(countMax: Int) { self.countMax = countMax }

    /// - Complexity: O(countMax) where the item enters or climbs, O(1) where it is too light.
    mutating func raise(_ item: Int32, to weight: Double) {
        if entries.count == countMax, let last = entries.last, weight <= last.weight { return }
        if let old = entries.firstIndex(where: { $0.item == item }) {
            entries.remove(at: old)
        } else if entries.count == countMax {
            entries.removeLast()
        }
        let entry = Entry(item: item, weight: weight)
        var index = entries.count
        while index > 0, entries[index - 1].weight < weight { index -= 1 }
        entries.insert(entry, at: index)
    }
}
