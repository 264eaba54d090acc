import Base
import Statistics
import Timeline

/// What removal effects give each key, and how sure that is.
struct MarkovShares {
    static let replicateCount = 200
    /// People are dealt into so many groups, and groups are drawn instead: a replicate then costs the same however many
    /// people there are.
    static let groupCount = 500
    /// Of edges, times keys: larger chains take too long to solve so often, and have no intervals.
    static let workMax = 50_000

    let effects: [Double]
    let intervals: [Interval?]  // Of each effect's share in their sum.

    /// - Parameter seed: Of the replicates: groups of people, each with all their journeys, count a Poisson number of
    ///   times (Hanley and MacGibbon, "Creating Non-parametric Bootstrap Samples Using Poisson Frequencies", Computer
    ///   Methods and Programs in Biomedicine 83(1), 2006).
    init(_ table: JourneyTable, order: Int, keyCount: Int, seed: UInt64 = 1, within budget: QueryBudget? = nil) {
        let graph = MarkovGraph(table.paths.map(\.path), order: order)
        var whole = MarkovCounts(graph)
        for (path, one) in table.paths.enumerated() { whole.add(one.tally, along: path, of: graph) }
        effects = graph.chain(whole).removalEffects(keyCount: keyCount, within: budget)
        guard effects.contains(where: { $0 > 0 }), graph.targets.count * keyCount <= Self.workMax else {
            intervals = effects.map { _ in nil }
            return
        }
        let groups = Self.groups(table, graph)
        var random = SeededGenerator(seed: seed)
        var replicates = [[Double]](repeating: [], count: keyCount)
        for _ in 0..<Self.replicateCount where budget?.allowsMore() ?? true {
            var counts = MarkovCounts(graph)
            for group in groups { counts.add(group, times: Self.poissonCount(using: &random)) }
            let effects = graph.chain(counts).removalEffects(keyCount: keyCount, within: budget)
            let sum = effects.reduce(0, +)
            guard sum > 0 else { continue }
            for key in 0..<keyCount { replicates[key].append(effects[key] / sum) }
        }
        intervals = replicates.map(Self.interval)
    }

    private static func groups(_ table: JourneyTable, _ graph: MarkovGraph) -> [MarkovCounts] {
        let last = table.entries.last?.person ?? -1
        var groups = [MarkovCounts](repeating: MarkovCounts(graph), count: min(groupCount, last + 1))
        for entry in table.entries {
            groups[entry.person % groupCount].add(entry.tally, along: entry.path, of: graph)
        }
        return groups
    }

    /// Nil where too many replicates had no conversion.
    private static func interval(_ shares: [Double]) -> Interval? {
        guard shares.count > replicateCount / 2 else { return nil }
        let sorted = shares.sorted()
        return Interval(
            low: Bootstrap.percentile(0.025, ofSorted: sorted), high: Bootstrap.percentile(0.975, ofSorted: sorted),
            level: 0.95)
    }

    /// Of mean 1, by its distribution function.
    private static func poissonCount(using random: inout SeededGenerator) -> Int {
        let drawn = Double(random.next() >> 11) * 0x1p-53
        var (count, odds, sum) = (0, 0.36787944117144233, 0.36787944117144233)  // e⁻¹.
        while drawn >= sum, count < 20 {
            count += 1
            odds /= Double(count)
            sum += odds
        }
        return count
    }
}
