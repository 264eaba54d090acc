/// The policies that a log is asked about, in the order of the table.
enum PolicyName: String, Sendable, CaseIterable {
    case logged
    case learned
    case popularity
    case random
    case thompson = "bts"

    /// What the policy does, for people who read the table.
    func meaning(_ options: EvaluatePolicies.Options) -> String {
        let exploring = "with \(Int((options.floor * 100).rounded()))% exploration"
        let top = "the top \(Int((options.topShare * 100).rounded()))% of the candidates"
        return switch self {
        case .logged: "What was served."
        case .learned: "Shows \(top) by a model of the first half, which knows the context, \(exploring)."
        case .popularity: "Shows \(top) by mean outcome in the first half, \(exploring)."
        case .random: "Every candidate equally likely."
        case .thompson: "Thompson sampling from the priors given."
        }
    }
}
