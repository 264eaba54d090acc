/// Disjoint sets of small numbers with their members, joined by size.
struct Components: Sendable {
    private var roots: [Int32] = []
    private var membersByRoot: [Int32: [Int32]] = [:]  // Of sets of two or more.
    private var changes: [Int32] = []  // Roots of the sets that came, changed or went, in order of time.

    mutating func addOne() { roots.append(Int32(roots.count)) }

    func members(of element: Int32) -> [Int32] { membersByRoot[roots[Int(element)]] ?? [element] }

    /// Sets of two or more.
    var groups: some Sequence<(root: Int32, members: [Int32])> { membersByRoot.lazy.map { ($0.key, $0.value) } }

    /// Nil where the root has no set of two or more.
    func members(ofRoot root: Int32) -> [Int32]? { membersByRoot[root] }

    var changeCount: Int { changes.count }

    func changedRoots(since count: Int) -> Set<Int32> { Set(changes.dropFirst(count)) }

    /// Notes that what is known of the members of an element's set has changed.
    mutating func touch(_ element: Int32) {
        let root = roots[Int(element)]
        if membersByRoot[root] != nil { changes.append(root) }
    }

    /// - Complexity: O(log n) amortised for each element.
    mutating func join(_ one: Int32, _ other: Int32) {
        let (a, b) = (roots[Int(one)], roots[Int(other)])
        guard a != b else { return }
        var (large, small) = (members(of: one), members(of: other))
        let root = large.count >= small.count ? a : b
        if large.count < small.count { swap(&large, &small) }
        membersByRoot[a] = nil
        membersByRoot[b] = nil
        changes += [a, b]
        for element in small { roots[Int(element)] = root }
        membersByRoot[root] = large + small
    }

    /// Each of a whole set by itself again.
    mutating func scatter(_ members: [Int32]) {
        for member in members {
            touch(member)
            membersByRoot[roots[Int(member)]] = nil
            roots[Int(member)] = member
        }
    }
}
