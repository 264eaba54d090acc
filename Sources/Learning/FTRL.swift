private import Glibc

/// Logistic regression that learns one example at a time: FTRL-Proximal with per-slot step sizes.
///
/// Source: McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013, Algorithm 1: weights are not
/// stored but follow from `z` and `n` when they are read, and are exactly 0 while |z| ≤ λ₁. Differs from the paper:
/// a slot that occurs twice in a row takes two steps; an example may have an importance, which scales its gradient.
///
/// Memory: 8 bytes × 2^bits, plus 4 bytes × 2^bits per published model: 3 MiB at 18 bits.
public struct FTRL: Sendable, Equatable {
    public struct Options: Sendable, Equatable {
        public let bits: Int  // 2^bits slots; features beyond share slots.
        public let alpha: Float  // Step size; the paper's α.
        public let beta: Float  // Smooths early steps; the paper's β.
        public let lambda1: Float  // L1 penalty; the paper's λ₁: rare features stay at weight 0.
        public let lambda2: Float  // L2 penalty; the paper's λ₂.

        /// Nil unless `bits` in 1...26, `alpha` and `beta` > 0, penalties ≥ 0, all finite.
        public init?(bits: Int, alpha: Float = 0.1, beta: Float = 1, lambda1: Float = 0, lambda2: Float = 1) {
            guard (1...26).contains(bits), alpha > 0, beta > 0, lambda1 >= 0, lambda2 >= 0,
                [alpha, beta, lambda1, lambda2].allSatisfy(\.isFinite)
            else { return nil }
            self.init(validatedBits: bits, alpha: alpha, beta: beta, lambda1: lambda1, lambda2: lambda2)
        }

        private init(validatedBits: Int, alpha: Float, beta: Float, lambda1: Float, lambda2: Float) {
            bits = validatedBits
            self.alpha = alpha
            self.beta = beta
            self.lambda1 = lambda1
            self.lambda2 = lambda2
        }

        public static let standard = Options(validatedBits: 18, alpha: 0.1, beta: 1, lambda1: 0, lambda2: 1)
    }

    public let options: Options
    public private(set) var exampleCount: UInt64 = 0
    private(set) var z: [Float]  // Gradient sums less what the weights explain, shape [2^bits]; the paper's z.
    private(set) var n: [Float]  // Sums of squared gradients, shape [2^bits]; the paper's n.

    public init(options: Options = .standard) {
        self.options = options
        z = .init(repeating: 0, count: 1 << options.bits)
        n = z
    }

    init(options: Options, exampleCount: UInt64, z: [Float], n: [Float]) {
        self.options = options
        self.exampleCount = exampleCount
        self.z = z
        self.n = n
    }

    /// Learns that the row's example was positive or not.
    ///
    /// - Parameters:
    ///   - importance: Weight of the example, finite and ≥ 0; anything else learns nothing.
    ///   - offset: Log-odds that are known beforehand; what is learned is the difference to them. Finite.
    /// - Returns: The probability as predicted *before* the update (progressive validation).
    @discardableResult
    public mutating func learn(
        _ rows: FeatureRows, row: Int = 0, label: Bool, importance: Float = 1, offset: Double = 0
    ) -> Double {
        let mask = slotMask
        var logOdds = offset
        for index in rows.range(row) {
            logOdds += Double(weight(Int(rows.hashes[index] & mask))) * Double(rows.values[index])
        }
        let probability = LogisticModel.probability(logOdds: logOdds)
        guard importance.isFinite, importance >= 0, offset.isFinite else { return probability }
        let error = Float(probability - (label ? 1 : 0)) * importance
        for index in rows.range(row) {
            step(Int(rows.hashes[index] & mask), gradient: error * rows.values[index])
        }
        exampleCount += 1
        return probability
    }

    /// The weights as of now, for readers on other threads.
    ///
    /// - Complexity: O(2^bits): publish every few seconds, not per example.
    public func published() -> LogisticModel {
        LogisticModel(exampleCount: exampleCount, weights: (0..<z.count).map(weight))
    }

    private var slotMask: UInt32 { UInt32(truncatingIfNeeded: z.count - 1) }

    /// The paper's equation (3).
    private func weight(_ slot: Int) -> Float {
        let sum = z[slot]
        if abs(sum) <= options.lambda1 { return 0 }
        let shrunk = sum - (sum < 0 ? -options.lambda1 : options.lambda1)
        return -shrunk / ((options.beta + n[slot].squareRoot()) / options.alpha + options.lambda2)
    }

    private mutating func step(_ slot: Int, gradient: Float) {
        let squaresNext = n[slot] + gradient * gradient
        guard squaresNext.isFinite else { return }
        let sigma = (squaresNext.squareRoot() - n[slot].squareRoot()) / options.alpha
        z[slot] += gradient - sigma * weight(slot)
        n[slot] = squaresNext
    }
}
