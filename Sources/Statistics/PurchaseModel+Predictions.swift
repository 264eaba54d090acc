private import Glibc

extension PurchaseModel {
    /// The probability that a customer has not left for good.
    public func alive(_ history: PurchaseHistory, level: Double = 0.95) -> Prediction {
        let odds = Self.leftOdds(parameters.values, history)
        let value = 1 / (1 + odds)
        guard odds > 0 else { return Prediction(value: 1, interval: Interval(low: 1, high: 1, level: level)) }
        let logVariance = parameters.logVariance { Self.leftOdds($0, history) }
        let interval = PositiveEstimate.interval(odds, logVariance: logVariance, level: level)
        return Prediction(
            value: value,
            interval: Interval(low: 1 / (1 + interval.high), high: 1 / (1 + interval.low), level: level))
    }

    /// Purchases that are expected of a customer within the next `time`.
    public func purchases(within time: Double, _ history: PurchaseHistory, level: Double = 0.95) -> Prediction {
        prediction(level) { Self.purchases($0, within: time, history) }
    }

    /// Repeat purchases that are expected of a new customer within `time` of the first.
    public func purchasesOfNewCustomer(within time: Double, level: Double = 0.95) -> Prediction {
        prediction(level) { Self.unconditional($0, age: 0, within: time) }
    }

    private func prediction(_ level: Double, _ quantity: ([Double]) -> Double) -> Prediction {
        let value = quantity(parameters.values)
        return Prediction(
            value: value,
            interval: PositiveEstimate.interval(
                value, logVariance: parameters.logVariance(of: quantity), level: level))
    }

    static func purchases(_ parameters: [Double], within time: Double, _ history: PurchaseHistory) -> Double {
        unconditional(parameters, age: history.age, within: time, repeats: Double(history.repeats))
            / (1 + leftOdds(parameters, history))
    }

    /// Odds of having left: (a / (b + x − 1)) ((α + T) / (α + tₓ))^(r + x), and 0 without repeats.
    private static func leftOdds(_ parameters: [Double], _ history: PurchaseHistory) -> Double {
        guard history.repeats > 0 else { return 0 }
        let (r, alpha, a, b) = (parameters[0], parameters[1], parameters[2], parameters[3])
        let x = Double(history.repeats)
        let logRatio = log1p((history.age - history.recency) / (alpha + history.recency))
        return exp(min(700, log(a) - log(b + x - 1) + (r + x) * logRatio))
    }

    /// E[Y(t)] of a customer who is known to be active: with q = (α + T) / (α + T + t) and C = a + b + x − 1,
    /// C (1 − q^(a − 1) ₂F₁(a + b − 1 − r, a − 1; C; 1 − q)) / (a − 1), where the series' first term is taken out.
    private static func unconditional(
        _ parameters: [Double], age: Double, within time: Double, repeats x: Double = 0
    ) -> Double {
        guard time > 0 else { return 0 }
        let (r, alpha, a, b) = (parameters[0], parameters[1], parameters[2], parameters[3])
        let logQ = -log1p(time / (alpha + age))
        let z = time / (alpha + age + time)
        let c = a + b + x - 1
        let first = abs(a - 1) < 1e-12 ? -logQ : -expm1((a - 1) * logQ) / (a - 1)
        let top = a + b - 1 - r
        var term = top * z
        var sum = term
        var k = 1.0
        while abs(term) > 1e-15 * (1 - z) * abs(sum), k < 1e6 {
            term *= (top + k) * (a + k - 1) / ((c + k) * (k + 1)) * z
            sum += term
            k += 1
        }
        return max(0, c * first - exp((a - 1) * logQ) * sum)
    }
}
