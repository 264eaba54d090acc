private import Glibc

/// At one duration: how many had come so far, and for how many it happened then.
public struct SurvivalCount: Sendable, Equatable {
    public let duration: Double
    public var events: Int
    public var censored: Int  // Last seen at this duration, after the events of it.

    public init(duration: Double, events: Int, censored: Int) {
        self.duration = duration
        self.events = events
        self.censored = censored
    }
}

/// The share for whom something has not happened yet, by the time since they began: Kaplan and Meier's estimate from
/// durations of which some are cut off by the end of observation.
///
/// Source: Kaplan and Meier, JASA 53(282), 1958; the variance by Greenwood, 1926; intervals on the scale ln(−ln S), and
/// the median's by inverting them: Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time Data", 2nd
/// edition, 2002, section 1.4; Brookmeyer and Crowley, Biometrics 38(1), 1982.
public struct SurvivalCurve: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public let duration: Double
        public let atRisk: Int  // Seen at least up to this duration, and nothing happened before it.
        public let events: Int
        public let censored: Int
        public let survival: Double  // From this duration on, until the next point.
        public let standardError: Double
        public let interval: Interval
    }

    public let points: [Point]  // By duration, ascending.
    public let count: Int  // Of durations.
    public let level: Double

    /// - Parameter counts: By duration, ascending, with no duration twice; counts of at least 0.
    public init(_ counts: [SurvivalCount], level: Double = 0.95) {
        precondition(zip(counts, counts.dropFirst()).allSatisfy { $0.duration < $1.duration }, "durations ascend")
        count = counts.reduce(0) { $0 + $1.events + $1.censored }
        self.level = level
        let z = NormalLaw.quantile(0.5 + level / 2)
        var (atRisk, survival, hazardVariance) = (count, 1.0, 0.0)
        points = counts.map { row in
            let (n, d) = (Double(atRisk), Double(row.events))
            if row.events > 0 {
                survival = row.events == atRisk ? 0 : survival * (1 - d / n)
                hazardVariance += d / (n * (n - d))
            }
            defer { atRisk -= row.events + row.censored }
            return Point(
                duration: row.duration, atRisk: atRisk, events: row.events, censored: row.censored,
                survival: survival, standardError: survival == 0 ? 0 : survival * hazardVariance.squareRoot(),
                interval: Self.interval(survival, hazardVariance, z: z, level: level))
        }
    }

    /// S^exp(±z σ / ln S); where nothing has happened yet, and where nobody is left, there is no variance.
    private static func interval(_ survival: Double, _ hazardVariance: Double, z: Double, level: Double) -> Interval {
        guard survival > 0, survival < 1 else { return Interval(low: survival, high: survival, level: level) }
        let margin = z * hazardVariance.squareRoot() / log(survival)  // Below 0.
        return Interval(low: pow(survival, exp(-margin)), high: pow(survival, exp(margin)), level: level)
    }

    /// The first duration by which at least half of them had it happen; nil where the curve stays above one half.
    public var median: Double? { first(\.survival) }

    /// Of the median; nil ends lie beyond what was observed.
    public var medianRange: (low: Double?, high: Double?) { (first(\.interval.low), first(\.interval.high)) }

    /// The share left at a duration: that of the last point up to it, 1 before the first.
    public func survival(at duration: Double) -> Double {
        points.last { $0.duration <= duration }?.survival ?? 1
    }

    private func first(_ share: KeyPath<Point, Double>) -> Double? {
        points.first { $0[keyPath: share] <= 0.5 + 1e-12 }?.duration
    }
}
