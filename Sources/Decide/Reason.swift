/// Why something was chosen. The raw values are the codes of `Domain.Decision.Choice.reasons`.
public enum Reason: String, Sendable, CaseIterable {
    case explored  // The draw took it although others scored higher.
    case dueAgain = "due_again"
    case boughtBefore = "bought_before"
    case boughtTogether = "bought_together"
    case categoryAffinity = "category_affinity"
    case popular
    case newItem = "new_item"
    case requested
}

extension Reason {
    /// The reasons that hold, strongest first; never empty.
    ///
    /// - Parameter isExplored: The candidate is not among the best of this decision by score.
    static func reasons(facts: Facts, sources: RecallSources, isExplored: Bool) -> [Reason] {
        var reasons: [Reason] = isExplored ? [.explored] : []
        if facts.bought >= 2, let ratio = facts.gapRatio, (0.7...2.5).contains(ratio) { reasons.append(.dueAgain) }
        if facts.bought > 0 { reasons.append(.boughtBefore) }
        if facts.together > 0.02 || sources.contains(.together) { reasons.append(.boughtTogether) }
        if facts.bought == 0, facts.categoryShare >= 0.03 { reasons.append(.categoryAffinity) }
        if facts.popularityGap <= 3 || sources.contains(.popular) { reasons.append(.popular) }
        if sources.contains(.newItem) || facts.item == nil { reasons.append(.newItem) }
        if sources.contains(.requested) { reasons.append(.requested) }
        if reasons.isEmpty { reasons.append(facts.touched > 0 ? .categoryAffinity : .popular) }
        return reasons
    }
}
