/// A quantile of values that came in clusters, such as the orders of people: values of one cluster resemble each other
/// and are no independent draws.
public struct ClusteredQuantile: Sendable, Equatable {
    public let value: Double
    public let interval: Interval?  // Nil for fewer than two clusters.

    /// The estimate interpolates between order statistics (type 7 of Hyndman and Fan, "Sample Quantiles in Statistical
    /// Packages", The American Statistician 50(4), 1996). Its interval is that of the share of values below it, a ratio
    /// over clusters by the delta method, read off the order statistics (Deng, Knoblich and Lu, KDD 2018, section 4.1).
    ///
    /// - Parameters:
    ///   - quantile: In 0...1.
    ///   - values: Each with the number of its cluster; those of one cluster side by side. No value is not a number.
    /// - Returns: Nil without values.
    /// - Complexity: O(n log n).
    public init?(_ quantile: Double, of values: [(value: Double, cluster: UInt32)], level: Double = 0.95) {
        guard !values.isEmpty, (0...1).contains(quantile) else { return nil }
        let sorted = values.map(\.value).sorted()
        let center = Self.interpolated(sorted, quantile)
        value = center
        var shares = RatioEstimate()
        var begin = 0
        while begin < values.count {
            var end = begin
            var below = 0
            while end < values.count, values[end].cluster == values[begin].cluster {
                below += values[end].value <= center ? 1 : 0
                end += 1
            }
            shares.add(top: Double(below), bottom: Double(end - begin))
            begin = end
        }
        interval = shares.interval(level: level).map { share in
            let margin = share.width / 2
            return Interval(
                low: Self.interpolated(sorted, max(0, quantile - margin)),
                high: Self.interpolated(sorted, min(1, quantile + margin)), level: level)
        }
    }

    private static func interpolated(_ sorted: [Double], _ quantile: Double) -> Double {
        let place = quantile * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
}
