public import Base

/// Thompson sampling for yes/no rewards without context: one Beta posterior per action.
///
/// Source: Chapelle and Li, "An Empirical Evaluation of Thompson Sampling", NIPS 2011, Algorithm 2; slates and the
/// action distribution as `BernoulliTS` of the Open Bandit Pipeline (obp 0.4.1) has them.
public struct BernoulliThompson: Sendable, Equatable {
    public private(set) var alphas: [Double]  // Shape [n]: prior successes plus observed ones.
    public private(set) var betas: [Double]  // Shape [n]: prior failures plus observed ones.

    /// Nil unless there is at least one action, and one positive, finite α and β for each.
    public init?(priorAlphas alphas: [Double], priorBetas betas: [Double]) {
        guard !alphas.isEmpty, alphas.count == betas.count,
            (alphas + betas).allSatisfy({ $0 > 0 && $0.isFinite })
        else { return nil }
        self.alphas = alphas
        self.betas = betas
    }

    public mutating func learn(action: Int, isRewarded: Bool) {
        if isRewarded { alphas[action] += 1 } else { betas[action] += 1 }
    }

    /// The best `count` actions of one draw from the posteriors, best first.
    public func drawSlate(count: Int, using generator: inout SeededGenerator) -> [Int] {
        let samples = zip(alphas, betas).map { BetaSampler.beta(a: $0, b: $1, using: &generator) }
        var slate: [Int] = []
        for action in samples.indices {
            let place = slate.firstIndex { samples[$0] < samples[action] } ?? slate.count
            if place < count { slate.insert(action, at: place) }
            if slate.count > count { slate.removeLast() }
        }
        return slate
    }

    /// P(action at position), by Monte Carlo: shape `[positions][actions]`, rows sum to 1; standard error of an entry
    /// p is √(p(1 − p)/simulations).
    ///
    /// - Complexity: O(simulations · actions).
    public func actionDistribution(positionCount: Int, simulationCount: Int, seed: UInt64) -> [[Double]] {
        precondition(positionCount > 0 && positionCount <= alphas.count && simulationCount > 0, "something to count")
        var generator = SeededGenerator(seed: seed)
        var counts = [[Int]](repeating: [Int](repeating: 0, count: alphas.count), count: positionCount)
        for _ in 0..<simulationCount {
            for (position, action) in drawSlate(count: positionCount, using: &generator).enumerated() {
                counts[position][action] += 1
            }
        }
        return counts.map { row in row.map { Double($0) / Double(simulationCount) } }
    }
}
