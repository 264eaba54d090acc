/// Mean rewards per action and position, each level shrunk towards the one above: all → action → action at position.
///
/// The model behind DM and DR, and behind popularity. Chosen over a regression on context because rewards are rare
/// (tens of clicks for hundreds of cells): DR stays unbiased under any model, and this one has no error of its own to
/// add where a cell is empty. A mean of m rounds counts m / (m + `strength`), the rest comes from the level above.
///
/// Source: the posterior mean of a beta-binomial with prior weight `strength`; Efron and Morris, "Stein's Estimation
/// Rule and Its Competitors", JASA 68(341), 1973.
public struct SmoothedRewards: Sendable, Equatable {
    private struct Sums: Sendable, Equatable {
        var reward = 0.0
        var count = 0.0

        func mean(prior: Double, strength: Double) -> Double {
            count + strength > 0 ? (reward + strength * prior) / (count + strength) : prior
        }
    }

    public let actionCount: Int
    public let positionCount: Int
    public let strength: Double  // Rounds that the level above is worth.
    private var cells: [Sums]  // Shape [actions · positions].

    /// - Precondition: counts > 0, `strength` ≥ 0.
    public init(actionCount: Int, positionCount: Int = 1, strength: Double = 50) {
        precondition(actionCount > 0 && positionCount > 0 && strength >= 0, "something to average")
        self.actionCount = actionCount
        self.positionCount = positionCount
        self.strength = strength
        cells = .init(repeating: Sums(), count: actionCount * positionCount)
    }

    public mutating func learn(action: Int, position: Int = 0, reward: Double) {
        cells[action * positionCount + position].reward += reward
        cells[action * positionCount + position].count += 1
    }

    /// Mean reward of each action over all positions, shape `[actions]`: popularity.
    public func byAction() -> [Double] {
        let overall = mean(of: cells.indices).mean(prior: 0, strength: 0)
        return (0..<actionCount).map { mean(of: cellsOf($0)).mean(prior: overall, strength: strength) }
    }

    /// Shape `[positions][actions]`.
    public func byPosition() -> [[Double]] {
        let actions = byAction()
        return (0..<positionCount).map { position in
            actions.enumerated().map { action, prior in
                cells[action * positionCount + position].mean(prior: prior, strength: strength)
            }
        }
    }

    /// q̂ for each round from the rounds outside its fold: folds are contiguous, so rounds close in time, which are
    /// the likeliest to depend on each other, share one.
    ///
    /// Source: Chernozhukov et al., "Double/Debiased Machine Learning", Econometrics Journal 21(1), 2018.
    /// - Precondition: `foldCount` > 1.
    public static func crossFitted(
        _ rounds: LoggedRounds, foldCount: Int = 5, strength: Double = 50
    ) throws(OffPolicyError) -> ActionTable {
        precondition(foldCount > 1, "a round is judged by others")
        let foldOfRound = (0..<rounds.count).map { $0 * foldCount / rounds.count }
        var rows: [[Double]] = []
        for fold in 0..<foldCount {
            var means = Self(
                actionCount: rounds.actionCount, positionCount: rounds.positionCount, strength: strength)
            for round in 0..<rounds.count where foldOfRound[round] != fold {
                means.learn(
                    action: rounds.actions[round], position: rounds.positions[round], reward: rounds.rewards[round])
            }
            rows += means.byPosition()
        }
        let rowOfRound = (0..<rounds.count).map { foldOfRound[$0] * rounds.positionCount + rounds.positions[$0] }
        return try ActionTable(rows: rows, rowOfRound: rowOfRound)
    }

    private func cellsOf(_ action: Int) -> Range<Int> {
        action * positionCount..<(action + 1) * positionCount
    }

    private func mean(of range: Range<Int>) -> Sums {
        cells[range].reduce(into: Sums()) {
            $0.reward += $1.reward
            $0.count += $1.count
        }
    }
}
