/// Quantiles of independent values, one a unit, with intervals that assume nothing of their distribution.
public enum OrderStatistics {
    /// - Parameter sorted: Ascending, not empty.
    /// - Returns: The ⌈n·q⌉-th smallest value, and the order statistics whose ranks enclose the quantile with at least
    ///   the level by the binomial law; nil where no ranks of the sample do, as for a median of fewer than six values.
    ///
    /// Source: Conover, "Practical Nonparametric Statistics", 3rd edition, section 3.2.
    /// - Complexity: O(log n).
    public static func quantile<Value: Comparable>(
        _ quantile: Double, ofSorted sorted: [Value], level: Double = 0.95
    ) -> (value: Value, interval: (low: Value, high: Value)?) {
        let count = sorted.count
        let rank = min(max(Int((Double(count) * quantile).rounded(.up)), 1), count)
        let tail = (1 - level) / 2
        let low = last(1...count) { chanceOfFewer(than: $0, of: count, quantile) <= tail }
        let high = last(1...count) { 1 - chanceOfFewer(than: $0, of: count, quantile) > tail } + 1
        let isWithin = low >= 1 && high <= count
        return (sorted[rank - 1], isWithin ? (sorted[low - 1], sorted[high - 1]) : nil)
    }

    /// P(fewer than `rank` of the values lie below the quantile), which grows with the rank. DLMF 8.17.5.
    private static func chanceOfFewer(than rank: Int, of count: Int, _ quantile: Double) -> Double {
        IncompleteBeta.regularized(1 - quantile, a: Double(count - rank + 1), b: Double(rank))
    }

    /// The last rank for which something holds that holds up to it; 0 where for none.
    private static func last(_ ranks: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int {
        var (low, high) = (ranks.lowerBound - 1, ranks.upperBound)
        while low < high {
            let middle = (low + high + 1) / 2
            if holds(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
