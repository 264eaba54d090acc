/// How far models differ in whom they credit: 0 where all agree, 1 where no two credit any key in common.
///
/// The mean over pairs of models of the total variation distance, ½ Σ|pᵢ − qᵢ|, between their shares: the part of the
/// credit that changes hands when one model is taken for another. Shares below zero could take it past 1; it is cut
/// there.
public struct Disagreement: Sendable, Equatable {
    public let index: Double  // In 0...1.
    public let distances: [[Double]]  // Shape [models][models].

    /// - Parameter shares: Shape [models][keys].
    public init(_ shares: [[Double]]) {
        distances = shares.map { one in
            shares.map { other in min(1, zip(one, other).reduce(0) { $0 + abs($1.0 - $1.1) } / 2) }
        }
        let pairs = shares.count * (shares.count - 1)
        index = pairs == 0 ? 0 : distances.joined().reduce(0, +) / Double(pairs)
    }
}
