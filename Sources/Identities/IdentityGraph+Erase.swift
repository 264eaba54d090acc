import Domain

extension IdentityGraph {
    /// The graph without some ids, as if no event had named them.
    ///
    /// - Complexity: O(ids + links).
    func without(_ isErased: (PersonID) -> Bool) -> IdentityGraph {
        var graph = IdentityGraph(rules: rules, generation: generation + 1)
        graph.sequenceEnd = sequenceEnd
        var renamed = [Int32](repeating: -1, count: ids.count)
        for (code, id) in ids.enumerated() where !isErased(id) {
            renamed[code] = Int32(graph.ids.count)
            graph.restore(id, rank: ranks[code])
        }
        for link in links {
            let (anchor, other) = (renamed[Int(link.anchor)], renamed[Int(link.other)])
            guard anchor >= 0, other >= 0 else { continue }
            graph.insert(
                Link(
                    anchor: anchor, other: other, anchorKind: link.anchorKind, otherKind: link.otherKind,
                    isExplicit: link.isExplicit, evidence: link.evidence))
        }
        for (pair, list) in verdicts {
            let (low, high) = (renamed[Int(pair.low)], renamed[Int(pair.high)])
            if low >= 0, high >= 0 { graph.insert(list, of: Pair(low, high)) }
        }
        graph.remakeAll()
        return graph
    }
}
