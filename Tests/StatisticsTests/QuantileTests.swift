import Base
import Testing

@testable import Statistics

@Suite struct QuantileTests {
    /// Ranks by `scipy.stats.binom.cdf`: the last with P(B < rank) ≤ 2.5%, the first with P(B ≥ rank) ≤ 2.5%.
    @Test(
        arguments: [
            (0.5, 100, 50, 40, 61), (0.5, 101, 51, 41, 61), (0.9, 100, 90, 84, 96), (0.25, 40, 10, 5, 17),
            (0.5, 6, 3, 1, 6), (0.5, 8, 4, 1, 8), (0.25, 1000, 250, 223, 278), (0.9, 36, 33, 29, 36),
        ] as [(Double, Int, Int, Int, Int)])
    func orderStatisticsEncloseAQuantile(share: Double, count: Int, value: Int, low: Int, high: Int) {
        let found = OrderStatistics.quantile(share, ofSorted: Array(1...count))
        #expect(found.value == value)
        #expect(found.interval?.low == low && found.interval?.high == high)
    }

    @Test(arguments: [(0.1, 5, 1), (0.99, 50, 50), (0.0, 3, 1), (1.0, 3, 3), (0.5, 1, 1), (0.5, 5, 3), (0.9, 35, 32)])
    func whereTheRanksEndThereIsNoInterval(share: Double, count: Int, value: Int) {
        let found = OrderStatistics.quantile(share, ofSorted: Array(1...count))
        #expect(found.value == value)
        #expect(found.interval == nil || share == 0 || share == 1)
    }

    @Test func aClusteredQuantileInterpolates() throws {
        let values = [4.0, 1, 3, 2].enumerated().map { ($1, UInt32($0)) }
        #expect(try #require(ClusteredQuantile(0.5, of: values)).value == 2.5)
        #expect(try #require(ClusteredQuantile(0.25, of: values)).value == 1.75)
        #expect(ClusteredQuantile(0.5, of: []) == nil)
        #expect(try #require(ClusteredQuantile(0.5, of: [(7, 1), (7, 1)])).interval == nil, "one cluster")
    }

    /// Values of one cluster are alike: an interval that took each for a draw of its own would be far too narrow.
    @Test func itsIntervalCoversTheTruthAsOftenAsItSays() {
        var random = SeededGenerator(seed: 12)
        var (covered, narrowCovered) = (0, 0)
        let worlds = 400
        for _ in 0..<worlds {
            var values: [(value: Double, cluster: UInt32)] = []
            for cluster in 0..<120 as Range<UInt32> {
                let center = Double.random(in: 0..<1, using: &random)
                for _ in 0..<8 { values.append((center + .random(in: -0.01..<0.01, using: &random), cluster)) }
            }
            let interval = ClusteredQuantile(0.5, of: values)?.interval
            covered += interval?.contains(0.5) == true ? 1 : 0
            let apart = OrderStatistics.quantile(0.5, ofSorted: values.map(\.value).sorted()).interval
            narrowCovered += apart.map { $0.low <= 0.5 && 0.5 <= $0.high } == true ? 1 : 0
        }
        #expect((0.92...0.98).contains(Double(covered) / Double(worlds)))
        #expect(Double(narrowCovered) / Double(worlds) < 0.6)
    }
}
