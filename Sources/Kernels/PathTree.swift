/// Paths as a tree of their beginnings: a place is a path, its parent the path without the last step. Each path is
/// kept once, with how often it ended there, and trees of different people merge by adding.
///
/// Places are numbered so that a parent comes before its children.
public struct PathTree: Sendable {
    public static let root = 0

    /// How often paths ended at a place, and what the delta method needs: one person may have several paths.
    public struct Ends: Sendable, Equatable, BitwiseCopyable {
        public internal(set) var count = 0  // Σ yᵢ over people i, each with yᵢ paths that end here.
        public internal(set) var people = 0  // With yᵢ > 0.
        public internal(set) var squares = 0  // Σ yᵢ².
        public internal(set) var products = 0  // Σ yᵢ nᵢ, where person i has nᵢ paths in all.
        fileprivate var own = 0  // yᵢ of the person who is being counted.
    }

    private struct Slot: BitwiseCopyable {
        var key: UInt64  // Parent above, node below.
        var place: Int  // 0: empty, since the root is nobody's child.
    }

    public private(set) var parents: [UInt32] = [0]
    public private(set) var nodes: [UInt32] = [0]
    public private(set) var ends: [Ends] = [Ends()]
    public private(set) var total = Ends()  // Of all paths: Σ nᵢ, people with any, Σ nᵢ² in both of the others.
    private var touched: [UInt32] = []  // Places where a path of the current person ended.
    private var slots: [Slot]

    public init() { slots = Self.emptySlots(1 << 10) }

    public var placeCount: Int { parents.count }

    /// The place one step on from `place`; made where no path came by before.
    ///
    /// - Complexity: O(1) expected.
    @inline(__always)
    public mutating func child(of place: Int, _ node: UInt32) -> Int {
        let key = UInt64(truncatingIfNeeded: place) << 32 | UInt64(node)
        var position = Self.slot(of: key, slots.count)
        while slots[position].place != 0 {
            if slots[position].key == key { return slots[position].place }
            position = (position &+ 1) & (slots.count &- 1)
        }
        return add(key, at: position)
    }

    /// Notes that a path of the current person ends here.
    @inline(__always)
    public mutating func end(at place: Int) {
        if ends[place].own == 0 { touched.append(UInt32(truncatingIfNeeded: place)) }
        ends[place].own &+= 1
        total.own &+= 1
    }

    /// Adds what the current person did; the next path is another person's.
    @inline(__always)
    public mutating func endPerson() {
        guard total.own > 0 else { return }
        for place in touched { ends[Int(place)].endPerson(of: total.own) }
        touched.removeAll(keepingCapacity: true)
        total.endPerson(of: total.own)
    }

    /// Adds the paths of *other* people.
    public mutating func add(_ other: Self) {
        var places = [Self.root]
        places.reserveCapacity(other.placeCount)
        for place in other.parents.indices.dropFirst() {
            let mine = child(of: places[Int(other.parents[place])], other.nodes[place])
            ends[mine].add(other.ends[place])
            places.append(mine)
        }
        total.add(other.total)
    }

    /// For each place, how many paths went through it or ended there.
    public var throughCounts: [Int] {
        var counts = ends.map(\.count)
        for place in counts.indices.dropFirst().reversed() { counts[Int(parents[place])] += counts[place] }
        return counts
    }

    /// For each place, how many steps lie behind the first; −1 for the root.
    public var levels: [Int] {
        parents.indices.dropFirst().reduce(into: [-1]) { $0.append($0[Int(parents[$1])] + 1) }
    }

    /// The nodes from the first to that of `place`.
    public func path(to place: Int) -> [UInt32] {
        var path: [UInt32] = []
        var place = place
        while place != Self.root {
            path.append(nodes[place])
            place = Int(parents[place])
        }
        return path.reversed()
    }

    // MARK: The table of children

    private mutating func add(_ key: UInt64, at position: Int) -> Int {
        let place = parents.count
        precondition(place <= UInt32.max, "places are numbered by 32 bits")
        parents.append(UInt32(truncatingIfNeeded: key >> 32))
        nodes.append(UInt32(truncatingIfNeeded: key))
        ends.append(Ends())
        slots[position] = Slot(key: key, place: place)
        if place &* 2 > slots.count { grow() }
        return place
    }

    private mutating func grow() {
        var grown = Self.emptySlots(slots.count * 2)
        for slot in slots where slot.place != 0 {
            var position = Self.slot(of: slot.key, grown.count)
            while grown[position].place != 0 { position = (position &+ 1) & (grown.count &- 1) }
            grown[position] = slot
        }
        slots = grown
    }

    private static func emptySlots(_ count: Int) -> [Slot] {
        [Slot](repeating: Slot(key: 0, place: 0), count: count)
    }

    /// Fibonacci hashing: the upper bits of a product with 2⁶⁴ / φ, folded once so that both halves of the key matter.
    @inline(__always)
    private static func slot(of key: UInt64, _ count: Int) -> Int {
        let mixed = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32) & (count &- 1)
    }
}

extension PathTree.Ends {
    @inline(__always)
    fileprivate mutating func endPerson(of all: Int) {
        let mine = own
        own = 0
        count &+= mine
        people &+= 1
        squares &+= mine &* mine
        products &+= mine &* all
    }

    fileprivate mutating func add(_ other: Self) {
        count += other.count
        people += other.people
        squares += other.squares
        products += other.products
    }
}
