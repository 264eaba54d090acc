private import Glibc

/// How often customers buy, and whether they still do: BG/NBD.
///
/// While active, a customer buys at a rate λ of their own, which is gamma over customers with shape r and scale 1/α;
/// after each purchase they leave for good with a probability p of their own, which is beta with a and b.
///
/// Source: Fader, Hardie and Lee, Marketing Science 24(2), 2005: equations 6 (likelihood), 9 and 10 (expectations);
/// P(alive) by their note "Computing P(alive) Using the BG/NBD Model", 2008. The expectation is evaluated after Euler's
/// transformation (DLMF 15.8.1), in which nothing overflows and a = 1 is no pole.
public struct PurchaseModel: Sendable, Equatable {
    /// Customers of whom at least so many must have bought again.
    public static let repeatersMin = 20

    public let parameters: PositiveEstimate  // r, α, a, b; α is in the unit of time of the histories.
    public let customerCount: Int
    public let repeaterCount: Int

    public var r: Double { parameters.values[0] }
    public var alpha: Double { parameters.values[1] }
    public var a: Double { parameters.values[2] }
    public var b: Double { parameters.values[3] }

    /// Fits by maximum likelihood.
    ///
    /// - Complexity: O(customers) for each of about 40 evaluations.
    public init(_ histories: [PurchaseHistory]) throws(EstimateError) {
        let repeats = Set(histories.map(\.repeats)).sorted()
        let slots = Dictionary(uniqueKeysWithValues: repeats.enumerated().map { ($1, $0) })
        let rows = histories.map { Row($0, slot: slots[$0.repeats] ?? 0) }
        repeaterCount = histories.count { $0.repeats > 0 }
        customerCount = histories.count
        guard repeaterCount >= Self.repeatersMin else {
            throw .tooFew(count: repeaterCount, needed: Self.repeatersMin)
        }
        let ageMean = histories.reduce(0) { $0 + $1.age } / Double(histories.count)
        parameters = try PositiveEstimate(from: [1, max(ageMean, 1e-6), 1, 2]) {
            Self.cost($0, rows, repeats: repeats)
        }
    }

    private struct Row {
        let slot: Int  // Among the distinct numbers of repeats.
        let repeats: Double
        let recency: Double
        let age: Double

        init(_ history: PurchaseHistory, slot: Int) {
            self.slot = slot
            repeats = Double(history.repeats)
            recency = history.recency
            age = history.age
        }
    }

    /// −ln L and its gradient in the logarithms of the parameters; Γ and ψ are made once per number of repeats.
    private static func cost(
        _ parameters: [Double], _ rows: [Row], repeats: [Int]
    ) -> (value: Double, gradient: [Double]) {
        let (r, alpha, a, b) = (parameters[0], parameters[1], parameters[2], parameters[3])
        let tables = repeats.map { RepeatTerms(Double($0), r: r, a: a, b: b) }
        let (logAlpha, logA) = (log(alpha), log(a))
        var sum = 0.0
        var slopes: (r: Double, alpha: Double, a: Double, b: Double) = (0, 0, 0, 0)
        for row in rows {
            let terms = tables[row.slot]
            let shape = r + row.repeats
            let active = -shape * log(alpha + row.age)
            var (share, tail) = (1.0, active)  // P(active at the end | the data), and ln of both terms' sum.
            if row.repeats > 0 {
                let left = logA - terms.logStay - shape * log(alpha + row.recency)
                let top = max(active, left)
                tail = top + log(exp(active - top) + exp(left - top))
                share = exp(active - tail)
            }
            sum += terms.value + r * logAlpha + tail
            slopes.r += terms.slopeR + logAlpha - share * log(alpha + row.age)
            slopes.alpha += r / alpha - shape * share / (alpha + row.age)
            slopes.a += terms.slopeA
            slopes.b += terms.slopeB
            if row.repeats > 0 {
                let gone = 1 - share
                slopes.r -= gone * log(alpha + row.recency)
                slopes.alpha -= shape * gone / (alpha + row.recency)
                slopes.a += gone / a
                slopes.b -= gone / (b + row.repeats - 1)
            }
        }
        return (-sum, [-slopes.r * r, -slopes.alpha * alpha, -slopes.a * a, -slopes.b * b])
    }

    /// What depends on a customer by the number of repeats alone.
    private struct RepeatTerms {
        let value: Double
        let slopeR: Double
        let slopeA: Double
        let slopeB: Double
        let logStay: Double  // ln(b + x − 1).

        init(_ x: Double, r: Double, a: Double, b: Double) {
            let (logGamma, digamma) = (GammaFunction.log, GammaFunction.digamma)
            value =
                logGamma(r + x) - logGamma(r) + logGamma(a + b) - logGamma(a + b + x) + logGamma(b + x) - logGamma(b)
            let whole = digamma(a + b) - digamma(a + b + x)
            slopeR = digamma(r + x) - digamma(r)
            slopeA = whole
            slopeB = whole + digamma(b + x) - digamma(b)
            logStay = x > 0 ? log(b + x - 1) : 0
        }
    }
}
