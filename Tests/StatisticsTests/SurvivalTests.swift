import Statistics
import Testing

private func isClose(_ got: Double, _ want: Double, _ relative: Double = 1e-9) -> Bool {
    abs(got - want) <= relative * max(abs(want), 1e-300)
}

/// Counts by duration of (duration, whether it happened).
private func counts(_ durations: [Int], _ happened: [Int]) -> [SurvivalCount] {
    Set(durations).sorted().map { duration in
        let rows = durations.indices.filter { durations[$0] == duration }
        let events = rows.count { happened[$0] == 1 }
        return SurvivalCount(duration: Double(duration), events: events, censored: rows.count - events)
    }
}

/// Weeks of remission under 6-mercaptopurine and under placebo: Freireich et al., Blood 21(6), 1963. Expected numbers:
/// lifelines 0.30.3.
@Suite struct SurvivalTests {
    private static let treated = counts(
        [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
        [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
    private static let placebo = counts(
        [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [Int](repeating: 1, count: 21))

    @Test(
        arguments: [
            (6, 21, 0.857142857142857, 0.6197179552659838, 0.9515517476469969),
            (9, 16, 0.8067226890756299, 0.5631465646222333, 0.9228090192028802),
            (13, 12, 0.6901960784313722, 0.4316102224861839, 0.8490659633494505),
            (23, 6, 0.44817927170868327, 0.18805200595923233, 0.6801426284952412),
            (35, 1, 0.44817927170868327, 0.18805200595923233, 0.6801426284952412),
        ] as [(Double, Int, Double, Double, Double)])
    func theCurveAgreesWithLifelines(duration: Double, atRisk: Int, survival: Double, low: Double, high: Double) throws
    {
        let curve = SurvivalCurve(Self.treated)
        let point = try #require(curve.points.first { $0.duration == duration })
        #expect(point.atRisk == atRisk)
        #expect(isClose(point.survival, survival) && isClose(curve.survival(at: duration + 0.5), survival))
        #expect(isClose(point.interval.low, low) && isClose(point.interval.high, high))
    }

    /// Kalbfleisch and Prentice, table 1.2 and section 1.4: Greenwood's standard error at 6 weeks is 0.0764.
    @Test func greenwoodsErrorIsThatOfTheBook() throws {
        let point = try #require(SurvivalCurve(Self.treated).points.first)
        #expect(abs(point.standardError - 0.0764) < 5e-5)
    }

    @Test func mediansHaveTheirRangesAndMayBeOpen() {
        let (treated, placebo) = (SurvivalCurve(Self.treated), SurvivalCurve(Self.placebo))
        #expect(treated.median == 23 && treated.medianRange == (13, nil))
        #expect(placebo.median == 8 && placebo.medianRange == (4, 11))
        #expect(placebo.points.last?.survival == 0 && placebo.points.last?.interval.high == 0)
        #expect(SurvivalCurve([]).median == nil && SurvivalCurve([]).survival(at: 3) == 1)
    }

    @Test func withoutCensoringTheCurveIsTheShareLeft() {
        for point in SurvivalCurve(Self.placebo).points {
            #expect(isClose(21 * point.survival + 1, Double(point.atRisk - point.events) + 1))
        }
    }

    @Test func twoGroupsAreComparedAsInLifelines() throws {
        let test = try #require(LogRankTest([Self.treated, Self.placebo]))
        #expect(isClose(test.statistic, 16.792940989216547) && test.degrees == 1)
        #expect(isClose(test.pValue, 4.168809109334511e-05))
        #expect(isClose(test.expected.reduce(0, +), 30))
    }

    @Test func threeGroupsAreComparedAsInLifelines() throws {
        let durations = [
            9, 2, 4, 2, 3, 11, 10, 7, 2, 1, 4, 7, 7, 6, 5, 1, 9, 10, 0, 2, 7, 4, 11, 8, 5, 6, 9, 7, 3, 10, 9, 12, 11, 3,
            4,
            9, 7, 9, 12, 3, 12, 2, 0, 12, 13, 3, 2, 5, 0, 11, 9, 7, 3, 7, 2, 10, 7, 0, 4, 10,
        ]
        let happened = [
            1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1,
            0,
            1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1,
        ]
        let groups = (0..<3).map { group in
            let rows = durations.indices.filter { $0 % 3 == group }
            return counts(rows.map { durations[$0] }, rows.map { happened[$0] })
        }
        let test = try #require(LogRankTest(groups))
        #expect(isClose(test.statistic, 7.6974320877858915) && test.degrees == 2)
        #expect(isClose(test.pValue, 0.021307076233726425))
        let withNobody = try #require(LogRankTest(groups + [[]]))
        #expect(isClose(withNobody.statistic, test.statistic) && withNobody.degrees == 2)
    }

    @Test func whatCannotBeComparedIsNot() {
        #expect(LogRankTest([Self.treated]) == nil)
        #expect(LogRankTest([Self.treated, []]) == nil)
        #expect(LogRankTest([counts([3], [0]), counts([4], [0])]) == nil)
    }

    /// `scipy.special.gammaincc(df / 2, x / 2)`
    @Test(
        arguments: [
            (1, 0.2, 0.6547208460185768), (1, 6, 0.014305878435429641), (5, 2, 0.8491450360846096),
            (20, 50, 0.0002214766382487835), (100, 80, 0.9296649333406051), (600, 660, 0.04489022387001295),
        ] as [(Double, Double, Double)])
    func chiSquareTailsAgreeWithSciPy(degrees: Double, x: Double, want: Double) {
        #expect(isClose(ChiSquareLaw.upperTail(x, degrees: degrees), want, 1e-11))
    }
}
