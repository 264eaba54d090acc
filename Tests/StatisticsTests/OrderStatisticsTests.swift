import Statistics
import Testing

@Suite struct OrderStatisticsTests {
    /// Ranks by `scipy.stats.binom.cdf`: the last with P(B < rank) ≤ 2.5%, the first with P(B ≥ rank) ≤ 2.5%.
    @Test(
        arguments: [
            (6, 0.5, 1, 6), (8, 0.5, 1, 8), (100, 0.5, 40, 61), (100, 0.9, 84, 96), (1000, 0.25, 223, 278),
            (36, 0.9, 29, 36),
        ] as [(Int, Double, Int, Int)])
    func ranksEncloseTheQuantile(count: Int, share: Double, low: Int, high: Int) throws {
        let found = OrderStatistics.quantile(share, ofSorted: Array(1...count))
        let interval = try #require(found.interval)
        #expect(interval.low == low && interval.high == high)
        #expect(found.value == Int((Double(count) * share).rounded(.up)))
    }

    @Test func tooFewValuesHaveNoInterval() {
        let five = OrderStatistics.quantile(0.5, ofSorted: [1, 2, 3, 4, 5])
        #expect(five.value == 3 && five.interval == nil)
        #expect(OrderStatistics.quantile(0.9, ofSorted: Array(1...35)).interval == nil)
        #expect(OrderStatistics.quantile(0.5, ofSorted: [7]).interval == nil)
    }
}
