public import Domain

/// A decision and what came of each of its slots.
public struct LoggedDecision: Sendable, Equatable {
    public let decision: Decision
    public let isPositive: [Bool]  // Shape [choices]: whether the slot's choice had the outcome that counts.
    public let isShown: [Bool]  // Shape [choices]: what was chosen and never seen can neither succeed nor fail.

    /// Nil unless there is one flag of each kind per choice.
    ///
    /// - Parameter isShown: Nil where every slot was.
    public init?(decision: Decision, isPositive: [Bool], isShown: [Bool]? = nil) {
        let isShown = isShown ?? decision.choices.map { _ in true }
        guard isPositive.count == decision.choices.count, isShown.count == isPositive.count else { return nil }
        self.decision = decision
        self.isPositive = isPositive
        self.isShown = isShown
    }

    /// With what followed: a slot counts where its choice was taken up. Of the program's own decisions a slot was shown
    /// where an exposure of its choice names the decision; other systems log what they showed, and need not tell again.
    ///
    /// - Parameter source: Where the decision comes from.
    public init?(_ decision: Decision, source: SourceName, outcomes: [DecisionIndex.Outcome]) {
        let taken = Set(outcomes.filter(\.isPositive).compactMap(\.subject))
        let seen = Set(outcomes.filter(\.isExposure).compactMap(\.subject))
        self.init(
            decision: decision, isPositive: decision.choices.map { taken.contains($0.subject) },
            isShown: source == .quanyu ? decision.choices.map { seen.contains($0.subject) } : nil)
    }
}
