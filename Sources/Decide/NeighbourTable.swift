import Base

/// Which items occur together: for each, the neighbours of the largest decayed counts, at most `width` of them.
///
/// A full row takes a newcomer in place of its smallest count and hands that count on, so that a frequent neighbour is
/// never kept out (Metwally, Agrawal and El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data
/// Streams", ICDT 2005; here with forward-decayed weights). Memory: 8 bytes × `width` an item.
struct NeighbourTable: Sendable, Equatable {
    static let width = 32

    private(set) var items: [Int32] = []  // Rows of `width`; −1 where empty.
    private(set) var weights: [Float] = []  // log₂ relative to `landmark`, so that 32 bits are enough.
    private(set) var landmark: Double?  // log₂ of weight 1 at the first time seen.

    init() {}

    init(items: [Int32], weights: [Float], landmark: Double?) {
        (self.items, self.weights, self.landmark) = (items, weights, landmark)
    }

    mutating func reserve(itemCount: Int) {
        let missing = itemCount * Self.width - items.count
        guard missing > 0 else { return }
        items += [Int32](repeating: -1, count: missing)
        weights += [Float](repeating: -.infinity, count: missing)
    }

    /// Adds to the count of `neighbour` in the row of `item`.
    mutating func add(_ neighbour: Int32, to item: Int32, log2Weight: Double) {
        let origin = landmark ?? log2Weight
        landmark = origin
        let start = Int(item) * Self.width
        var smallest = start
        for slot in start..<start + Self.width {
            if items[slot] == neighbour || items[slot] < 0 {
                smallest = slot
                break
            }
            if weights[slot] < weights[smallest] { smallest = slot }
        }
        items[smallest] = neighbour
        weights[smallest] = Float(ForwardDecay.sum(Double(weights[smallest]), log2Weight - origin))
    }

    /// Calls `body` with each neighbour and the log₂ of its decayed count, on the scale of `ForwardDecay`.
    func forEachNeighbour(of item: Int32, _ body: (Int32, Double) -> Void) {
        let start = Int(item) * Self.width
        guard start < items.count, let landmark else { return }
        for slot in start..<start + Self.width where items[slot] >= 0 {
            body(items[slot], Double(weights[slot]) + landmark)
        }
    }

    /// Follows a compaction of the items.
    mutating func rename(_ renamed: [Int32], itemCount: Int) {
        var next = NeighbourTable(items: [], weights: [], landmark: landmark)
        next.reserve(itemCount: itemCount)
        for old in 0..<min(renamed.count, items.count / Self.width) where renamed[old] >= 0 {
            var target = Int(renamed[old]) * Self.width
            for slot in old * Self.width..<(old + 1) * Self.width where items[slot] >= 0 {
                let neighbour = renamed[Int(items[slot])]
                guard neighbour >= 0 else { continue }
                next.items[target] = neighbour
                next.weights[target] = weights[slot]
                target += 1
            }
        }
        self = next
    }
}
