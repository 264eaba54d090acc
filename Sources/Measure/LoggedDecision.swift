public import Domain

/// A decision and what came of each of its slots.
public struct LoggedDecision: Sendable, Equatable {
    public let decision: Decision
    public let isPositive: [Bool]  // Shape [choices]: whether the slot's choice had the outcome that counts.

    /// Nil unless there is one flag per choice.
    public init?(decision: Decision, isPositive: [Bool]) {
        guard isPositive.count == decision.choices.count else { return nil }
        self.decision = decision
        self.isPositive = isPositive
    }
}
