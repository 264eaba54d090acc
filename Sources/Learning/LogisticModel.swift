private import Glibc

/// Weights as one learner published them: immutable, shared by any number of readers without a copy or a lock.
///
/// Memory: 4 bytes × 2^bits, however many readers hold it.
public struct LogisticModel: Sendable, Equatable {
    public let exampleCount: UInt64  // Examples learned from before this was published.
    let weights: [Float]  // Shape [2^bits].

    /// Log-odds of each row, shape `[rows.count]`.
    ///
    /// - Parameter shared: Log-odds of the features that all rows have in common (`logOdds(of:row:)`), so that a
    ///   person's history is summed once and not once per candidate.
    /// - Complexity: O(features), no allocation but the result.
    public func logOdds(of rows: FeatureRows, shared: Double = 0) -> [Double] {
        (0..<rows.count).map { shared + logOdds(of: rows, row: $0) }
    }

    public func logOdds(of rows: FeatureRows, row: Int) -> Double {
        let mask = UInt32(truncatingIfNeeded: weights.count - 1)
        var sum = 0.0
        for index in rows.range(row) {
            sum += Double(weights[Int(rows.hashes[index] & mask)]) * Double(rows.values[index])
        }
        return sum
    }

    /// The probability that belongs to log-odds, in 0...1; never NaN for a finite argument.
    public static func probability(logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }

    /// The log-odds that belong to a probability strictly inside 0...1; outside, those of the nearest one inside.
    public static func logOdds(probability: Double) -> Double {
        let inside = min(max(probability, 1e-12), 1 - 1e-12)
        return log(inside / (1 - inside))
    }
}
