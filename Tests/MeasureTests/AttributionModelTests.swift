import Base
import Statistics
import Testing
import Timeline

@testable import Measure

@Suite struct MarkovChainTests {
    private func chain(_ table: JourneyTable, order: Int) -> MarkovChain {
        let graph = MarkovGraph(table.paths.map(\.path), order: order)
        var counts = MarkovCounts(graph)
        for (path, one) in table.paths.enumerated() { counts.add(one.tally, along: path, of: graph) }
        return graph.chain(counts)
    }

    /// Where each journey has one touch, a key's effect is its share of the conversions: there the interval is known
    /// from the ratio of sums over people.
    @Test func theIntervalIsNearThatOfARatioWhereTheChainIsOne() throws {
        var random = SeededGenerator(seed: 5)
        // More people than are drawn by themselves.
        let journeys = (0..<3000).map { number in
            let key = UInt8.random(in: 0..<3, using: &random)
            let converts = Int.random(in: 0..<4, using: &random) <= Int(key)
            return RandomJourneys.Plain(
                person: number / 3, keys: [key], conversion: converts ? JourneySet.Conversion() : nil)
        }
        let attribution = Attribution(RandomJourneys.set(journeys), settings: .init())
        for row in attribution.rows {
            let (linear, markov) = (row.shares[3], row.shares[6])
            #expect(abs(linear.share - markov.share) < 1e-9)
            let (want, got) = (try #require(linear.interval), try #require(markov.interval))
            #expect(abs(want.low - got.low) < 0.15 * want.width && abs(want.high - got.high) < 0.15 * want.width)
        }
    }

    /// The example that introductions work by hand: C1 > C2 > C3 converts, C1 and C2 > C3 do not. A third converts;
    /// without C1 a sixth would, without C2 or C3 nobody.
    @Test func theWorkedExampleIsMet() {
        let table = RandomJourneys.table([([0, 1, 2], 1, 0), ([0], 0, 1), ([1, 2], 0, 1)])
        let chain = chain(table, order: 1)
        #expect(abs(chain.conversionProbability() - 1.0 / 3) < 1e-12)
        let effects = chain.removalEffects(keyCount: 3)
        #expect(zip(effects, [0.5, 1, 1]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    /// A chain that goes round: A to itself by ⅓ and to its end by ⅔, of which half converts.
    @Test func whatRepeatsIsSolvedFor() {
        let table = RandomJourneys.table([([0, 0], 1, 0), ([0], 0, 1)])
        #expect(abs(chain(table, order: 1).conversionProbability() - 0.5) < 1e-12)
    }

    /// The longer the memory, the nearer the chain is to the journeys themselves; as long as they are, it is them.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func aMemoryOfAllTouchesGivesTheJourneysBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let paths = (0..<30).map { _ in
            (
                path: (0..<Int.random(in: 1...3, using: &random)).map { _ in UInt8.random(in: 0..<4, using: &random) },
                converted: Int.random(in: 0...5, using: &random), unconverted: Int.random(in: 0...9, using: &random)
            )
        }
        let table = RandomJourneys.table(paths)
        let chain = chain(table, order: 3)
        let (converted, all) = table.paths.reduce(into: (0, 0)) {
            $0 = ($0.0 + $1.tally.converted, $0.1 + $1.tally.total)
        }
        #expect(abs(chain.conversionProbability() - Double(converted) / Double(all)) < 1e-12)
        for key in 0..<4 as Range<UInt8> {
            let without = table.paths.filter { !$0.path.contains(key) }.reduce(0) { $0 + $1.tally.converted }
            #expect(abs(chain.conversionProbability(without: Int(key)) - Double(without) / Double(all)) < 1e-12)
        }
    }

    /// Against Gauss–Jordan elimination on the transition matrix of the first order.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func sweepsFindWhatEliminationFinds(seed: UInt64) {
        let table = JourneyTable(RandomJourneys.make(seed: seed))
        let chain = chain(table, order: 1)
        for key in -1..<3 {
            let want = EliminatedChain.probability(table, without: key)
            #expect(abs(chain.conversionProbability(without: key < 0 ? nil : key) - want) < 1e-11)
        }
    }
}

@Suite struct ShapleyValueTests {
    /// Against the mean over all orders, as the value is defined.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func allCoalitionsGiveTheMeanOverAllOrders(seed: UInt64) {
        let table = JourneyTable(RandomJourneys.make(seed: seed, keyCount: 5, journeyCount: 60))
        let value = ShapleyValue(rates: table.sets, playerCount: 5)
        #expect(value.errors == nil)
        let want = DefinedShapley.values(table, playerCount: 5)
        #expect(zip(value.values, want).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test(arguments: 0..<2 as Range<UInt64>)
    func sampledOrdersComeNearTheExactValue(seed: UInt64) {
        let table = JourneyTable(RandomJourneys.make(seed: seed + 100, keyCount: 11, journeyCount: 200))
        let value = ShapleyValue(rates: table.sets, playerCount: 11)
        let want = DefinedShapley.byCoalitions(table, playerCount: 11)
        for (player, error) in (value.errors ?? []).enumerated() {
            #expect(abs(value.values[player] - want[player]) < 4.5 * error + 1e-12)
        }
        #expect(value.errors?.count == 11)
        let rate = table.sets.reduce(into: JourneyTally()) { $0.add($1.tally) }
        #expect(abs(value.values.reduce(0, +) - Double(rate.converted) / Double(rate.total)) < 1e-9)
    }

    @Test func keysThatNoJourneyMetGetNothing() {
        let table = RandomJourneys.table([([2], 3, 1)])
        #expect(ShapleyValue(rates: table.sets, playerCount: 4).values == [0, 0, 0.75, 0])
    }
}

@Suite struct SynergyTests {
    @Test func theExpectationIsThatOfIndependentAction() throws {
        let table = RandomJourneys.table([([0], 20, 80), ([1], 30, 70), ([0, 1], 60, 40), ([2], 1, 99)])
        let pairs = Synergy.pairs(table.sets, keyCount: 3)
        #expect(pairs.map { [$0.first, $0.second] } == [[0, 1]])
        let pair = try #require(pairs.first)
        #expect(abs(pair.expected - 0.44) < 1e-12 && abs(pair.difference - 0.16) < 1e-12)
        // Wilson's limits of 60, 20 and 30 of 100, by scipy.stats.binomtest, combined by hand.
        let (p, a, b) = ((0.5020026, 0.6905987), (0.1333667, 0.2888292), (0.2189489, 0.3958485))
        let low = 0.16 - ((0.6 - p.0).squared + (0.7 * (a.1 - 0.2)).squared + (0.8 * (b.1 - 0.3)).squared).squareRoot()
        let high = 0.16 + ((p.1 - 0.6).squared + (0.7 * (0.2 - a.0)).squared + (0.8 * (0.3 - b.0)).squared).squareRoot()
        #expect(abs(pair.interval.low - low) < 1e-6 && abs(pair.interval.high - high) < 1e-6)
    }

    @Test func tooFewJourneysAreNoPair() {
        let table = RandomJourneys.table([([0], 9, 10), ([1], 30, 70), ([0, 1], 60, 40)])
        #expect(Synergy.pairs(table.sets, keyCount: 2).isEmpty)
    }
}

extension Double {
    fileprivate var squared: Double { self * self }
}

/// The first-order chain as a matrix, solved by elimination.
private enum EliminatedChain {
    static func probability(_ table: JourneyTable, without removed: Int) -> Double {
        let keys = Set(table.paths.flatMap(\.path)).map { Int($0) }.sorted()
        let places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0 + 1) })
        let n = keys.count + 1
        var counts = [[Double]](repeating: .init(repeating: 0, count: n), count: n)
        var ends = [(converted: Double, total: Double)](repeating: (0, 0), count: n)
        for (path, tally) in table.paths {
            let states = [0] + path.compactMap { places[Int($0)] }
            for (from, to) in zip(states, states.dropFirst()) { counts[from][to] += Double(tally.total) }
            let last = states[states.count - 1]
            ends[last].converted += Double(tally.converted)
            ends[last].total += Double(tally.total)
        }
        var rows = (0..<n).map { i -> [Double] in
            let total = counts[i].reduce(0, +) + ends[i].total
            let isRemoved = i > 0 && keys[i - 1] == removed
            return (0..<n).map { j in (i == j ? 1 : 0) - (isRemoved || total == 0 ? 0 : counts[i][j] / total) }
                + [isRemoved || total == 0 ? 0 : ends[i].converted / total]
        }
        for i in 0..<n {
            let pivot = rows[i][i]
            rows[i] = rows[i].map { $0 / pivot }
            for k in 0..<n where k != i {
                let factor = rows[k][i]
                for j in 0...n { rows[k][j] -= factor * rows[i][j] }
            }
        }
        return rows[0][n]
    }
}

/// The Shapley value as it is said in words.
private enum DefinedShapley {
    static func worth(_ table: JourneyTable, _ coalition: UInt64) -> Double {
        let covered = table.sets.filter { $0.keys & ~coalition == 0 }
            .reduce(into: JourneyTally()) { $0.add($1.tally) }
        return covered.total == 0 ? 0 : Double(covered.converted) / Double(covered.total)
    }

    static func values(_ table: JourneyTable, playerCount: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: playerCount)
        let orders = permutations(Array(0..<playerCount))
        for order in orders {
            var coalition: UInt64 = 0
            for player in order {
                let before = worth(table, coalition)
                coalition |= 1 << UInt64(player)
                sums[player] += worth(table, coalition) - before
            }
        }
        return sums.map { $0 / Double(orders.count) }
    }

    static func byCoalitions(_ table: JourneyTable, playerCount: Int) -> [Double] {
        let worths = (0..<UInt64(1) << UInt64(playerCount)).map { worth(table, $0) }
        func factorial(_ n: Int) -> Double { (1...max(n, 1)).reduce(1) { $0 * Double($1) } }
        return (0..<playerCount).map { player in
            worths.indices.filter { $0 >> player & 1 == 0 }.reduce(0) { sum, coalition in
                let s = coalition.nonzeroBitCount
                let weight = factorial(s) * factorial(playerCount - s - 1) / factorial(playerCount)
                return sum + weight * (worths[coalition | 1 << player] - worths[coalition])
            }
        }
    }

    private static func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.flatMap { item in permutations(items.filter { $0 != item }).map { [item] + $0 } }
    }
}
