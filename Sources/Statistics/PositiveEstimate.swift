private import Glibc

/// Positive parameters found by maximum likelihood, with their covariance on the logarithmic scale.
///
/// Intervals are Wald's on the scale on which they cannot leave the range: the logarithm for what is positive, the
/// logit for what is a probability. What is derived from the parameters gets its by the delta method.
///
/// Source: Lehmann and Casella, "Theory of Point Estimation", 2nd edition, 1998, sections 1.8 and 6.3.
public struct PositiveEstimate: Sendable, Equatable {
    public let values: [Double]
    public let logLikelihood: Double
    public let covariance: [[Double]]  // Of the logarithms: the inverse of the observed information.
    /// Whether data alone left parameters open, as where customers do not differ: then a wide normal law on their
    /// logarithms, around the starting point, decides how open.
    public let leansOnPrior: Bool

    private static let priorDeviation = 3.0  // A factor of 20 up or down.

    /// The parameters under which a log-likelihood is greatest.
    ///
    /// - Parameter function: Gives −log-likelihood at positive parameters, and its gradient in their logarithms.
    /// - Throws: `EstimateError.unsettled` where neither data nor the prior lead to a point.
    init(
        from start: [Double], minimizing function: @escaping ([Double]) -> (value: Double, gradient: [Double])
    ) throws(EstimateError) {
        let origin = start.map { Glibc.log($0) }
        let plain = { (point: [Double]) in function(point.map { Glibc.exp($0) }) }
        let precision = 1 / (Self.priorDeviation * Self.priorDeviation)
        let held = { (point: [Double]) -> (value: Double, gradient: [Double]) in
            let found = plain(point)
            let away = zip(point, origin).map { $0 - $1 }
            return (
                found.value + away.reduce(0) { $0 + $1 * $1 } * precision / 2,
                zip(found.gradient, away).map { $0 + $1 * precision }
            )
        }
        if let (minimum, covariance) = Self.settled(origin, plain),
            covariance.indices.allSatisfy({ covariance[$0][$0] < 1 / precision })
        {
            (values, self.covariance) = (minimum.point.map { Glibc.exp($0) }, covariance)
            (logLikelihood, leansOnPrior) = (-minimum.value, false)
        } else if let (minimum, covariance) = Self.settled(origin, held) {
            (values, self.covariance) = (minimum.point.map { Glibc.exp($0) }, covariance)
            (logLikelihood, leansOnPrior) = (-plain(minimum.point).value, true)
        } else {
            throw .unsettled
        }
    }

    private static func settled(
        _ origin: [Double], _ function: ([Double]) -> (value: Double, gradient: [Double])
    ) -> (Minimum, covariance: [[Double]])? {
        let limit = 16.0  // e¹⁶ ≈ 9 million: beyond, a parameter runs away.
        guard let minimum = Minimum(from: origin, limit: limit, function),
            let information = PositiveMatrix(minimum.curvature)
        else { return nil }
        return (minimum, information.inverse)
    }

    /// Of one parameter, on its own scale.
    public func standardError(_ index: Int) -> Double { values[index] * covariance[index][index].squareRoot() }

    public func interval(_ index: Int, level: Double = 0.95) -> Interval {
        Self.interval(values[index], logVariance: covariance[index][index], level: level)
    }

    /// Of something positive that the parameters give.
    func logVariance(of quantity: ([Double]) -> Double) -> Double {
        variance { Glibc.log(max(quantity($0), 1e-300)) }
    }

    /// Of a number that the parameters give, by the delta method with central differences in their logarithms.
    func variance(of quantity: ([Double]) -> Double) -> Double {
        let width = 1e-4
        let slopes = values.indices.map { index in
            func at(_ shift: Double) -> Double {
                var moved = values
                moved[index] *= Glibc.exp(shift)
                return quantity(moved)
            }
            return (at(width) - at(-width)) / (2 * width)
        }
        return slopes.indices.reduce(0) { sum, i in
            sum + slopes.indices.reduce(0) { $0 + slopes[i] * covariance[i][$1] * slopes[$1] }
        }
    }

    static func interval(_ value: Double, logVariance: Double, level: Double) -> Interval {
        let margin = NormalLaw.quantile(0.5 + level / 2) * max(0, logVariance).squareRoot()
        return Interval(low: value * Glibc.exp(-margin), high: value * Glibc.exp(margin), level: level)
    }
}

/// Why a model could not be fitted.
public enum EstimateError: Error, Equatable {
    case tooFew(count: Int, needed: Int)  // Customers who tell something.
    case unsettled  // The data do not settle the parameters.
}

/// Something positive that is estimated.
public struct Prediction: Sendable, Equatable {
    public let value: Double
    public let interval: Interval  // Of the expectation, by the uncertainty of the model's parameters alone.
}
