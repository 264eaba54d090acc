/// What another policy would have earned, from rounds that a logging policy chose.
///
/// Sources: IPS: Horvitz and Thompson 1952; Strehl et al., "Learning from Logged Implicit Exploration Data", 2010.
/// SNIPS: Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NIPS 2015.
/// DM and DR: Dudík et al., "Doubly Robust Policy Evaluation and Optimization", Statistical Science 29(4), 2014.
/// Values agree with the Open Bandit Pipeline (obp 0.4.1).
public struct OffPolicyEvaluation: Sendable {
    public enum Estimator: String, Sendable, CaseIterable { case ips, snips, dm, dr }

    public let weights: [Double]  // Shape [rounds]: π_e(action) / π_b(action).
    public let rewards: [Double]  // Shape [rounds].
    public let modelValues: [Double]  // Shape [rounds]: Σ over actions of π_e(a) · q̂(a); a model's value of the round.
    public let modelLogged: [Double]  // Shape [rounds]: q̂(logged action).
    public let clusters: [Int]?  // Shape [rounds]: rounds that may depend on each other, such as one person's.

    /// - Parameters:
    ///   - policy: π_e; every row a round uses sums to 1 within 1e-6.
    ///   - model: q̂, from rounds other than the one it is used on (`SmoothedRewards.crossFitted`).
    public init(
        rounds: LoggedRounds, policy: ActionTable, model: ActionTable, clusters: [Int]? = nil
    ) throws(OffPolicyError) {
        for table in [policy, model] where table.actionCount != rounds.actionCount {
            throw .shapeMismatch(what: "actions", count: table.actionCount, expected: rounds.actionCount)
        }
        for table in [policy, model] where table.rowOfRound.count != rounds.count {
            throw .shapeMismatch(what: "rounds", count: table.rowOfRound.count, expected: rounds.count)
        }
        var modelValues: [Double] = []
        for round in 0..<rounds.count {
            let row = policy.row(round: round)
            var total = 0.0
            var value = 0.0
            for (probability, reward) in zip(row, model.row(round: round)) {
                guard probability >= 0 else { throw .outOfRange(what: "policy", round: round) }
                total += probability
                value += probability * reward
            }
            guard abs(total - 1) <= 1e-6 else { throw .outOfRange(what: "policy", round: round) }
            modelValues.append(value / total)
        }
        try self.init(
            weights: (0..<rounds.count).map {
                policy.value(round: $0, action: rounds.actions[$0]) / rounds.propensities[$0]
            }, rewards: rounds.rewards, modelValues: modelValues,
            modelLogged: (0..<rounds.count).map { model.value(round: $0, action: rounds.actions[$0]) },
            clusters: clusters)
    }

    /// From columns that the caller worked out itself, for logs in which each round has candidates of its own.
    public init(
        weights: [Double], rewards: [Double], modelValues: [Double], modelLogged: [Double], clusters: [Int]? = nil
    ) throws(OffPolicyError) {
        guard !weights.isEmpty else { throw .empty }
        let counts = [rewards.count, modelValues.count, modelLogged.count, clusters?.count ?? weights.count]
        for (what, count) in zip(["rewards", "model values", "model logged", "clusters"], counts)
        where count != weights.count {
            throw .shapeMismatch(what: what, count: count, expected: weights.count)
        }
        if let round = weights.firstIndex(where: { !($0 >= 0) || !$0.isFinite }) {
            throw .outOfRange(what: "weight", round: round)
        }
        self.weights = weights
        self.rewards = rewards
        self.modelValues = modelValues
        self.modelLogged = modelLogged
        self.clusters = clusters
    }

    public var count: Int { weights.count }

    /// Kish's (Σw)² / Σw²: how many rounds of the policy's own the log is worth; 0 where no weight is positive.
    ///
    /// Source: Kish, "Survey Sampling", 1965; Owen, "Monte Carlo Theory, Methods and Examples", eq. 9.13.
    public var effectiveSampleSize: Double {
        let sum = weights.reduce(0, +)
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        return squares > 0 ? sum * sum / squares : 0
    }

    /// The estimate is the mean of these over the rounds, as obp's `_estimate_round_rewards` has them; NaN for SNIPS
    /// where no weight is positive.
    public func contributions(_ estimator: Estimator) -> [Double] {
        let columns = columns(estimator)
        guard let bottom = columns.bottom else { return columns.top }
        let mean = bottom.reduce(0, +) / Double(count)
        return columns.top.map { $0 / mean }
    }

    /// Every estimator is a ratio of sums over rounds; a nil bottom is one per round.
    func columns(_ estimator: Estimator) -> (top: [Double], bottom: [Double]?) {
        switch estimator {
        case .ips: (zip(weights, rewards).map(*), nil)
        case .snips: (zip(weights, rewards).map(*), weights)
        case .dm: (modelValues, nil)
        case .dr: (weights.indices.map { modelValues[$0] + weights[$0] * (rewards[$0] - modelLogged[$0]) }, nil)
        }
    }
}
