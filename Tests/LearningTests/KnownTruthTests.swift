import Base
import Glibc
import Learning
import Statistics
import Testing

/// A world with two contexts and four actions, whose policies have values that can be worked out.
private struct KnownWorld {
    static let rewardChances = [[0.10, 0.30, 0.05, 0.20], [0.25, 0.05, 0.40, 0.10]]  // P(reward | context, action).
    static let logging = [[0.4, 0.2, 0.2, 0.2], [0.1, 0.5, 0.2, 0.2]]
    static let evaluated = [[0.1, 0.6, 0.1, 0.2], [0.3, 0.05, 0.6, 0.05]]

    /// Both contexts are equally likely.
    static var value: Double {
        var sum = 0.0
        for (chances, rewards) in zip(evaluated, rewardChances) {
            for (chance, reward) in zip(chances, rewards) { sum += chance * reward }
        }
        return sum / Double(rewardChances.count)
    }

    static func log(roundCount: Int, seed: UInt64) throws -> OffPolicyEvaluation {
        var random = SeededGenerator(seed: seed)
        let contexts = (0..<roundCount).map { _ in Int.random(in: 0..<2, using: &random) }
        let actions = contexts.map { draw(logging[$0], using: &random) }
        let rewards = zip(contexts, actions).map {
            Double.random(in: 0..<1, using: &random) < rewardChances[$0][$1] ? 1.0 : 0
        }
        let rounds = try LoggedRounds(
            actionCount: 4, actions: actions, rewards: rewards,
            propensities: zip(contexts, actions).map { logging[$0][$1] })
        return try OffPolicyEvaluation(
            rounds: rounds, policy: ActionTable(rows: evaluated, rowOfRound: contexts),
            model: SmoothedRewards.crossFitted(rounds, strength: 10))
    }

    private static func draw(_ distribution: [Double], using random: inout SeededGenerator) -> Int {
        var rest = Double.random(in: 0..<1, using: &random)
        for (action, probability) in distribution.enumerated() {
            rest -= probability
            if rest < 0 { return action }
        }
        return distribution.count - 1
    }
}

@Suite struct KnownTruthTests {
    struct Tally {
        var values = MeanEstimate()
        var errors = MeanEstimate()
        var covered = Proportion()
        var coveredByStudent = Proportion()
    }

    static let replicationCount = 400

    private static func tallies() throws -> [OffPolicyEvaluation.Estimator: Tally] {
        var tallies: [OffPolicyEvaluation.Estimator: Tally] = [:]
        for replication in 0..<replicationCount {
            let seed = UInt64(replication + 1)
            let evaluation = try KnownWorld.log(roundCount: 500, seed: seed)
            for estimate in evaluation.estimates(bootstrap: Bootstrap(replicateCount: 400, seed: seed)) {
                tallies[estimate.estimator, default: Tally()].values.add(estimate.value)
                if let error = estimate.standardError {
                    tallies[estimate.estimator, default: Tally()].errors.add(error)
                }
                let isCovered = estimate.interval?.contains(KnownWorld.value) ?? false
                let isCoveredByStudent = estimate.studentInterval?.contains(KnownWorld.value) ?? false
                tallies[estimate.estimator, default: Tally()].covered.add(isCovered)
                tallies[estimate.estimator, default: Tally()].coveredByStudent.add(isCoveredByStudent)
            }
        }
        return tallies
    }

    /// Unbiased: the mean of 400 estimates lies within 4 of its standard errors (2 · 10⁻⁵ of chance each way).
    /// Covering: of 400 intervals at 95%, a binomial count is within 3.5 of its standard deviations (1.09 points) of
    /// 95%; one point more is allowed below, because percentile intervals of 500 rounds reach their level only in the
    /// limit.
    @Test func estimatesAreUnbiasedAndIntervalsCoverTheTruth() throws {
        let tallies = try Self.tallies()
        let deviation = (0.95 * 0.05 / Double(Self.replicationCount)).squareRoot()
        print("known value \(KnownWorld.value); \(Self.replicationCount) logs of 500 rounds")
        print("estimator  mean     sd       mean se  covered by bootstrap, by Student's t")
        for estimator in OffPolicyEvaluation.Estimator.allCases {
            let tally = try #require(tallies[estimator])
            let spread = try #require(tally.values.variance).squareRoot()
            let covered = try #require(tally.covered.rate)
            let coveredByStudent = try #require(tally.coveredByStudent.rate)
            print(
                "\(estimator.rawValue)  \(tally.values.mean)  \(spread)  \(tally.errors.mean)  \(covered)  "
                    + "\(coveredByStudent)")
            if estimator == .dm { continue }  // Blind to the context here, so biased, as DM is.
            let bias = abs(tally.values.mean - KnownWorld.value)
            #expect(bias < 4 * (try #require(tally.values.standardError)), "\(estimator) is biased")
            for rate in [covered, coveredByStudent] {
                #expect(rate > 0.95 - 3.5 * deviation - 0.01 && rate < 0.95 + 3.5 * deviation, "\(estimator) covers")
            }
            #expect(abs(tally.errors.mean / spread - 1) < 0.15, "\(estimator)'s standard error is its spread")
        }
        let dm = try #require(tallies[.dm])
        #expect(abs(dm.values.mean - KnownWorld.value) > 0.02, "the model alone is wrong in this world")
    }

    /// Ten equal rounds per cluster: intervals that ignore it cover far less than they say.
    @Test func clusteredRoundsNeedClusteredIntervals() throws {
        var covered = Proportion()
        var coveredNaively = Proportion()
        for replication in 0..<300 {
            let log = try KnownWorld.log(roundCount: 100, seed: UInt64(5000 + replication))
            func copies(_ column: [Double]) -> [Double] { column.flatMap { [Double](repeating: $0, count: 10) } }
            let clusters = (0..<100).flatMap { [Int](repeating: $0, count: 10) }
            for (isClustered, clusters) in [(true, clusters), (false, nil)] {
                let evaluation = try OffPolicyEvaluation(
                    weights: copies(log.weights), rewards: copies(log.rewards), modelValues: copies(log.modelValues),
                    modelLogged: copies(log.modelLogged), clusters: clusters)
                let estimate = try #require(
                    evaluation.estimates(bootstrap: Bootstrap(replicateCount: 20)).first { $0.estimator == .dr })
                let isCovered = estimate.studentInterval?.contains(KnownWorld.value) ?? false
                if isClustered { covered.add(isCovered) } else { coveredNaively.add(isCovered) }
            }
        }
        print("clusters: covered \(covered.rate ?? 0), naively \(coveredNaively.rate ?? 0)")
        #expect(covered.interval(level: 0.999).high > 0.93)
        #expect(coveredNaively.interval(level: 0.999).high < 0.7)
    }
}
