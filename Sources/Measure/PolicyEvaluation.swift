private import Learning
private import Statistics

/// `EvaluatePolicies` one decision at a time, for logs that are read and not held: memory grows by a few numbers a
/// slot, not by the decisions.
public struct PolicyEvaluation: Sendable {
    private let options: EvaluatePolicies.Options
    private let decisionCountTraining: Int
    private var training = PolicyTraining()
    private var judged: JudgedSlots?
    private var decisionCount = 0
    private var outcomeCount = 0

    /// - Parameter decisionCount: How many decisions will come; the first half of them trains.
    public init(decisionCount: Int, options: EvaluatePolicies.Options = .init()) {
        self.options = options
        decisionCountTraining = decisionCount / 2
    }

    /// The next decision, in order of time.
    public mutating func add(_ logged: LoggedDecision) {
        outcomeCount += logged.isPositive.count(where: \.self)
        if decisionCount < decisionCountTraining {
            training.add(logged)
        } else {
            var slots = judged ?? JudgedSlots(policies: FittedPolicies(training, options: options))
            judged = nil  // One owner: the columns grow in place.
            slots.add(logged)
            judged = slots
        }
        decisionCount += 1
    }

    /// - Throws: Where there is too little to say anything at all.
    public func table(log: String) throws(EvaluatePoliciesError) -> PolicyTable {
        guard decisionCount >= EvaluatePolicies.decisionCountLeast, let judged else {
            throw .tooFewDecisions(count: decisionCount, least: EvaluatePolicies.decisionCountLeast)
        }
        guard judged.slotCount > 0 else {
            throw .noUsableSlot(leftOut: judged.slotCountLeftOut, unseen: judged.slotCountUnseen)
        }
        let bootstrap = Bootstrap(replicateCount: options.replicateCount, seed: options.seed)
        return PolicyTable(
            log: log, decisionCount: decisionCount, outcomeCount: outcomeCount, slotCountEvaluated: judged.slotCount,
            slotCountLeftOut: judged.slotCountLeftOut, slotCountUnseen: judged.slotCountUnseen,
            onPolicy: judged.onPolicy(),
            policies: judged.policies(bootstrap: bootstrap))
    }
}
