/// Why logged rounds, or what is to be evaluated on them, cannot be used.
public enum OffPolicyError: Error, Equatable {
    case empty
    case shapeMismatch(what: String, count: Int, expected: Int)
    case outOfRange(what: String, round: Int)
}

/// What a logging policy did and what came of it, in columns of shape `[rounds]`.
public struct LoggedRounds: Sendable, Equatable {
    public let actionCount: Int
    public let positionCount: Int
    public let actions: [Int]  // 0..<actionCount.
    public let rewards: [Double]
    public let propensities: [Double]  // P(action | context, position) under the logging policy, in 0<...1.
    public let positions: [Int]  // 0..<positionCount; all 0 where the log has none.

    /// - Throws: `OffPolicyError` naming the first column or round at fault.
    public init(
        actionCount: Int, positionCount: Int = 1, actions: [Int], rewards: [Double], propensities: [Double],
        positions: [Int]? = nil
    ) throws(OffPolicyError) {
        let count = actions.count
        let positions = positions ?? [Int](repeating: 0, count: count)
        guard count > 0 else { throw .empty }
        for (what, column) in [
            ("rewards", rewards.count), ("propensities", propensities.count), ("positions", positions.count),
        ] where column != count {
            throw .shapeMismatch(what: what, count: column, expected: count)
        }
        for round in 0..<count {
            guard (0..<actionCount).contains(actions[round]) else { throw .outOfRange(what: "action", round: round) }
            guard (0..<positionCount).contains(positions[round]) else {
                throw .outOfRange(what: "position", round: round)
            }
            guard rewards[round].isFinite else { throw .outOfRange(what: "reward", round: round) }
            guard propensities[round] > 0, propensities[round] <= 1 else {
                throw .outOfRange(what: "propensity", round: round)
            }
        }
        self.actionCount = actionCount
        self.positionCount = positionCount
        self.actions = actions
        self.rewards = rewards
        self.propensities = propensities
        self.positions = positions
    }

    public var count: Int { actions.count }
}
