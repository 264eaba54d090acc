private import Glibc

/// About how many different things were seen, in 2^precision bytes whatever their number; two sketches merge into that
/// of what either saw.
///
/// Source: Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog", AofA 2007, with hashes of 64 bits as in Heule,
/// Nunkesser and Hall, "HyperLogLog in Practice", EDBT 2013; the estimate is Ertl, "New Cardinality Estimation
/// Algorithms for HyperLogLog Sketches", arXiv 1702.01284, 2017, algorithm 6, which needs neither tables of bias nor
/// another formula for small counts.
public struct DistinctSketch: Sendable, Equatable {
    public static let precisions = 10...16
    public static let precisionUsual = 14  // A standard error of 0.8%, in 16 KiB.

    public let precision: Int
    private var registers: [UInt8]  // Shape [2^precision]: the longest run of zeros, plus 1, of the hashes of each.

    /// - Precondition: `precision` is one of `precisions`.
    public init(precision: Int) {
        self.init(precision: precision, registers: [UInt8](repeating: 0, count: 1 << precision))
    }

    /// What a loop over hashes left, as `add` would have.
    ///
    /// - Precondition: `precision` is one of `precisions`, and there are 2^precision registers.
    public init(precision: Int, registers: [UInt8]) {
        precondition(Self.precisions.contains(precision), "a precision that is known")
        precondition(registers.count == 1 << precision, "a register for each value of the first bits")
        self.precision = precision
        self.registers = registers
    }

    /// - Parameter hash: Of what was seen; its bits are as good as independent.
    public mutating func add(hash: UInt64) {
        let register = Int(hash >> UInt64(64 - precision))
        let rest = hash << UInt64(precision) | 1 << UInt64(precision - 1)
        registers[register] = max(registers[register], UInt8(rest.leadingZeroBitCount + 1))
    }

    /// - Precondition: Both have the same precision.
    public mutating func merge(_ other: Self) {
        precondition(precision == other.precision, "sketches of one precision")
        for i in registers.indices { registers[i] = max(registers[i], other.registers[i]) }
    }

    /// - Complexity: O(2^precision) time.
    public var estimate: Double {
        let m = Double(registers.count)
        let q = 64 - precision
        var counts = [Double](repeating: 0, count: q + 2)  // The paper's C: how many registers hold each value.
        for register in registers { counts[min(Int(register), q + 1)] += 1 }
        var z = m * Self.tau(1 - counts[q + 1] / m)
        for k in stride(from: q, through: 1, by: -1) { z = (z + counts[k]) / 2 }
        z += m * Self.sigma(counts[0] / m)
        return m * m / (2 * log(2.0) * z)
    }

    /// The most that the estimate's standard error is, as a share of the truth: √(3 ln 2 − 1) / √m. Where most
    /// registers are empty, it is up to a third less.
    public var standardError: Double { Self.standardError(precision: precision) }

    public static func standardError(precision: Int) -> Double {
        ((3 * log(2.0) - 1) / Double(1 << precision)).squareRoot()
    }

    /// Normal on the relative scale; never below the number of registers that something fell into.
    public func interval(level: Double = 0.95) -> Interval {
        let estimate = estimate
        let margin = NormalLaw.quantile(0.5 + level / 2) * standardError
        let least = Double(registers.count { $0 > 0 })
        return Interval(low: max(least, estimate / (1 + margin)), high: estimate / (1 - margin), level: level)
    }

    /// The paper's σ: x + Σ x^(2^k) 2^(k−1).
    private static func sigma(_ share: Double) -> Double {
        if share == 1 { return .infinity }
        var (x, y, sum, before) = (share, 1.0, share, -1.0)
        while sum != before {
            before = sum
            x *= x
            sum += x * y
            y += y
        }
        return sum
    }

    /// The paper's τ: (1 − x − Σ (1 − x^(2^−k))² 2^−k) / 3.
    private static func tau(_ share: Double) -> Double {
        if share == 0 || share == 1 { return 0 }
        var (x, y, sum, before) = (share, 1.0, 1 - share, -1.0)
        while sum != before {
            before = sum
            x = x.squareRoot()
            y /= 2
            sum -= (1 - x) * (1 - x) * y
        }
        return sum / 3
    }
}
