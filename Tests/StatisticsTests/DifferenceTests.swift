import Testing

@testable import Statistics

@Suite struct DifferenceTests {
    /// By statsmodels 0.15.0: `confint_proportions_2indep(x1, n1, x2, n2, method="newcomb")`.
    @Test(
        arguments: [
            (56, 70, 48, 80, 0.05243147240236498, 0.33387265403690614),
            (9, 10, 3, 10, 0.1705227239345029, 0.809017973535488),
            (5, 56, 0, 29, -0.038137147903536936, 0.19256001385511165),
            (0, 10, 0, 20, -0.1611251580528194, 0.27753279986288926),
            (10, 10, 0, 10, 0.6075093504305241, 1.0),
            (700, 1000, 650, 1000, 0.00894435453883951, 0.09082289395369855),
        ] as [(Int, Int, Int, Int, Double, Double)])
    func ofSharesItIsNewcombes(x1: Int, n1: Int, x2: Int, n2: Int, low: Double, high: Double) throws {
        let one = try #require(Proportion(positives: x1, total: n1))
        let other = try #require(Proportion(positives: x2, total: n2))
        let found = Difference(
            of: try #require(one.rate), one.interval(), from: try #require(other.rate), other.interval())
        #expect(abs(found.interval.low - low) < 1e-9 && abs(found.interval.high - high) < 1e-9)
    }

    @Test func ofNormalIntervalsMarginsAddAsSquares() {
        let found = Difference(
            of: 10, Interval(center: 10, margin: 3, level: 0.9), from: 4, Interval(center: 4, margin: 4, level: 0.9))
        #expect(found.value == 6 && found.interval == Interval(low: 1, high: 11, level: 0.9))
    }

    @Test func turnedAroundItIsTheOpposite() {
        let (one, other) = (Interval(low: 1, high: 9, level: 0.95), Interval(low: 4, high: 6, level: 0.95))
        let (found, turned) = (Difference(of: 2, one, from: 5, other), Difference(of: 5, other, from: 2, one))
        #expect(turned.value == -found.value)
        #expect(turned.interval.low == -found.interval.high && turned.interval.high == -found.interval.low)
    }
}
