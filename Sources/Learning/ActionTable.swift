/// One number per action for each round: a policy's probabilities, or a model's rewards. Rounds may share a row, so
/// that a policy without context costs positions × actions and not rounds × actions.
public struct ActionTable: Sendable, Equatable {
    public let actionCount: Int
    let rowOfRound: [Int]
    let values: [Double]  // Row after row.

    /// - Parameters:
    ///   - rows: Each of shape `[actionCount]`, finite.
    ///   - rowOfRound: Shape `[rounds]`; which row holds for the round, at the round's own position.
    public init(rows: [[Double]], rowOfRound: [Int]) throws(OffPolicyError) {
        guard let actionCount = rows.first?.count else { throw .empty }
        for (index, row) in rows.enumerated() {
            guard row.count == actionCount else {
                throw .shapeMismatch(what: "row", count: row.count, expected: actionCount)
            }
            guard row.allSatisfy(\.isFinite) else { throw .outOfRange(what: "row", round: index) }
        }
        for (round, row) in rowOfRound.enumerated() where !rows.indices.contains(row) {
            throw .outOfRange(what: "row of round", round: round)
        }
        self.actionCount = actionCount
        self.rowOfRound = rowOfRound
        values = rows.flatMap { $0 }
    }

    /// The same for every round at one position: `byPosition` has shape `[positions][actions]`.
    public init(byPosition rows: [[Double]], rounds: LoggedRounds) throws(OffPolicyError) {
        try self.init(rows: rows, rowOfRound: rounds.positions)
    }

    public func value(round: Int, action: Int) -> Double { values[rowOfRound[round] * actionCount + action] }

    func row(round: Int) -> ArraySlice<Double> {
        let start = rowOfRound[round] * actionCount
        return values[start..<start + actionCount]
    }
}
