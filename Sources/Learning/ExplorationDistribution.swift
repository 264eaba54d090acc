private import Glibc

/// Why a distribution could not be made.
public enum ExplorationError: Error, Equatable {
    case noCandidates
    case notFinite(index: Int)
    case floorOutOfRange(Double)
    case temperatureOutOfRange(Double)
    case notADistribution(sum: Double)
    case belowFloor(index: Int)
}

/// What is chosen for a slot, said as probabilities: `floor · uniform + (1 − floor) · softmax(score / temperature)`.
///
/// A slate is drawn without replacement. For each slot the same mixture holds over what is left: the uniform part is
/// over the candidates left, the softmax part is renormalised over them. So every candidate left has at least
/// `floor / left` at every slot, and the propensity of a slot given the slots before it is exact.
///
/// The softmax part is read back from the first slot's probabilities, also when drawing. Whoever has these (a log) and
/// the slate therefore recomputes the same propensities to the last bit. The price: where less than 1e-12 of the
/// softmax is left, scores can no longer be told apart, and what is left is drawn uniformly; keep the spread of
/// `score / temperature` below about 25.
///
/// Source: Plackett, "The Analysis of Permutations", Applied Statistics 24(2), 1975 (softmax without replacement);
/// the floor as in Auer et al., "The Nonstochastic Multiarmed Bandit Problem", 2002 (Exp3's γ).
public struct ExplorationDistribution: Sendable, Equatable {
    /// One slot of a drawn slate.
    public struct Draw: Sendable, Equatable {
        public let index: Int  // Of the candidate.
        public let probability: Double  // P(chosen for this slot | the slots before it).
    }

    private static let softmaxShareLeast = 1e-12

    public let floor: Double  // Share of the draw that is uniform, in 0...1.
    public let probabilities: [Double]  // Shape [n]: P(chosen for the first slot); they sum to 1 within 1e-12.
    private let preferences: [Double]  // Shape [n]: the softmax part of the mixture, read back.

    /// - Parameters:
    ///   - scores: Shape `[n]`, any finite numbers; only differences matter.
    ///   - temperature: > 0, in units of the scores; small is greedy.
    public init(scores: [Double], floor: Double, temperature: Double) throws(ExplorationError) {
        guard (0...1).contains(floor) else { throw .floorOutOfRange(floor) }
        guard temperature > 0, temperature.isFinite else { throw .temperatureOutOfRange(temperature) }
        if let index = scores.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
        guard let best = scores.max() else { throw .noCandidates }
        let powers = scores.map { exp(($0 - best) / temperature) }
        let total = Self.sum(powers)
        let uniform = 1 / Double(scores.count)
        let mixture = powers.map { floor * uniform + (1 - floor) * ($0 / total) }
        self.init(floor: floor, normalizing: mixture)
    }

    /// From a log: the first slot's probabilities as they were logged, so that later slots can be recomputed.
    ///
    /// - Parameter probabilities: Shape `[n]`; none below `floor / n`, their sum within 1e-6 of 1. Kept as they are.
    public init(loggedProbabilities probabilities: [Double], floor: Double) throws(ExplorationError) {
        guard (0...1).contains(floor) else { throw .floorOutOfRange(floor) }
        guard !probabilities.isEmpty else { throw .noCandidates }
        if let index = probabilities.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
        let sum = Self.sum(probabilities)
        guard abs(sum - 1) <= 1e-6 else { throw .notADistribution(sum: sum) }
        let least = floor / Double(probabilities.count) * (1 - 1e-9)
        if let index = probabilities.firstIndex(where: { $0 < least }) { throw .belowFloor(index: index) }
        self.init(floor: floor, probabilities: probabilities)
    }

    private init(floor: Double, normalizing mixture: [Double]) {
        let sum = Self.sum(mixture)
        var probabilities = mixture.map { $0 / sum }
        let rest = 1 - Self.sum(probabilities)  // A few units in the last place: the likeliest bears it.
        if let top = probabilities.indices.max(by: { probabilities[$0] < probabilities[$1] }) {
            probabilities[top] += rest
        }
        self.init(floor: floor, probabilities: probabilities)
    }

    private init(floor: Double, probabilities: [Double]) {
        self.floor = floor
        self.probabilities = probabilities
        let uniform = floor / Double(probabilities.count)
        preferences = probabilities.map { max(0, $0 - uniform) }
    }

    public var count: Int { probabilities.count }

    /// Draws up to `slotCount` different candidates; all of them where there are fewer.
    ///
    /// - Complexity: O(n · slots).
    public func drawSlate(count slotCount: Int, using generator: inout some RandomNumberGenerator) -> [Draw] {
        var left = Array(probabilities.indices)
        var draws: [Draw] = []
        for _ in 0..<max(0, min(slotCount, left.count)) {
            let share = preferenceShare(of: left)
            let place = drawPlace(in: left, share: share, using: &generator)
            let index = left[place]
            draws.append(Draw(index: index, probability: probability(of: index, leftCount: left.count, share: share)))
            left.remove(at: place)
        }
        return draws
    }

    /// The propensity of each slot of a slate, given the slots before it; bit for bit what `drawSlate` gave.
    ///
    /// - Returns: Nil where the slate names a candidate twice or one that does not exist.
    public func propensities(ofSlate slate: [Int]) -> [Double]? {
        var left = Array(probabilities.indices)
        var found: [Double] = []
        for index in slate {
            guard let place = left.firstIndex(of: index) else { return nil }
            found.append(probability(of: index, leftCount: left.count, share: preferenceShare(of: left)))
            left.remove(at: place)
        }
        return found
    }

    /// The distribution of the slot that follows `chosen`, shape `[n]`; 0 for the chosen ones.
    public func conditional(after chosen: [Int]) -> [Double] {
        let taken = Set(chosen)
        let left = probabilities.indices.filter { !taken.contains($0) }
        let share = preferenceShare(of: left)
        var conditional = [Double](repeating: 0, count: count)
        for index in left { conditional[index] = probability(of: index, leftCount: left.count, share: share) }
        return conditional
    }

    private func preferenceShare(of left: [Int]) -> Double { left.reduce(0) { $0 + preferences[$1] } }

    private func isUniform(share: Double) -> Bool { share <= Self.softmaxShareLeast * (1 - floor) }

    private func probability(of index: Int, leftCount: Int, share: Double) -> Double {
        if leftCount == count { return probabilities[index] }
        if isUniform(share: share) { return 1 / Double(leftCount) }
        return floor / Double(leftCount) + (1 - floor) * (preferences[index] / share)
    }

    /// The mixture as it reads: a coin for the uniform part, then one part or the other.
    private func drawPlace(in left: [Int], share: Double, using generator: inout some RandomNumberGenerator) -> Int {
        if isUniform(share: share) || Double.random(in: 0..<1, using: &generator) < floor {
            return Int.random(in: left.indices, using: &generator)
        }
        var rest = Double.random(in: 0..<1, using: &generator) * share
        for (place, index) in left.enumerated() {
            rest -= preferences[index]
            if rest < 0 { return place }
        }
        return left.lastIndex { preferences[$0] > 0 } ?? left.count - 1
    }

    /// Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, 1974.
    private static func sum(_ values: [Double]) -> Double {
        var sum = 0.0
        var compensation = 0.0
        for value in values {
            let next = sum + value
            compensation += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        return sum + compensation
    }
}
