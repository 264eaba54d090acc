import Base
import Timeline

/// What each player adds to a coalition's worth, on average over all orders in which players can join.
///
/// Source: Shapley, "A Value for n-Person Games", 1953; by sampled orders: Castro, Gómez and Tejada, "Polynomial
/// Calculation of the Shapley Value Based on Sampling", Computers & Operations Research 36(5), 2009.
struct ShapleyValue {
    static let exactCountMax = 10
    static let orderCount = 2000

    let values: [Double]  // Add up to the worth of all together.
    let errors: [Double]?  // Standard errors; nil where the values are exact.

    /// Where a coalition's worth is the share of the journeys that it covers that converted, 0 where it covers none.
    ///
    /// - Parameters:
    ///   - sets: For each set of players that journeys had, how many and how they ended.
    ///   - playerCount: At most 64. Exact up to `exactCountMax` of them that occur.
    init(
        rates sets: [(keys: UInt64, tally: JourneyTally)], playerCount: Int, seed: UInt64 = 1,
        within budget: QueryBudget? = nil
    ) {
        let present = (0..<playerCount).filter { player in sets.contains { $0.keys >> UInt64(player) & 1 != 0 } }
        let places = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
        let members = sets.map { set in present.indices.filter { set.keys >> UInt64(present[$0]) & 1 != 0 } }
        let tallies = sets.map(\.tally)
        let (found, spread) =
            present.count <= Self.exactCountMax
            ? (Self.exact(members, tallies, playerCount: present.count), nil)
            : Self.sampled(members, tallies, playerCount: present.count, seed: seed, within: budget)
        func spreadOut(_ numbers: [Double]) -> [Double] {
            (0..<playerCount).map { player in places[player].map { numbers[$0] } ?? 0 }
        }
        values = spreadOut(found)
        errors = spread.map(spreadOut)
    }

    private static func rate(_ tally: JourneyTally) -> Double {
        tally.total == 0 ? 0 : Double(tally.converted) / Double(tally.total)
    }

    /// Over all coalitions. What one covers is summed over its subsets, one player at a time.
    private static func exact(_ members: [[Int]], _ tallies: [JourneyTally], playerCount: Int) -> [Double] {
        guard playerCount > 0 else { return [] }
        var covered = [JourneyTally](repeating: JourneyTally(), count: 1 << playerCount)
        for (players, tally) in zip(members, tallies) {
            covered[players.reduce(0) { $0 | 1 << $1 }].add(tally)
        }
        for player in 0..<playerCount {
            for coalition in covered.indices where coalition >> player & 1 != 0 {
                covered[coalition].add(covered[coalition ^ 1 << player])
            }
        }
        let worth = covered.map(rate)
        // Of the orders, the share in which just these s of n players come before a given one: s! (n − s − 1)! / n!.
        var weights = [1 / Double(playerCount)]
        for s in 1..<max(playerCount, 1) { weights.append(weights[s - 1] * Double(s) / Double(playerCount - s)) }
        return (0..<playerCount).map { player in
            covered.indices.reduce(0) { sum, coalition in
                guard coalition >> player & 1 == 0 else { return sum }
                return sum + weights[coalition.nonzeroBitCount] * (worth[coalition | 1 << player] - worth[coalition])
            }
        }
    }

    /// Over so many random orders: a journey's set is covered from its last player on.
    private static func sampled(
        _ members: [[Int]], _ tallies: [JourneyTally], playerCount: Int, seed: UInt64,
        within budget: QueryBudget?
    ) -> ([Double], [Double]?) {
        var random = SeededGenerator(seed: seed)
        var order = Array(0..<playerCount)
        var ranks = order
        var sums = [Double](repeating: 0, count: playerCount)
        var squares = sums
        for _ in 0..<orderCount where budget?.allowsMore() ?? true {
            order.shuffle(using: &random)
            for (rank, player) in order.enumerated() { ranks[player] = rank }
            var joining = [JourneyTally](repeating: JourneyTally(), count: playerCount)
            for (players, tally) in zip(members, tallies) {
                joining[players.reduce(0) { max($0, ranks[$1]) }].add(tally)
            }
            var (covered, before) = (JourneyTally(), 0.0)
            for (rank, player) in order.enumerated() {
                covered.add(joining[rank])
                let worth = rate(covered)
                sums[player] += worth - before
                squares[player] += (worth - before) * (worth - before)
                before = worth
            }
        }
        let n = Double(orderCount)
        let errors = zip(sums, squares).map { (max(0, $1 - $0 * $0 / n) / (n - 1) / n).squareRoot() }
        return (sums.map { $0 / n }, errors)
    }
}
