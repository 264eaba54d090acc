import Base
import Learning
import Statistics
import Testing

@Suite struct ThompsonTests {
    /// Kolmogorov–Smirnov: √n · D stays below 2.7 with probability 1 − 1e-6 (`scipy.stats.kstwobign.ppf(1 - 1e-6)`).
    @Test(arguments: [(2, 3), (0.3, 0.7), (1, 1), (47, 1200), (857, 40_000)] as [(Double, Double)])
    func betaDrawsFollowTheirLaw(a: Double, b: Double) {
        var random = SeededGenerator(seed: 11)
        let count = 20_000
        let draws = (0..<count).map { _ in BetaSampler.beta(a: a, b: b, using: &random) }.sorted()
        var distance = 0.0
        for (index, draw) in draws.enumerated() {
            let law = IncompleteBeta.regularized(draw, a: a, b: b)
            distance = max(distance, law - Double(index) / Double(count), Double(index + 1) / Double(count) - law)
        }
        #expect(distance * Double(count).squareRoot() < 2.7)
    }

    @Test(arguments: [0.2, 1, 5.5, 300])
    func gammaDrawsHaveTheirMeanAndVariance(shape: Double) throws {
        var random = SeededGenerator(seed: 12)
        let draws = MeanEstimate((0..<40_000).map { _ in BetaSampler.gamma(shape: shape, using: &random) })
        let error = try #require(draws.standardError)
        #expect(abs(draws.mean - shape) < 5 * error)
        #expect(abs(try #require(draws.variance) / shape - 1) < 0.2)
    }

    /// Two actions: P(first is better) by `scipy.integrate.quad` of `beta.pdf(x, 3, 5) * beta.cdf(x, 2, 6)`.
    @Test func theDistributionIsTheChanceToBeBest() throws {
        let policy = try #require(BernoulliThompson(priorAlphas: [3, 2], priorBetas: [5, 6]))
        let rows = policy.actionDistribution(positionCount: 2, simulationCount: 20_000, seed: 4)
        let want = 0.7202797202797204
        #expect(abs(rows[0][0] - want) < 5 * (want * (1 - want) / 20_000).squareRoot())
        #expect(rows[1][0] == rows[0][1])
    }

    @Test func learningMovesThePosterior() throws {
        var policy = try #require(BernoulliThompson(priorAlphas: [1, 1], priorBetas: [1, 1]))
        for _ in 0..<200 { policy.learn(action: 1, isRewarded: true) }
        for _ in 0..<200 { policy.learn(action: 0, isRewarded: false) }
        #expect(policy.alphas == [1, 201] && policy.betas == [201, 1])
        var random = SeededGenerator(seed: 2)
        #expect(policy.drawSlate(count: 2, using: &random) == [1, 0])
    }

    @Test func priorsThatAreNoneDoNotExist() {
        #expect(BernoulliThompson(priorAlphas: [], priorBetas: []) == nil)
        #expect(BernoulliThompson(priorAlphas: [1, 0], priorBetas: [1, 1]) == nil)
        #expect(BernoulliThompson(priorAlphas: [1], priorBetas: [1, 1]) == nil)
    }
}
