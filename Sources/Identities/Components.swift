/// Disjoint sets of small numbers with their members, joined by size.
struct Components: Sendable {
    private var roots: [Int32] = []
    private var membersByRoot: [Int32: [Int32]] = [:]  // Of sets of two or more.

    mutating func addOne() { roots.append(Int32(roots.count)) }

    func members(of element: Int32) -> [Int32] { membersByRoot[roots[Int(element)]] ?? [element] }

    /// - Complexity: O(log n) amortised for each element.
    mutating func join(_ one: Int32, _ other: Int32) {
        let (a, b) = (roots[Int(one)], roots[Int(other)])
        guard a != b else { return }
        var (large, small) = (members(of: one), members(of: other))
        let root = large.count >= small.count ? a : b
        if large.count < small.count { swap(&large, &small) }
        membersByRoot[a] = nil
        membersByRoot[b] = nil
        for element in small { roots[Int(element)] = root }
        membersByRoot[root] = large + small
    }

    /// Each of a whole set by itself again.
    mutating func scatter(_ members: [Int32]) {
        for member in members {
            membersByRoot[roots[Int(member)]] = nil
            roots[Int(member)] = member
        }
    }
}
