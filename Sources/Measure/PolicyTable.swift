/// What policies are worth, from one log of decisions.
public struct PolicyTable: Sendable, Equatable {
    /// A mean outcome per slot shown, in 0...1 for the logged policy; an estimate may leave that range.
    public struct Estimate: Sendable, Equatable {
        public let estimator: String  // `ips`, `snips`, `dr`; `on_policy` for what was observed.
        public let value: Double
        public let low: Double  // Ends of the 95% interval.
        public let high: Double
    }

    public enum Trust: String, Sendable {
        case ok
        case lowESS = "low_ess"  // The log says too little about this policy; `Policy.doubts` says why.
    }

    /// Why an estimate cannot be relied on.
    public struct Doubt: Sendable, Equatable {
        public enum Code: String, Sendable, CaseIterable {
            case fewSlots = "few_slots"  // `value` slots of the policy's own are too few.
            case fewOutcomes = "few_outcomes"  // `value` positive outcomes of the policy's own are too few.
            case weightsOff = "weights_off"  // Weights average `value`: propensities are wrong, or support is missing.
        }

        public let code: Code
        public let value: Double
        public let wanted: Double
    }

    public struct Policy: Sendable, Equatable {
        public let policy: String  // `logged`, `learned`, `popularity`, `random`, and `bts` where priors were given.
        public let estimates: [Estimate]  // None where the log never did what the policy would.
        public let effectiveSampleSize: Double  // Slots of the policy's own that the log is worth.
        public let doubts: [Doubt]
        public var trust: Trust { doubts.isEmpty ? .ok : .lowESS }
        public let note: String
    }

    public let log: String
    public let decisionCount: Int  // Of the whole log.
    public let outcomeCount: Int  // Positive outcomes of the whole log.
    public let slotCountEvaluated: Int  // Slots of the second half, on which every number below rests.
    public let slotCountLeftOut: Int  // Slots without a usable propensity, or whose choice was no candidate.
    public let slotCountUnseen: Int  // Slots that no exposure tells of: chosen, and never shown as far as is known.
    public let onPolicy: Estimate  // What the second half earned.
    public let policies: [Policy]
}

/// Why a log has no policy table.
public enum EvaluatePoliciesError: Error, Equatable {
    case tooFewDecisions(count: Int, least: Int)
    case noUsableSlot(leftOut: Int, unseen: Int)
}
