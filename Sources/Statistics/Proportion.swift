/// A count of positives among a count of trials; two of them merge by adding.
public struct Proportion: Sendable, Equatable {
    public private(set) var positives: Int
    public private(set) var total: Int

    /// Nil unless 0 ≤ `positives` ≤ `total`.
    public init?(positives: Int, total: Int) {
        guard positives >= 0, positives <= total else { return nil }
        self.positives = positives
        self.total = total
    }

    public init() {
        positives = 0
        total = 0
    }

    public mutating func add(_ isPositive: Bool) {
        total += 1
        if isPositive { positives += 1 }
    }

    public mutating func merge(_ other: Self) {
        positives += other.positives
        total += other.total
    }

    /// Nil where nothing was tried.
    public var rate: Double? { total == 0 ? nil : Double(positives) / Double(total) }

    /// Wilson's score interval, without continuity correction; 0...1 where nothing was tried.
    ///
    /// Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158), 1927.
    public func interval(level: Double = 0.95) -> Interval {
        guard let rate else { return Interval(low: 0, high: 1, level: level) }
        return Self.interval(rate: rate, count: Double(total), level: level)
    }

    /// As `interval`, of a rate among trials of unequal weight that tell as much as so many of equal weight.
    ///
    /// - Precondition: `rate` in 0...1, `count` above 0.
    public static func interval(rate: Double, count n: Double, level: Double = 0.95) -> Interval {
        precondition((0...1).contains(rate) && n > 0, "a rate of some trials")
        let z = NormalLaw.quantile(0.5 + level / 2)
        let shrink = 1 + z * z / n
        let center = (rate + z * z / (2 * n)) / shrink
        let margin = z / shrink * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(
            low: rate == 0 ? 0 : max(0, center - margin), high: rate == 1 ? 1 : min(1, center + margin), level: level)
    }
}
