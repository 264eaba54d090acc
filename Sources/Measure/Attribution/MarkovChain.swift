import Timeline

/// A Markov chain over journeys: what was touched last, and up to two before it, tells what is touched next, or how the
/// journey ends.
///
/// Source: Anderl, Becker, von Wangenheim and Schumann, "Mapping the Customer Journey: Lessons Learned from Graph-Based
/// Online Attribution Modeling", International Journal of Research in Marketing 33(3), 2016. Differs: the probability
/// of converting is solved for, not simulated.
struct MarkovChain {
    private static let tolerance = 1e-14  // Of a probability, from one sweep to the next.
    private static let sweepCountMax = 100_000

    let graph: MarkovGraph
    let odds: [Double]  // Shape [edges]: probability of the edge.
    let conversionOdds: [Double]  // Shape [states]: probability that the journey converts next.

    /// P(converts | begins), where whoever would be touched by `key` is lost instead.
    ///
    /// Gauss–Seidel over the states, from the last ones found to the first; a state's edge to itself is solved at once.
    /// Each state leads to an end, so the sweeps converge.
    func conversionProbability(without key: Int? = nil, within budget: QueryBudget? = nil) -> Double {
        let lastKeys = graph.lastKeys
        var values = [Double](repeating: 0, count: lastKeys.count)
        for _ in 0..<Self.sweepCountMax where budget?.allowsMore() ?? true {
            var change = 0.0
            for state in lastKeys.indices.reversed() where key == nil || lastKeys[state] != key {
                var (value, staying) = (conversionOdds[state], 0.0)
                for edge in graph.firstEdges[state]..<graph.firstEdges[state + 1] {
                    let target = graph.targets[edge]
                    if target == state { staying = odds[edge] } else { value += odds[edge] * values[target] }
                }
                value /= 1 - staying
                change = max(change, abs(value - values[state]))
                values[state] = value
            }
            if change <= Self.tolerance { break }
        }
        return values[0]
    }

    /// For each key, the share of conversions that its removal would cost; 0 for all where nothing converts.
    func removalEffects(keyCount: Int, within budget: QueryBudget? = nil) -> [Double] {
        let whole = conversionProbability(within: budget)
        guard whole > 0 else { return [Double](repeating: 0, count: keyCount) }
        let present = Set(graph.lastKeys)
        return (0..<keyCount).map { key in
            present.contains(key) ? max(0, 1 - conversionProbability(without: key, within: budget) / whole) : 0
        }
    }
}
