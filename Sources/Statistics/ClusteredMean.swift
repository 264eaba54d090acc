/// A mean over observations that belong together in clusters, such as the baskets of one person; mergeable.
///
/// Observations of one cluster may depend on each other in any way; clusters are independent. Memory: one entry per
/// cluster. Where every observation is a cluster of its own, the interval is Student's t interval of the mean.
///
/// Source: Cameron and Miller, "A Practitioner's Guide to Cluster-Robust Inference", JHR 50(2), 2015, eq. 11 with the
/// correction G/(G−1) and t(G−1) quantiles; for a mean it equals the delta method on cluster sums.
public struct ClusteredMean<Cluster: Hashable & Sendable>: Sendable {
    private struct Sums: Sendable {
        var total = 0.0
        var count = 0
    }
    private var placeOfCluster: [Cluster: Int] = [:]
    private var sums: [Sums] = []  // In order of first appearance, so that a run repeats to the last bit.
    public private(set) var count: Int = 0

    public init() {}

    public mutating func add(_ value: Double, cluster: Cluster) {
        add(Sums(total: value, count: 1), cluster: cluster)
    }

    public mutating func merge(_ other: Self) {
        for (cluster, place) in other.placeOfCluster.sorted(by: { $0.value < $1.value }) {
            add(other.sums[place], cluster: cluster)
        }
    }

    private mutating func add(_ part: Sums, cluster: Cluster) {
        let place = placeOfCluster[cluster] ?? sums.count
        if place == sums.count {
            placeOfCluster[cluster] = place
            sums.append(Sums())
        }
        sums[place].total += part.total
        sums[place].count += part.count
        count += part.count
    }

    public var clusterCount: Int { sums.count }
    /// Nil where nothing was observed.
    public var mean: Double? { count == 0 ? nil : ratioOfSums.ratio }
    /// Cluster-robust; nil for fewer than two clusters.
    public var standardError: Double? { ratioOfSums.standardError }
    /// Nil for fewer than two clusters.
    public func interval(level: Double = 0.95) -> Interval? { ratioOfSums.interval(level: level) }

    private var ratioOfSums: RatioEstimate {
        var estimate = RatioEstimate()
        for sum in sums { estimate.add(top: sum.total, bottom: Double(sum.count)) }
        return estimate
    }
}
