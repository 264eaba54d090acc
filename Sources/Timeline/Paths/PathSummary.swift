import Kernels

/// What a tree of paths says: the paths that are taken most, and how they flow from level to level.
struct PathSummary {
    let tree: PathTree
    let query: PathQuery

    func result(naming node: (UInt32) -> PathResult.Node) -> PathResult {
        let (levels, links) = flow(node)
        return PathResult(
            total: PathResult.Counts(tree.total), distinctCount: tree.ends.count { $0.count > 0 },
            paths: mostTaken().map { place in
                let path = tree.path(to: place)
                return PathResult.Path(
                    nodes: path.map(node), counts: PathResult.Counts(tree.ends[place]),
                    isCut: path.count > query.depth)
            }, levels: levels, links: links)
    }

    // MARK: Whole paths

    /// The places where most paths end; of equal ones, those whose nodes have the lower codes.
    ///
    /// - Complexity: O(places) where few are as frequent as the last of those found.
    private func mostTaken() -> [Int] {
        var found: [Int] = []
        for place in tree.ends.indices where tree.ends[place].count > 0 {
            if found.count == query.pathCount {
                guard let last = found.last, precedes(place, last) else { continue }
                found.removeLast()
            }
            var (low, high) = (0, found.count)
            while low < high {
                let middle = (low + high) / 2
                if precedes(found[middle], place) { low = middle + 1 } else { high = middle }
            }
            found.insert(place, at: low)
        }
        return found
    }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        let counts = (tree.ends[one].count, tree.ends[other].count)
        guard counts.0 == counts.1 else { return counts.0 > counts.1 }
        return tree.path(to: one).lexicographicallyPrecedes(tree.path(to: other))
    }

    // MARK: The flow

    private struct Span: Hashable {
        let level: Int
        let from: Int
        let to: Int
    }

    private func flow(_ node: (UInt32) -> PathResult.Node) -> ([[PathResult.Place]], [PathResult.Link]) {
        let (through, levelOf) = (tree.throughCounts, tree.levels)
        let shown = shownNodes(through, levelOf)
        var levels = shown.map { codes in
            codes.map { PathResult.Place(node: $0.map(node) ?? .other, count: 0, endedCount: 0) }
        }
        let positions = shown.map { codes in
            Dictionary(uniqueKeysWithValues: codes.enumerated().compactMap { at, code in code.map { ($0, at) } })
        }
        var position = [Int](repeating: 0, count: tree.placeCount)
        var counts: [Span: Int] = [:]
        for place in tree.parents.indices.dropFirst() {
            let level = levelOf[place]
            let at = positions[level][tree.nodes[place]] ?? levels[level].count - 1
            position[place] = at
            levels[level][at].count += through[place]
            if level < query.depth { levels[level][at].endedCount += tree.ends[place].count }
            guard level > 0 else { continue }
            let span = Span(level: level - 1, from: position[Int(tree.parents[place])], to: at)
            counts[span, default: 0] += through[place]
        }
        let links = counts.map { PathResult.Link(level: $0.level, from: $0.from, to: $0.to, count: $1) }
        return (levels, links.sorted { ($0.level, $0.from, $0.to) < ($1.level, $1.from, $1.to) })
    }

    /// For each level, the codes of its most frequent nodes, and nil last where there are others.
    private func shownNodes(_ through: [Int], _ levelOf: [Int]) -> [[UInt32?]] {
        var counts: [[UInt32: Int]] = []
        for place in tree.parents.indices.dropFirst() {
            if levelOf[place] == counts.count { counts.append([:]) }
            counts[levelOf[place]][tree.nodes[place], default: 0] += through[place]
        }
        return counts.map { level in
            let codes = level.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
            let isWhole = codes.count <= query.nodeCount
            return codes.prefix(query.nodeCount).map { $0 } + (isWhole ? [] : [nil])
        }
    }
}

extension PathResult.Counts {
    init(_ ends: PathTree.Ends) {
        self.init(paths: ends.count, people: ends.people, squares: ends.squares, products: ends.products)
    }
}
