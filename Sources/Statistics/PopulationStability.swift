private import Glibc

/// How far a distribution over classes has moved: Σ (p − q) · ln(p / q) over the classes that either sample has, with
/// half a count added to each so that an empty class is finite.
///
/// Under no change the index times (1/n + 1/m)⁻¹ follows χ² with one degree less than there are classes: that gives
/// the value below which chance alone stays.
///
/// Source: Yurdakul and Naranjo, "Statistical properties of the population stability index", Journal of Risk Model
/// Validation 14(4), 2020; χ² quantiles by Wilson and Hilferty, PNAS 17(12), 1931.
public struct PopulationStability: Sendable, Equatable {
    public let index: Double
    public let chance: Double  // Below it with the given level where nothing has changed.

    /// By how much it is more than chance would do; 0 where it is not.
    public var excess: Double { max(0, index - chance) }

    /// Nil where a sample is empty or there is one class only.
    ///
    /// - Parameters:
    ///   - before: Counts by class.
    ///   - now: Of the same shape.
    ///   - level: Of the χ² quantile, in 0.5..<1.
    public init?(before: [Int], now: [Int], level: Double = 0.95) {
        precondition(before.count == now.count && (0.5..<1).contains(level), "classes of one shape, and a level")
        let classes = before.indices.filter { before[$0] + now[$0] > 0 }
        let (m, n) = (before.reduce(0, +), now.reduce(0, +))
        guard m > 0, n > 0, classes.count > 1 else { return nil }
        let smoothing = 0.5
        let (wholeBefore, wholeNow) = (
            Double(m) + smoothing * Double(classes.count), Double(n) + smoothing * Double(classes.count)
        )
        index = classes.reduce(0) { sum, place in
            let p = (Double(now[place]) + smoothing) / wholeNow
            let q = (Double(before[place]) + smoothing) / wholeBefore
            return sum + (p - q) * log(p / q)
        }
        chance = Self.chiSquareQuantile(level, degrees: classes.count - 1) * (1 / Double(m) + 1 / Double(n))
    }

    /// Within 1% of the exact value from two degrees on, within 3% for one.
    static func chiSquareQuantile(_ level: Double, degrees: Int) -> Double {
        let spread = 2 / (9 * Double(degrees))
        let root = 1 - spread + NormalLaw.quantile(level) * spread.squareRoot()
        return Double(degrees) * root * root * root
    }
}
