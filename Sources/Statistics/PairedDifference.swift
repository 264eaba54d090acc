/// How much better one policy did than another on the same cases: the mean of `first − second`, with the pairing kept,
/// so that what is common to both cancels; mergeable.
///
/// Source: Student's paired t test; with clusters, `ClusteredMean`.
public struct PairedDifference<Cluster: Hashable & Sendable>: Sendable {
    private var differences = ClusteredMean<Cluster>()

    public init() {}

    /// One case that both policies were scored on; `cluster` is the person whose case it is.
    public mutating func add(first: Double, second: Double, cluster: Cluster) {
        differences.add(first - second, cluster: cluster)
    }

    public mutating func merge(_ other: Self) { differences.merge(other.differences) }

    public var count: Int { differences.count }
    public var mean: Double? { differences.mean }
    public func interval(level: Double = 0.95) -> Interval? { differences.interval(level: level) }
}
