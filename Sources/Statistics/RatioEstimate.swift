/// The ratio of two means over the same units, such as value per order or clicks per person; mergeable.
///
/// Source: the delta method; Deng, Knoblich and Lu, "Applying the Delta Method in Metric Analytics", KDD 2018, eq. 5.
public struct RatioEstimate: Sendable, Equatable {
    public private(set) var count: Int = 0
    private var meanTop: Double = 0
    private var meanBottom: Double = 0
    private var squaresTop: Double = 0  // Sums of squared deviations, and of their product.
    private var squaresBottom: Double = 0
    private var products: Double = 0

    public init() {}

    /// Of sums over units that were made elsewhere: of the tops, the bottoms, their squares and their products.
    ///
    /// Exact only as far as the sums are: meant for counts.
    public init(
        count: Int, tops: Double, bottoms: Double, topSquares: Double, bottomSquares: Double, products: Double
    ) {
        guard count > 0 else { return }
        let n = Double(count)
        self.count = count
        meanTop = tops / n
        meanBottom = bottoms / n
        squaresTop = max(0, topSquares - tops * meanTop)
        squaresBottom = max(0, bottomSquares - bottoms * meanBottom)
        self.products = products - tops * meanBottom
    }

    /// One unit's share of the numerator and of the denominator.
    public mutating func add(top: Double, bottom: Double) {
        var one = RatioEstimate()
        one.count = 1
        one.meanTop = top
        one.meanBottom = bottom
        merge(one)
    }

    public mutating func merge(_ other: Self) {
        guard other.count > 0 else { return }
        let total = Double(count + other.count)
        let deltaTop = other.meanTop - meanTop
        let deltaBottom = other.meanBottom - meanBottom
        let cross = Double(count) * Double(other.count) / total
        squaresTop += other.squaresTop + deltaTop * deltaTop * cross
        squaresBottom += other.squaresBottom + deltaBottom * deltaBottom * cross
        products += other.products + deltaTop * deltaBottom * cross
        meanTop += deltaTop * Double(other.count) / total
        meanBottom += deltaBottom * Double(other.count) / total
        count += other.count
    }

    /// Nil where the denominator is zero.
    public var ratio: Double? { meanBottom == 0 ? nil : meanTop / meanBottom }

    /// Nil for fewer than two units or a zero denominator.
    public var standardError: Double? {
        guard let ratio, count > 1 else { return nil }
        let residualSquares = squaresTop - 2 * ratio * products + ratio * ratio * squaresBottom
        let n = Double(count)
        return (max(0, residualSquares) / (n - 1) / n).squareRoot() / abs(meanBottom)
    }

    /// With Student quantiles of `count − 1` degrees; nil where the standard error is.
    public func interval(level: Double = 0.95) -> Interval? {
        guard let ratio, let standardError else { return nil }
        let t = StudentLaw.quantile(0.5 + level / 2, degrees: Double(count - 1))
        return Interval(center: ratio, margin: t * standardError, level: level)
    }
}
