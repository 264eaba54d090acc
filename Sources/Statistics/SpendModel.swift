private import Glibc

/// How much customers spend per purchase: Gamma-Gamma.
///
/// A customer's purchases are gamma with shape p and a rate of their own, which is gamma over customers with shape q
/// and rate γ. What a customer spends per purchase is taken to tell nothing of how often they buy.
///
/// Source: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value", 2013, equations 1a and 5.
public struct SpendModel: Sendable, Equatable {
    public let parameters: PositiveEstimate  // p, q, γ; γ is in the unit of the values.
    public let customerCount: Int  // Who bought again, for a positive value.

    public var p: Double { parameters.values[0] }
    public var q: Double { parameters.values[1] }
    public var gamma: Double { parameters.values[2] }

    /// Fits by maximum likelihood to those who bought again for a positive value.
    public init(_ histories: [PurchaseHistory]) throws(EstimateError) {
        let rows = Dictionary(grouping: histories.lazy.filter { $0.repeats > 0 && $0.meanValue > 0 }, by: \.repeats)
            .map { Row(x: Double($0), values: $1.map(\.meanValue)) }
            .sorted { $0.x < $1.x }
        customerCount = rows.reduce(0) { $0 + $1.values.count }
        guard customerCount >= PurchaseModel.repeatersMin else {
            throw .tooFew(count: customerCount, needed: PurchaseModel.repeatersMin)
        }
        let mean = rows.reduce(0) { $0 + $1.values.reduce(0, +) } / Double(customerCount)
        parameters = try PositiveEstimate(from: [2, 2, mean]) { Self.cost($0, rows) }
    }

    /// Customers with as many repeats.
    private struct Row {
        let x: Double
        let values: [Double]
    }

    /// −ln L and its gradient in the logarithms of the parameters; Γ and ψ are made once per row.
    private static func cost(_ parameters: [Double], _ rows: [Row]) -> (value: Double, gradient: [Double]) {
        let (p, q, gamma) = (parameters[0], parameters[1], parameters[2])
        let (logGamma, digamma) = (GammaFunction.log, GammaFunction.digamma)
        let (logRate, logShape, slopeShape) = (log(gamma), logGamma(q), digamma(q))
        var (sum, slopeP, slopeQ, slopeGamma) = (0.0, 0.0, 0.0, 0.0)
        for row in rows {
            let (own, whole, logX, slopeWhole) = (p * row.x, p * row.x + q, log(row.x), digamma(p * row.x + q))
            let constant = logGamma(whole) - logGamma(own) - logShape + q * logRate + own * logX
            let (constantP, constantQ) = (slopeWhole - digamma(own) + logX, slopeWhole - slopeShape + logRate)
            for value in row.values {
                let (total, logValue) = (gamma + row.x * value, log(value))
                let logTotal = log(total)
                sum += constant + (own - 1) * logValue - whole * logTotal
                slopeP += row.x * (constantP + logValue - logTotal)
                slopeQ += constantQ - logTotal
                slopeGamma += q / gamma - whole / total
            }
        }
        return (-sum, [-slopeP * p, -slopeQ * q, -slopeGamma * gamma])
    }

    /// What a customer's purchase is expected to be worth; nil where q ≤ 1 leaves a new customer's without a mean.
    public func value(_ history: PurchaseHistory, level: Double = 0.95) -> Prediction? {
        guard Self.value(parameters.values, history) != nil else { return nil }
        let quantity = { Self.value($0, history) ?? .leastNormalMagnitude }
        let value = quantity(parameters.values)
        return Prediction(
            value: value,
            interval: PositiveEstimate.interval(
                value, logVariance: parameters.logVariance(of: quantity), level: level))
    }

    /// p (γ + x m) / (p x + q − 1): between what everybody spends and what this customer did.
    static func value(_ parameters: [Double], _ history: PurchaseHistory) -> Double? {
        let x = Double(history.repeats)
        let bottom = parameters[0] * x + parameters[1] - 1
        return bottom > 0 ? parameters[0] * (parameters[2] + x * history.meanValue) / bottom : nil
    }
}
