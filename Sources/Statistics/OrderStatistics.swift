/// Quantiles of independent values, one a unit, with intervals that assume nothing of their distribution.
public enum OrderStatistics {
    /// - Parameter sorted: Ascending, not empty.
    /// - Returns: The ⌈n·q⌉-th smallest value, and the order statistics whose ranks enclose the quantile at the level
    ///   by the normal approximation of the binomial law; nil where a rank would lie outside the sample.
    ///
    /// Source: Conover, "Practical Nonparametric Statistics", 3rd edition, section 3.2.
    public static func quantile<Value: Comparable>(
        _ quantile: Double, ofSorted sorted: [Value], level: Double = 0.95
    ) -> (value: Value, interval: (low: Value, high: Value)?) {
        let n = Double(sorted.count)
        let rank = min(max(Int((n * quantile).rounded(.up)), 1), sorted.count)
        let margin = NormalLaw.quantile(0.5 + level / 2) * (n * quantile * (1 - quantile)).squareRoot()
        let low = Int((n * quantile - margin).rounded(.up))
        let high = Int((n * quantile + margin).rounded(.up))
        let isWithin = low >= 1 && high <= sorted.count
        return (sorted[rank - 1], isWithin ? (sorted[low - 1], sorted[high - 1]) : nil)
    }
}
