private import Base

/// Resampling intervals: percentile method, seeded, so that a number can be made again.
///
/// Source: Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1979; percentiles
/// by linear interpolation, Hyndman and Fan 1996, type 7 (NumPy's default).
public struct Bootstrap: Sendable {
    public let replicateCount: Int
    public let level: Double
    public let seed: UInt64

    /// - Precondition: `replicateCount` > 0; `level` in 0..<1.
    public init(replicateCount: Int = 1000, level: Double = 0.95, seed: UInt64 = 1) {
        precondition(replicateCount > 0 && (0..<1).contains(level), "a bootstrap has replicates and a level")
        self.replicateCount = replicateCount
        self.level = level
        self.seed = seed
    }

    /// The percentile interval of the mean of `values`; nil for none.
    public func meanInterval(_ values: [Double]) -> Interval? {
        ratioIntervals(tops: [values], bottoms: [nil]).first ?? nil
    }

    /// The percentile interval of a mean over whole clusters drawn with replacement; nil for no value.
    ///
    /// - Parameter clusters: Shape of `values`; which cluster each value belongs to, any numbering.
    public func meanInterval(_ values: [Double], clusters: [Int]) -> Interval? {
        precondition(clusters.count == values.count, "one cluster per value")
        let grouped = Self.sums(of: [values, [Double](repeating: 1, count: values.count)], clusters: clusters)
        return ratioIntervals(tops: [grouped[0]], bottoms: [grouped[1]]).first ?? nil
    }

    /// Percentile intervals of several ratios of sums over the same units, each replicate drawing the units once for
    /// all of them: Σ `tops[i]` / Σ `bottoms[i]`, a nil bottom meaning one per unit.
    ///
    /// - Returns: One per top; nil where there is no unit, or where some replicate's denominator was zero.
    /// - Complexity: O(replicates × units × ratios).
    public func ratioIntervals(tops: [[Double]], bottoms: [[Double]?]) -> [Interval?] {
        guard let unitCount = tops.first?.count, unitCount > 0 else { return tops.map { _ in nil } }
        let columns = tops + bottoms.compactMap { $0 }
        precondition(
            bottoms.count == tops.count && columns.allSatisfy { $0.count == unitCount }, "columns of one length")
        let table = Self.interleaved(columns)
        var generator = SeededGenerator(seed: seed)
        var replicates = [[Double]](repeating: [], count: tops.count)
        for _ in 0..<replicateCount {
            let sums = Self.resampledSums(table, unitCount: unitCount, width: columns.count, using: &generator)
            var bottomColumn = tops.count
            for (index, bottom) in bottoms.enumerated() {
                replicates[index].append(sums[index] / (bottom == nil ? Double(unitCount) : sums[bottomColumn]))
                if bottom != nil { bottomColumn += 1 }
            }
        }
        return replicates.map(percentileInterval)
    }

    /// Sums of each column within each cluster, shape `[columns][clusters]`, clusters in order of first appearance.
    public static func sums(of columns: [[Double]], clusters: [Int]) -> [[Double]] {
        var places: [Int: Int] = [:]
        let placeOfUnit = clusters.map { cluster in
            if let place = places[cluster] { return place }
            places[cluster] = places.count
            return places.count - 1
        }
        return columns.map { column in
            var sums = [Double](repeating: 0, count: places.count)
            for (place, value) in zip(placeOfUnit, column) { sums[place] += value }
            return sums
        }
    }

    /// The percentile `share` of sorted values, interpolated linearly.
    public static func percentile(_ share: Double, ofSorted values: [Double]) -> Double {
        let rank = share * Double(values.count - 1)
        let below = Int(rank.rounded(.down))
        let above = min(below + 1, values.count - 1)
        return values[below] + (rank - Double(below)) * (values[above] - values[below])
    }

    private func percentileInterval(_ replicates: [Double]) -> Interval? {
        guard replicates.allSatisfy(\.isFinite) else { return nil }
        let sorted = replicates.sorted()
        return Interval(
            low: Self.percentile((1 - level) / 2, ofSorted: sorted),
            high: Self.percentile((1 + level) / 2, ofSorted: sorted), level: level)
    }

    private static func interleaved(_ columns: [[Double]]) -> [Double] {
        let width = columns.count
        var table = [Double](repeating: 0, count: width * (columns.first?.count ?? 0))
        for (offset, column) in columns.enumerated() {
            for (unit, value) in column.enumerated() { table[unit * width + offset] = value }
        }
        return table
    }

    private static func resampledSums(
        _ table: [Double], unitCount: Int, width: Int, using generator: inout SeededGenerator
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: width)
        for _ in 0..<unitCount {
            // Lemire 2019, multiply and take the high word; the bias of 2⁻⁶⁴ × units is far below chance.
            let row = Int(generator.next().multipliedFullWidth(by: UInt64(unitCount)).high) * width
            for column in 0..<width { sums[column] += table[row + column] }
        }
        return sums
    }
}
