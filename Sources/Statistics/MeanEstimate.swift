/// Count, mean and spread of a sample in one pass; two of them merge without loss.
///
/// Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares", Technometrics 4(3), 1962; merging:
/// Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979.
public struct MeanEstimate: Sendable, Equatable {
    public private(set) var count: Int = 0
    public private(set) var mean: Double = 0  // 0 where `count` is 0.
    private var m2: Double = 0  // Sum of squared deviations from the mean; the papers' M₂.

    public init() {}
    public init(_ values: some Sequence<Double>) { for value in values { add(value) } }

    public mutating func add(_ value: Double) {
        count += 1
        let delta = value - mean
        mean += delta / Double(count)
        m2 += delta * (value - mean)
    }

    public mutating func merge(_ other: Self) {
        guard other.count > 0 else { return }
        let total = Double(count + other.count)
        let delta = other.mean - mean
        m2 += other.m2 + delta * delta * Double(count) * Double(other.count) / total
        mean += delta * Double(other.count) / total
        count += other.count
    }

    /// Unbiased; nil for fewer than two values.
    public var variance: Double? { count < 2 ? nil : m2 / Double(count - 1) }
    /// Of the mean; nil for fewer than two values.
    public var standardError: Double? { variance.map { ($0 / Double(count)).squareRoot() } }

    /// Student's t interval of the mean; nil for fewer than two values.
    ///
    /// Source: Student, "The Probable Error of a Mean", Biometrika 6(1), 1908.
    public func interval(level: Double = 0.95) -> Interval? {
        standardError.map { error in
            let t = StudentLaw.quantile(0.5 + level / 2, degrees: Double(count - 1))
            return Interval(center: mean, margin: t * error, level: level)
        }
    }

    /// The large-sample interval, with normal quantiles; nil for fewer than two values.
    public func normalInterval(level: Double = 0.95) -> Interval? {
        standardError.map {
            Interval(center: mean, margin: NormalLaw.quantile(0.5 + level / 2) * $0, level: level)
        }
    }
}
