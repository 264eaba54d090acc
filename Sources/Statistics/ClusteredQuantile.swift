/// A quantile of values that came in clusters, such as the orders of people: values of one cluster resemble each other
/// and are no independent draws.
public struct ClusteredQuantile: Sendable, Equatable {
    public let value: Double
    public let interval: Interval?  // Nil where the clusters show no spread.

    /// - Parameters:
    ///   - quantile: In 0...1.
    ///   - values: Each with the number of its cluster; those of one cluster side by side. No value is not a number.
    /// - Returns: Nil without values.
    /// - Complexity: O(n log n).
    public init?(_ quantile: Double, of values: [(value: Double, cluster: UInt32)], level: Double = 0.95) {
        guard (0...1).contains(quantile) else { return nil }
        var sizes: [UInt32] = []
        for (index, one) in values.enumerated() {
            if index == 0 || values[index - 1].cluster != one.cluster { sizes.append(0) }
            sizes[sizes.count - 1] += 1
        }
        let sample = ClusteredSample(values.map(\.value), clusterSizes: sizes)
        guard let found = sample.quantile(quantile, level: level) else { return nil }
        self = found
    }

    init(value: Double, interval: Interval?) {
        self.value = value
        self.interval = interval
    }
}

/// Values in clusters, sorted once for all quantiles that are asked of them.
public struct ClusteredSample: Sendable {
    private let values: [Double]
    private let clusterSizes: [UInt32]
    private let sorted: [Double]

    /// - Parameters:
    ///   - values: Those of one cluster side by side. No value is not a number.
    ///   - clusterSizes: Their number for each cluster, each at least 1; together as many as there are values.
    /// - Complexity: O(n log n) for n values.
    public init(_ values: [Double], clusterSizes: [UInt32]) {
        precondition(clusterSizes.reduce(0) { $0 + Int($1) } == values.count, "each value is of a cluster")
        self.values = values
        self.clusterSizes = clusterSizes
        sorted = values.sorted()
    }

    /// Of values that stand for themselves.
    public init(_ values: [Double]) {
        self.init(values, clusterSizes: [UInt32](repeating: 1, count: values.count))
    }

    /// Nil without values.
    ///
    /// The estimate interpolates between order statistics (type 7 of Hyndman and Fan, "Sample Quantiles in Statistical
    /// Packages", The American Statistician 50(4), 1996). Its interval is that of the share of values at or below it,
    /// read back through the order statistics (Woodruff, "Confidence Intervals for Medians and Other Position
    /// Measures", JASA 47(260), 1952); the share is a ratio over clusters by the delta method (Deng, Knoblich and Lu,
    /// KDD 2018, section 4.1).
    /// - Precondition: `quantile` in 0...1.
    /// - Complexity: O(n).
    public func quantile(_ quantile: Double, level: Double = 0.95) -> ClusteredQuantile? {
        precondition((0...1).contains(quantile), "a share")
        guard !sorted.isEmpty else { return nil }
        let center = value(at: quantile)
        guard let share = shareBelow(center).interval(level: level), share.width > 0 else {
            return ClusteredQuantile(value: center, interval: nil)
        }
        let margin = share.width / 2
        return ClusteredQuantile(
            value: center,
            interval: Interval(
                low: value(at: max(0, quantile - margin)), high: value(at: min(1, quantile + margin)), level: level))
    }

    private func value(at quantile: Double) -> Double {
        let place = quantile * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }

    private func shareBelow(_ value: Double) -> RatioEstimate {
        var (tops, topSquares, bottomSquares, products, position) = (0, 0, 0, 0, 0)
        for size in clusterSizes {
            let end = position + Int(size)
            var own = 0
            while position < end {
                own += values[position] <= value ? 1 : 0
                position += 1
            }
            tops += own
            topSquares += own * own
            bottomSquares += Int(size) * Int(size)
            products += own * Int(size)
        }
        return RatioEstimate(
            count: clusterSizes.count, tops: Double(tops), bottoms: Double(values.count),
            topSquares: Double(topSquares), bottomSquares: Double(bottomSquares), products: Double(products))
    }
}
