public import Statistics

/// A policy's value with what is known of its error.
public struct OffPolicyEstimate: Sendable, Equatable {
    public let estimator: OffPolicyEvaluation.Estimator
    public let value: Double  // Mean reward per round.
    public let standardError: Double?  // Large-sample, for SNIPS by the delta method.
    public let studentInterval: Interval?  // value ± t · standard error: symmetric, too low on rare rewards.
    public let interval: Interval?  // Bootstrap percentiles: the one to report.
}

extension OffPolicyEvaluation {
    /// All estimators that have a value, with intervals, from one set of resamples.
    ///
    /// The reported interval is the bootstrap's, as in obp: weighted rare rewards are skewed to the right, so that a
    /// symmetric interval ends too low. Unlike obp, SNIPS renormalises its weights within each resample, and rounds of
    /// one cluster are drawn together.
    public func estimates(bootstrap: Bootstrap) -> [OffPolicyEstimate] {
        let found = Estimator.allCases.map { (estimator: $0, columns: grouped($0)) }
        let intervals = bootstrap.ratioIntervals(
            tops: found.map(\.columns.top), bottoms: found.map(\.columns.bottom))
        return zip(found, intervals).compactMap { entry, interval in
            var ratio = RatioEstimate()
            for (unit, top) in entry.columns.top.enumerated() {
                ratio.add(top: top, bottom: entry.columns.bottom?[unit] ?? 1)
            }
            guard let value = ratio.ratio else { return nil }
            return OffPolicyEstimate(
                estimator: entry.estimator, value: value, standardError: ratio.standardError,
                studentInterval: ratio.interval(level: bootstrap.level), interval: interval)
        }
    }

    /// The columns summed by cluster, where there are clusters.
    private func grouped(_ estimator: Estimator) -> (top: [Double], bottom: [Double]?) {
        let columns = columns(estimator)
        guard let clusters else { return columns }
        let sums = Bootstrap.sums(
            of: [columns.top, columns.bottom ?? [Double](repeating: 1, count: count)], clusters: clusters)
        return (sums[0], sums[1])
    }
}
