import Base
import Learning
import Statistics
import Testing

/// Against the Open Bandit Pipeline itself, and on its data: real decisions of a real shop with real clicks.
@Suite struct OpenBanditTests {
    private static func expectAgreement(
        _ evaluation: OffPolicyEvaluation, with reference: ReferenceEstimates, _ why: String
    ) throws {
        let estimates = evaluation.estimates(bootstrap: Bootstrap(replicateCount: 2000))
        for (estimator, want) in [
            (OffPolicyEvaluation.Estimator.ips, reference.ips), (.snips, reference.snips), (.dm, reference.dm),
            (.dr, reference.dr),
        ] {
            let got = try #require(estimates.first { $0.estimator == estimator })
            #expect(abs(got.value - want.value) <= 1e-6, "\(why), \(estimator): \(got.value), obp \(want.value)")
            // Other random draws, and obp does not renormalise SNIPS in a resample: alike, not equal.
            let interval = try #require(got.interval)
            let slack = 0.25 * (want.high - want.low)
            #expect(abs(interval.low - want.low) <= slack && abs(interval.high - want.high) <= slack)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func estimatesAgreeWithOBPOnRandomContexts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func chances() -> [Double] {
            let raw = (0..<7).map { _ in Double.random(in: 0.01...1, using: &random) }
            return raw.map { $0 / raw.reduce(0, +) }
        }
        let count = 1000
        let rounds = try LoggedRounds(
            actionCount: 7, actions: (0..<count).map { _ in Int.random(in: 0..<7, using: &random) },
            rewards: (0..<count).map { _ in Double.random(in: -2...5, using: &random) },
            propensities: (0..<count).map { _ in Double.random(in: 0.02...1, using: &random) })
        let policy = (0..<30).map { _ in chances() }
        let model = (0..<50).map { _ in (0..<7).map { _ in Double.random(in: -1...4, using: &random) } }
        let policyRows = (0..<count).map { _ in Int.random(in: 0..<30, using: &random) }
        let modelRows = (0..<count).map { _ in Int.random(in: 0..<50, using: &random) }
        let evaluation = try OffPolicyEvaluation(
            rounds: rounds, policy: ActionTable(rows: policy, rowOfRound: policyRows),
            model: ActionTable(rows: model, rowOfRound: modelRows))
        let reference = try ReferenceEstimates(
            answering: .init(
                actions: rounds.actions, rewards: rounds.rewards, propensities: rounds.propensities,
                positions: rounds.positions, policy: policy, model: model, policyRows: policyRows,
                modelRows: modelRows))
        try Self.expectAgreement(evaluation, with: reference, "seed \(seed)")
    }

    /// The value of Thompson sampling as it began in production, from what uniformly random choices earned; held
    /// against what the same shop earned with Thompson sampling in the same week.
    @Test(arguments: ["all", "men", "women"])
    func theRandomLogForetellsThompsonSampling(campaign: String) throws {
        let logged = try OpenBanditLog(policy: "random", campaign: campaign).rounds
        let onPolicy = MeanEstimate(try OpenBanditLog(policy: "bts", campaign: campaign).rounds.rewards)
        let thompson = try OpenBanditLog.priors(campaign: campaign)
        let policy = thompson.actionDistribution(positionCount: 3, simulationCount: 40_000, seed: 12)
        var means = SmoothedRewards(actionCount: logged.actionCount, positionCount: 3)
        for round in 0..<logged.count {
            means.learn(action: logged.actions[round], position: logged.positions[round], reward: logged.rewards[round])
        }
        let model = means.byPosition()
        let evaluation = try OffPolicyEvaluation(
            rounds: logged, policy: ActionTable(byPosition: policy, rounds: logged),
            model: ActionTable(byPosition: model, rounds: logged))
        let reference = try ReferenceEstimates(
            answering: .init(
                actions: logged.actions, rewards: logged.rewards, propensities: logged.propensities,
                positions: logged.positions, policy: policy, model: model,
                thompson: .init(alphas: thompson.alphas, betas: thompson.betas, simulations: 2000)))
        try Self.expectAgreement(evaluation, with: reference, campaign)
        try Self.expectSameDistribution(policy, try #require(reference.thompson), simulations: (40_000, 2000))

        let crossFitted = try OffPolicyEvaluation(
            rounds: logged, policy: ActionTable(byPosition: policy, rounds: logged),
            model: SmoothedRewards.crossFitted(logged))
        print("\(campaign): on-policy \(onPolicy.mean), effective \(crossFitted.effectiveSampleSize)")
        for estimate in crossFitted.estimates(bootstrap: Bootstrap(replicateCount: 2000))
        where estimate.estimator != .dm {
            let interval = try #require(estimate.interval)
            print("  \(estimate.estimator.rawValue) \(estimate.value) \(interval.low)...\(interval.high)")
            #expect(interval.contains(onPolicy.mean), "\(campaign), \(estimate.estimator)")
        }
        // Clicks are so rare that `all` has fewer than five of the policy's own, and says so; propensities and support
        // are right.
        let doubts = crossFitted.trust.reasons.filter { if case .fewEffectiveRewards = $0 { false } else { true } }
        #expect(doubts.isEmpty, "\(doubts)")
    }

    /// Two Monte Carlo estimates of one probability differ by less than 6 of their joint standard errors.
    private static func expectSameDistribution(
        _ got: [[Double]], _ want: [[Double]], simulations: (Int, Int)
    ) throws {
        for (gotRow, wantRow) in zip(got, want) {
            for (a, b) in zip(gotRow, wantRow) {
                let pooled =
                    (a * Double(simulations.0) + b * Double(simulations.1)) / Double(simulations.0 + simulations.1)
                let variance = pooled * (1 - pooled) * (1 / Double(simulations.0) + 1 / Double(simulations.1))
                #expect(abs(a - b) <= 6 * variance.squareRoot() + 1e-3)
            }
        }
    }
}
