import Learning
import Statistics
import Testing

@Suite struct OffPolicyTests {
    static func rounds() throws -> LoggedRounds {
        try LoggedRounds(
            actionCount: 2, actions: [0, 1, 0, 1], rewards: [1, 0, 0, 1], propensities: [0.5, 0.25, 0.5, 0.75])
    }

    private static func evaluation(clusters: [Int]? = nil) throws -> OffPolicyEvaluation {
        let rounds = try rounds()
        return try OffPolicyEvaluation(
            rounds: rounds, policy: ActionTable(byPosition: [[0.75, 0.25]], rounds: rounds),
            model: ActionTable(byPosition: [[0.5, 0.2]], rounds: rounds), clusters: clusters)
    }

    /// Weights 1.5, 1, 1.5, 1/3; the model's value of a round is 0.75 · 0.5 + 0.25 · 0.2 = 0.425.
    @Test func estimatesAreAsWorkedByHand() throws {
        let evaluation = try Self.evaluation()
        func value(_ estimator: OffPolicyEvaluation.Estimator) -> Double {
            evaluation.contributions(estimator).reduce(0, +) / 4
        }
        #expect(abs(value(.ips) - (1.5 + 1.0 / 3) / 4) < 1e-15)
        #expect(abs(value(.snips) - (1.5 + 1.0 / 3) / (4 + 1.0 / 3)) < 1e-15)
        #expect(abs(value(.dm) - 0.425) < 1e-15)
        #expect(abs(value(.dr) - (0.425 + (0.75 - 0.2 - 0.75 + 0.8 / 3) / 4)) < 1e-15)
        #expect(abs(evaluation.effectiveSampleSize - (13.0 / 3) * (13.0 / 3) / (5.5 + 1.0 / 9)) < 1e-12)
    }

    @Test func estimatesCarryTheValueTheContributionsHave() throws {
        let evaluation = try Self.evaluation(clusters: [1, 1, 2, 3])
        for estimate in evaluation.estimates(bootstrap: Bootstrap(replicateCount: 20)) {
            let mean = evaluation.contributions(estimate.estimator).reduce(0, +) / 4
            #expect(abs(estimate.value - mean) < 1e-12)
        }
    }

    @Test func aPolicyTheLogNeverFollowsHasNoSelfNormalizedValue() throws {
        let rounds = try LoggedRounds(actionCount: 2, actions: [0, 0], rewards: [1, 0], propensities: [1, 1])
        let table = try ActionTable(byPosition: [[0, 1]], rounds: rounds)
        let evaluation = try OffPolicyEvaluation(rounds: rounds, policy: table, model: table)
        let found = evaluation.estimates(bootstrap: Bootstrap(replicateCount: 10))
        #expect(found.map(\.estimator) == [.ips, .dm, .dr])
        #expect(evaluation.effectiveSampleSize == 0)
        #expect(!evaluation.trust.isOK)
    }

    @Test func weakEvidenceSaysWhy() throws {
        let few = try Self.evaluation().trust
        #expect(few.reasons.contains { if case .fewEffectiveRounds = $0 { true } else { false } })
        #expect(few.reasons.contains { if case .fewEffectiveRewards = $0 { true } else { false } })
        let many = [Double](repeating: 1.3, count: 400).enumerated().map { $0.offset % 2 == 0 ? 1.3 : 1.2 }
        let off = try OffPolicyEvaluation(
            weights: many, rewards: many.map { $0 > 1.25 ? 1 : 0 }, modelValues: many, modelLogged: many)
        #expect(off.trust.reasons.count == 1)
        #expect(off.trust.reasons.contains { if case .weightsOff = $0 { true } else { false } })
    }

    /// Eight slates of 80 slots: what looks like five standard errors of slots is less than one of slates.
    @Test func weightsOfOneClusterErrTogether() throws {
        let weights = [0, 0, 0, 0, 2, 2, 2, 4.4].flatMap { [Double](repeating: $0, count: 80) }
        func reasons(clusters: [Int]?) throws -> [OffPolicyTrust.Reason] {
            try OffPolicyEvaluation(
                weights: weights, rewards: weights.map { _ in 1 }, modelValues: weights, modelLogged: weights,
                clusters: clusters
            ).trust.reasons
        }
        #expect(try reasons(clusters: weights.indices.map { $0 / 80 }) == [])
        let alone = try reasons(clusters: nil)
        #expect(alone.count == 1)
        #expect(alone.contains { if case .weightsOff = $0 { true } else { false } })
    }

    /// Found on real data: 26 clicks on actions the policy hardly shows, none on those it does.
    @Test func rewardsThatThePolicyHardlySeesAreNoEvidence() throws {
        let weights = (0..<5000).map { $0 < 500 ? 9.1 : 0.1 }
        let rewards = (0..<5000).map { $0 >= 4974 ? 1.0 : 0 }
        let evaluation = try OffPolicyEvaluation(
            weights: weights, rewards: rewards, modelValues: rewards, modelLogged: rewards)
        #expect(evaluation.effectiveSampleSize > 500)
        #expect(evaluation.trust.reasons.contains { if case .fewEffectiveRewards = $0 { true } else { false } })
    }

    @Test func badColumnsAreRefusedByName() {
        #expect(throws: OffPolicyError.empty) {
            try LoggedRounds(actionCount: 1, actions: [], rewards: [], propensities: [])
        }
        #expect(throws: OffPolicyError.shapeMismatch(what: "rewards", count: 0, expected: 1)) {
            try LoggedRounds(actionCount: 1, actions: [0], rewards: [], propensities: [1])
        }
        for propensity in [0, -1, 1.5, .nan] {
            #expect(throws: OffPolicyError.outOfRange(what: "propensity", round: 0)) {
                try LoggedRounds(actionCount: 1, actions: [0], rewards: [1], propensities: [propensity])
            }
        }
        #expect(throws: OffPolicyError.outOfRange(what: "action", round: 1)) {
            try LoggedRounds(actionCount: 1, actions: [0, 1], rewards: [1, 1], propensities: [1, 1])
        }
    }

    @Test func aPolicyThatIsNoDistributionIsRefused() throws {
        let rounds = try Self.rounds()
        let model = try ActionTable(byPosition: [[0, 0]], rounds: rounds)
        for row in [[0.5, 0.4], [1.5, -0.5]] {
            #expect(throws: OffPolicyError.outOfRange(what: "policy", round: 0)) {
                try OffPolicyEvaluation(
                    rounds: rounds, policy: ActionTable(byPosition: [row], rounds: rounds), model: model)
            }
        }
    }
}

@Suite struct SmoothedRewardsTests {
    @Test func eachLevelShrinksTowardsTheOneAbove() {
        var means = SmoothedRewards(actionCount: 2, positionCount: 2, strength: 4)
        for reward in [1.0, 1, 0, 1] { means.learn(action: 0, position: 0, reward: reward) }
        for reward in [0.0, 0, 0, 1] { means.learn(action: 1, position: 1, reward: reward) }
        // Overall 0.5; actions (3 + 4·0.5)/8 and (1 + 4·0.5)/8; cells half way, or the action's where nothing was seen.
        #expect(means.byAction() == [0.625, 0.375])
        #expect(means.byPosition() == [[0.6875, 0.375], [0.625, 0.3125]])
    }

    @Test func noRoundJudgesItself() throws {
        let rounds = try LoggedRounds(
            actionCount: 1, actions: [0, 0, 0, 0], rewards: [1, 1, 0, 0], propensities: [1, 1, 1, 1])
        let model = try SmoothedRewards.crossFitted(rounds, foldCount: 2, strength: 0)
        #expect((0..<4).map { model.value(round: $0, action: 0) } == [0, 0, 1, 1])
    }
}
