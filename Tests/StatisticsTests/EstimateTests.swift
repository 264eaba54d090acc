import Base
import Statistics
import Testing

private func isClose(_ got: Double?, _ want: Double, within tolerance: Double = 1e-9) -> Bool {
    got.map { abs($0 - want) <= tolerance } ?? false
}

private func isClose(_ got: Interval?, _ low: Double, _ high: Double, within tolerance: Double = 1e-9) -> Bool {
    isClose(got?.low, low, within: tolerance) && isClose(got?.high, high, within: tolerance)
}

@Suite struct ProportionTests {
    /// `statsmodels.stats.proportion.proportion_confint(k, n, alpha, method="wilson")`, statsmodels 0.15.0.
    @Test(arguments: [
        (0, 10, 0.95, 0.0, 0.27753279986288926), (10, 10, 0.95, 0.7224672001371106, 1.0),
        (1, 10, 0.95, 0.017876213095072924, 0.40415002679523854),
        (38, 10000, 0.95, 0.0027699031247791586, 0.005211176858280294),
        (500, 1000, 0.99, 0.45940700521208483, 0.5405929947879151),
        (3, 7, 0.95, 0.15821985525146964, 0.7495416354723428),
    ])
    func wilsonAgreesWithStatsmodels(positives: Int, total: Int, level: Double, low: Double, high: Double) throws {
        let proportion = try #require(Proportion(positives: positives, total: total))
        #expect(isClose(proportion.interval(level: level), low, high, within: 1e-12))
    }

    @Test func whatCannotBeCountedDoesNotExist() {
        #expect(Proportion(positives: 3, total: 2) == nil)
        #expect(Proportion(positives: -1, total: 2) == nil)
        #expect(Proportion().rate == nil)
        #expect(Proportion().interval() == Interval(low: 0, high: 1, level: 0.95))
    }
}

@Suite struct MeanTests {
    static let sample = [2.5, 3.1, -1.0, 4.4, 0.0, 2.2, 9.7]

    /// `statsmodels.stats.weightstats.DescrStatsW(x)`: `.tconfint_mean()`, `.zconfint_mean()`.
    @Test func intervalsAgreeWithStatsmodels() {
        let estimate = MeanEstimate(Self.sample)
        #expect(isClose(estimate.mean, 2.9857142857142853))
        #expect(isClose(estimate.variance, 12.124761904761902))
        #expect(isClose(estimate.interval(), -0.234656764825814, 6.206085336254384))
        #expect(isClose(estimate.normalInterval(), 0.40621340465044975, 5.5652151667781204))
        #expect(MeanEstimate([1]).interval() == nil)
    }

    @Test(arguments: 0...7)
    func mergingPartsEqualsTheWhole(cut: Int) {
        var merged = MeanEstimate(Self.sample.prefix(cut))
        merged.merge(MeanEstimate(Self.sample.dropFirst(cut)))
        #expect(isClose(merged.mean, MeanEstimate(Self.sample).mean, within: 1e-14))
        #expect(isClose(merged.variance, 12.124761904761902, within: 1e-12))
    }

    @Test func aFarOffsetDoesNotDrownTheSpread() {
        let estimate = MeanEstimate(Self.sample.map { $0 + 1e9 })
        #expect(isClose(estimate.variance, 12.124761904761902, within: 1e-5))
    }

    /// NumPy: `e = top - R*bot; sqrt(e.var(ddof=1)/6)/bot.mean()`, with `scipy.stats.t.ppf(.975, 5)`.
    @Test func theRatioHasItsDeltaInterval() {
        var first = RatioEstimate()
        var second = RatioEstimate()
        for (index, (top, bottom)) in [(3.0, 2.0), (0, 1), (8, 4), (2, 2), (5, 3), (1, 1)].enumerated() {
            if index < 2 { first.add(top: top, bottom: bottom) } else { second.add(top: top, bottom: bottom) }
        }
        first.merge(second)
        #expect(isClose(first.ratio, 1.4615384615384615))
        #expect(isClose(first.standardError, 0.2416636432741082))
        #expect(isClose(first.interval(), 0.8403222898043449, 2.082754633272578))
        #expect(RatioEstimate().ratio == nil)
        let ofSums = RatioEstimate(
            count: 6, tops: 19, bottoms: 13, topSquares: 103, bottomSquares: 35, products: 58)
        #expect(isClose(ofSums.standardError, 0.2416636432741082))
        #expect(isClose(ofSums.interval(), 0.8403222898043449, 2.082754633272578))
    }
}

@Suite struct ClusterTests {
    static let first = [1, 0, 1, 1, 0.5, 0.25, 0, 1, 0, 0.75]
    static let second = [0.5, 0.5, 0, 1, 0.25, 0.25, 0.5, 0, 0, 1]
    static let groups = [1, 1, 1, 2, 2, 3, 4, 4, 4, 5]

    /// `sm.OLS(y, ones).fit(cov_type="cluster", cov_kwds={"groups": g}, use_t=True)`: `.bse`, `.conf_int()`.
    @Test func theClusteredMeanAgreesWithStatsmodels() {
        var parts = [ClusteredMean<Int>(), ClusteredMean<Int>()]
        for (index, (value, group)) in zip(Self.first, Self.groups).enumerated() {
            parts[index % 2].add(value, cluster: group)
        }
        parts[0].merge(parts[1])
        #expect(isClose(parts[0].mean, 0.55))
        #expect(isClose(parts[0].standardError, 0.10216408, within: 1e-8))
        #expect(isClose(parts[0].interval(), 0.26634703, 0.83365297, within: 1e-8))
        #expect(parts[0].clusterCount == 5)
    }

    /// The same call on `y - z`; and `scipy.stats.ttest_rel(y, z).confidence_interval()` without clusters.
    @Test func thePairedDifferenceAgreesWithStatsmodelsAndSciPy() {
        var clustered = PairedDifference<Int>()
        var single = PairedDifference<Int>()
        for (index, (first, second)) in zip(Self.first, Self.second).enumerated() {
            clustered.add(first: first, second: second, cluster: Self.groups[index])
            single.add(first: first, second: second, cluster: index)
        }
        #expect(isClose(clustered.mean, 0.15))
        #expect(isClose(clustered.interval(), -0.0672912, 0.3672912, within: 1e-7))
        #expect(isClose(single.interval(), -0.2381722244825806, 0.5381722244825806))
    }
}

@Suite struct RankingTests {
    /// `sklearn.metrics.ndcg_score(rel, scores, k=k)`, scikit-learn 1.9.1; hits at ranks 2, 4, 13, 16 of 20.
    @Test(arguments: [
        (1, 0.0), (2, 0.3868528072345415), (5, 0.4144299250118473), (10, 0.4144299250118473),
        (20, 0.6124697544927771),
    ])
    func ndcgAgreesWithScikitLearn(k: Int, want: Double) {
        var hits = [Bool](repeating: false, count: 20)
        for index in [1, 3, 12, 15] { hits[index] = true }
        #expect(isClose(RankingQuality<Int>.ndcg(hits: hits, wantedCount: 4, k: k), want))
    }

    @Test func aCaseWithNothingWantedIsLeftOut() {
        var quality = RankingQuality<String>(k: 2)
        quality.add(hits: [false, false], wantedCount: 0, cluster: "a")
        #expect(quality.count == 0 && quality.ndcg == nil)
        quality.add(hits: [true, false], wantedCount: 1, cluster: "a")
        var other = RankingQuality<String>(k: 2)
        other.add(hits: [false, false, true], wantedCount: 1, cluster: "b")
        quality.merge(other)
        #expect(quality.hitRate == 0.5)
        #expect(quality.ndcg == 0.5)
        #expect(quality.ndcgInterval() != nil)
    }
}

@Suite struct BootstrapTests {
    /// `numpy.percentile([1, 2, 4, 8, 16], q)`, NumPy 2.4.6.
    @Test(arguments: [(0.025, 1.1), (0.5, 4.0), (0.975, 15.2), (0, 1), (1, 16), (0.33, 2.64)])
    func percentilesAgreeWithNumPy(share: Double, want: Double) {
        #expect(isClose(Bootstrap.percentile(share, ofSorted: [1, 2, 4, 8, 16]), want))
    }

    /// `scipy.stats.bootstrap((x,), np.mean, n_resamples=200000, method="percentile")`; its own chance is below 0.03.
    @Test func theMeansIntervalAgreesWithSciPy() {
        let interval = Bootstrap(replicateCount: 20_000).meanInterval(MeanTests.sample)
        #expect(isClose(interval, 0.8285714285714286, 5.5857142857142845, within: 0.1))
        #expect(interval == Bootstrap(replicateCount: 20_000).meanInterval(MeanTests.sample))
        #expect(Bootstrap().meanInterval([]) == nil)
    }

    @Test func wholeClustersAreDrawn() throws {
        // Ten equal values per cluster: a bootstrap of units would be √10 times too sure.
        var random = SeededGenerator(seed: 3)
        let levels = (0..<40).map { _ in Double.random(in: 0..<1, using: &random) }
        let values = levels.flatMap { [Double](repeating: $0, count: 10) }
        let clusters = levels.indices.flatMap { [Int](repeating: $0, count: 10) }
        let single = try #require(Bootstrap().meanInterval(levels))
        let clustered = try #require(Bootstrap().meanInterval(values, clusters: clusters))
        let naive = try #require(Bootstrap().meanInterval(values))
        #expect(abs(clustered.width / single.width - 1) < 0.1)
        #expect(naive.width < clustered.width / 2.5)
    }

    @Test func aRatioWhoseDenominatorVanishesHasNoInterval() {
        let intervals = Bootstrap(replicateCount: 50).ratioIntervals(tops: [[1, 2]], bottoms: [[0, 0]])
        #expect(intervals == [nil])
    }
}
