public import Domain

/// Estimates what other policies would have earned, from decisions that were logged with their propensities.
///
/// The log is split by time: policies and the reward model learn from the first half, the second half judges them, so
/// no slot judges what it taught. A slot is one round: the slots before it are taken as given, its candidates are those
/// still left. A policy's value is therefore per slot, with the rest of the slate as it was logged (the item-position
/// model of Li et al., "Offline Evaluation of Ranking Policies with Click Models", KDD 2018).
public struct EvaluatePolicies: Sendable {
    public struct BetaPrior: Sendable, Equatable {
        public let alpha: Double
        public let beta: Double

        public init(alpha: Double, beta: Double) {
            self.alpha = alpha
            self.beta = beta
        }
    }

    public struct Options: Sendable, Equatable {
        public var floor = 0.1  // Share of each evaluated policy that explores uniformly.
        public var topShare = 0.1  // Share of the candidates that a ranking policy shows, each as often as the others.
        public var replicateCount = 1000  // Of the bootstrap.
        public var seed: UInt64 = 1
        public var thompsonPriors: [Subject: BetaPrior] = [:]  // Where given: Thompson sampling from them, as `bts`.

        public init() {}
    }

    public static let decisionCountLeast = 20

    private let options: Options

    public init(options: Options = Options()) { self.options = options }

    /// - Parameter decisions: Of one log, in any order.
    /// - Complexity: O(candidates of all decisions + bootstrap replicates · slots).
    public func callAsFunction(
        log: String, decisions: [LoggedDecision]
    ) throws(EvaluatePoliciesError) -> PolicyTable {
        var evaluation = PolicyEvaluation(decisionCount: decisions.count, options: options)
        for decision in decisions.sorted(by: { $0.decision.time < $1.decision.time }) { evaluation.add(decision) }
        return try evaluation.table(log: log)
    }
}
