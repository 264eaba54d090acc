private import Glibc

/// How well ranked lists met what was wanted: NDCG@k and hit rate @k, with intervals clustered by person; mergeable.
///
/// NDCG is over binary relevance, gain 1 and discount 1/log₂(position + 1), against the best list of length k. A case
/// in which nothing was wanted says nothing and is not counted.
///
/// Source: Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", TOIS 20(4), 2002, with the
/// log₂(i + 1) discount of Burges et al., ICML 2005.
public struct RankingQuality<Cluster: Hashable & Sendable>: Sendable {
    public let k: Int
    private var ndcgByCluster = ClusteredMean<Cluster>()
    private var hitsByCluster = ClusteredMean<Cluster>()

    /// - Precondition: `k` > 0; only the first `k` of each list count.
    public init(k: Int) {
        precondition(k > 0, "a list has a length")
        self.k = k
    }

    /// One list.
    ///
    /// - Parameters:
    ///   - hits: Shape `[≥ 0]`; whether the list's entry at each position was wanted, best first.
    ///   - wantedCount: How many were wanted in all, found or not; 0 leaves the case out.
    ///   - cluster: The person whose list it is.
    public mutating func add(hits: [Bool], wantedCount: Int, cluster: Cluster) {
        guard wantedCount > 0 else { return }
        ndcgByCluster.add(Self.ndcg(hits: hits, wantedCount: wantedCount, k: k), cluster: cluster)
        hitsByCluster.add(hits.prefix(k).contains(true) ? 1 : 0, cluster: cluster)
    }

    public mutating func merge(_ other: Self) {
        precondition(other.k == k, "lists of one length")
        ndcgByCluster.merge(other.ndcgByCluster)
        hitsByCluster.merge(other.hitsByCluster)
    }

    public var count: Int { ndcgByCluster.count }
    public var ndcg: Double? { ndcgByCluster.mean }
    public var hitRate: Double? { hitsByCluster.mean }
    public func ndcgInterval(level: Double = 0.95) -> Interval? { ndcgByCluster.interval(level: level) }
    public func hitRateInterval(level: Double = 0.95) -> Interval? { hitsByCluster.interval(level: level) }

    /// NDCG@k of one list, in 0...1.
    public static func ndcg(hits: [Bool], wantedCount: Int, k: Int) -> Double {
        func discount(_ index: Int) -> Double { 1 / log2(Double(index) + 2) }
        let gain = hits.prefix(k).enumerated().reduce(0) { $0 + ($1.element ? discount($1.offset) : 0) }
        let best = (0..<min(k, wantedCount)).reduce(0) { $0 + discount($1) }
        return best == 0 ? 0 : gain / best
    }
}
