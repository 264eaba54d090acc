/// A ranking as a policy: the top share of the candidates that are left, each equally likely, and exploration over all
/// of them. Showing the single best only would leave next to nothing of a log to judge it by.
struct RankedCandidates: Sendable {
    private let order: [Int]  // Candidates, best first; of equal scores, the one named first.
    private let options: EvaluatePolicies.Options

    init(scores: [Double], options: EvaluatePolicies.Options) {
        order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
        self.options = options
    }

    /// The distribution over the candidates that are left, shape of the candidates; 0 for those taken.
    func distribution(isTaken: [Bool]) -> [Double] {
        let left = order.filter { !isTaken[$0] }
        let topCount = max(1, Int((options.topShare * Double(left.count)).rounded(.up)))
        var distribution = [Double](repeating: 0, count: order.count)
        for (rank, candidate) in left.enumerated() {
            let top = rank < topCount ? (1 - options.floor) / Double(min(topCount, left.count)) : 0
            distribution[candidate] = options.floor / Double(left.count) + top
        }
        return distribution
    }
}
