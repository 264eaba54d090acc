private import Glibc

/// What a customer is expected to be worth from now on: purchases by BG/NBD times value by Gamma-Gamma, discounted.
///
/// The two models are taken to be independent, as Gamma-Gamma itself is: variances on the logarithmic scale add up.
///
/// Source: Fader, Hardie and Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", Journal of
/// Marketing Research 42(4), 2005, in discrete periods.
public struct LifetimeValue: Sendable, Equatable {
    public let purchases: PurchaseModel
    public let spend: SpendModel

    public init(purchases: PurchaseModel, spend: SpendModel) {
        self.purchases = purchases
        self.spend = spend
    }

    /// Σ over periods i = 1…n of E[purchases in it] · E[value] / (1 + d)^i.
    ///
    /// - Parameters:
    ///   - period: Of the unit of time of the histories.
    ///   - discount: Per period, at least 0.
    /// - Returns: Nil where a purchase has no expected value.
    public func callAsFunction(
        _ history: PurchaseHistory, periods: Int, of period: Double, discount: Double = 0, level: Double = 0.95
    ) -> Prediction? {
        precondition(periods >= 1 && period > 0 && discount >= 0, "some periods, and no negative discount")
        guard let worth = SpendModel.value(spend.parameters.values, history) else { return nil }
        let discounted = { (parameters: [Double]) -> Double in
            var (sum, before) = (0.0, 0.0)
            for i in 1...periods {
                let until = PurchaseModel.purchases(parameters, within: Double(i) * period, history)
                sum += (until - before) / pow(1 + discount, Double(i))
                before = until
            }
            return sum
        }
        let value = discounted(purchases.parameters.values) * worth
        let logVariance =
            purchases.parameters.logVariance(of: discounted)
            + spend.parameters.logVariance { SpendModel.value($0, history) ?? .leastNormalMagnitude }
        return Prediction(
            value: value, interval: PositiveEstimate.interval(value, logVariance: logVariance, level: level))
    }
}
