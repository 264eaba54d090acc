import Base
import Foundation
import Statistics
import TestSupport
import Testing

private func isClose(_ got: Double, _ want: Double, _ relative: Double) -> Bool {
    abs(got - want) <= relative * max(abs(want), 1e-300)
}

/// CDNOW, the cohort of the papers, in weeks.
private struct Cdnow {
    let histories: [PurchaseHistory]
    let purchases: PurchaseModel
    let spend: SpendModel

    init() throws {
        let path = "build/data/cdnow/cdnow_customers_summary_with_transactions.csv"
        histories = try PackageFiles.lines(path).dropFirst().map { line in
            let fields = line.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ",").compactMap {
                Double($0)
            }
            guard fields.count == 5,
                let history = PurchaseHistory(
                    repeats: Int(fields[1]), recency: fields[2], age: fields[3], meanValue: fields[4])
            else { throw MissingFile(path: path) }
            return history
        }
        purchases = try PurchaseModel(histories)
        spend = try SpendModel(histories)
    }
}

/// Unless a test says otherwise, numbers are of a maximum-likelihood fit by SciPy 1.17.1, of its numerical Hessian, and
/// of lifetimes 0.11.3 at those parameters.
@Suite struct LifetimeTests {
    /// The paper's table 2 has r 0.243, α 4.414, a 0.793, b 2.426 and ln L −9582.4.
    @Test func purchasesOfThePaperAreFittedAsInThePaper() throws {
        let model = try Cdnow().purchases
        let want = [
            (0.24259289, 0.01255732), (4.41353162, 0.37822137), (0.79288613, 0.18571911), (2.42575312, 0.70534562),
        ]
        for (index, (value, error)) in want.enumerated() {
            #expect(isClose(model.parameters.values[index], value, 1e-5))
            #expect(isClose(model.parameters.standardError(index), error, 1e-3))
            #expect(model.parameters.interval(index).contains(value))
        }
        #expect(isClose(model.parameters.logLikelihood, -9582.425560567364, 1e-10))
        #expect(model.customerCount == 2357 && model.repeaterCount == 946)
    }

    /// The note of 2013 has p 6.25, q 3.74 and γ 15.44.
    @Test func spendingOfThePaperIsFittedAsInThePaper() throws {
        let model = try Cdnow().spend
        let want = [(6.24880368, 1.18970177), (3.74458827, 0.29016789), (15.44774384, 4.16004738)]
        for (index, (value, error)) in want.enumerated() {
            #expect(isClose(model.parameters.values[index], value, 1e-5))
            #expect(isClose(model.parameters.standardError(index), error, 1e-3))
        }
        #expect(isClose(model.parameters.logLikelihood, -4055.9232435028593, 1e-10))
        #expect(model.customerCount == 946)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String
        let history: PurchaseHistory?
        let purchases, alive, value, lifetime: Double
        let purchasesSpread, aliveSpread, valueSpread: Double  // Standard errors of the logarithm; of the log odds.
        var testDescription: String { why }
    }

    static let cases = [
        Case(
            why: "bought twice again, then stayed away",
            history: PurchaseHistory(repeats: 2, recency: 30.43, age: 38.86, meanValue: 22.35),
            purchases: 1.2259104157716898, alive: 0.7266091390146884, value: 24.658615600404246,
            lifetime: 33.88215487453198, purchasesSpread: 0.03686221061123217, aliveSpread: 0.0816565861443508,
            valueSpread: 0.020790780191092782),
        Case(
            why: "never bought again", history: PurchaseHistory(repeats: 0, recency: 0, age: 38.86),
            purchases: 0.19478083423956766, alive: 1, value: 35.1710015861571, lifetime: 7.755321105603027,
            purchasesSpread: 0.04619154464509525, aliveSpread: 0, valueSpread: 0.026237285705506687),
        Case(
            why: "bought much, then stayed away",
            history: PurchaseHistory(repeats: 7, recency: 29.43, age: 38.86, meanValue: 73.74),
            purchases: 3.3372394143676276, alive: 0.6418006076065937, value: 71.46285132219425,
            lifetime: 265.60829933702536, purchasesSpread: 0.09251830266307698, aliveSpread: 0.16006906576166094,
            valueSpread: 0.008356317666653158),
        Case(
            why: "buys nearly every week",
            history: PurchaseHistory(repeats: 26, recency: 30.86, age: 31, meanValue: 20),
            purchases: 20.75056958369764, alive: 0.9689197105681931, value: 20.252026360542526,
            lifetime: 464.1739261177802, purchasesSpread: 0.06706912263194244, aliveSpread: 0.21028327125370003,
            valueSpread: 0.0032855419373207856),
    ]

    @Test(arguments: cases)
    func predictionsAgreeWithLifetimes(_ c: Case) throws {
        let cdnow = try Cdnow()
        let history = try #require(c.history)
        let purchases = cdnow.purchases.purchases(within: 39, history)
        #expect(isClose(purchases.value, c.purchases, 1e-5))
        #expect(isClose(purchases.interval.high / purchases.value, exp(1.959964 * c.purchasesSpread), 1e-3))
        let alive = cdnow.purchases.alive(history)
        #expect(isClose(alive.value, c.alive, 1e-5))
        let odds = alive.value / (1 - alive.value)
        if odds.isFinite {
            let high = alive.interval.high / (1 - alive.interval.high)
            #expect(isClose(high / odds, exp(1.959964 * c.aliveSpread), 1e-3))
        }
        let value = try #require(cdnow.spend.value(history))
        #expect(isClose(value.value, c.value, 1e-5))
        #expect(isClose(value.interval.high / value.value, exp(1.959964 * c.valueSpread), 1e-3))
        let model = LifetimeValue(purchases: cdnow.purchases, spend: cdnow.spend)
        let lifetime = try #require(model(history, periods: 12, of: 4, discount: 0.01))
        #expect(isClose(lifetime.value, c.lifetime, 1e-5))
        #expect(lifetime.interval.contains(c.lifetime))
    }

    @Test func aNewCustomersExpectationAgreesToo() throws {
        #expect(isClose(try Cdnow().purchases.purchasesOfNewCustomer(within: 39).value, 1.1950161920278042, 1e-5))
    }

    /// Customers drawn from the model itself: the truth lies within three standard errors of each estimate.
    @Test func aKnownWorldIsFound() throws {
        let truth = (r: 0.8, alpha: 20.0, a: 0.6, b: 2.0)
        var draws = SeededGenerator(seed: 7)
        let histories = (0..<10_000).compactMap { _ in
            Self.customer(truth.r, truth.alpha, truth.a, truth.b, age: 200, &draws)
        }
        let model = try PurchaseModel(histories)
        for (index, want) in [truth.r, truth.alpha, truth.a, truth.b].enumerated() {
            let error = model.parameters.covariance[index][index].squareRoot()
            #expect(abs(log(model.parameters.values[index] / want)) < 3 * error)
            #expect(error < 0.15)
        }
    }

    @Test func tooFewRepeatsAreSaidToBeTooFew() throws {
        let once = try #require(PurchaseHistory(repeats: 0, recency: 0, age: 10))
        let again = try #require(PurchaseHistory(repeats: 1, recency: 4, age: 10, meanValue: 3))
        let few = [PurchaseHistory](repeating: once, count: 100) + [PurchaseHistory](repeating: again, count: 19)
        #expect(throws: EstimateError.tooFew(count: 19, needed: 20)) { try PurchaseModel(few) }
        #expect(throws: EstimateError.tooFew(count: 19, needed: 20)) { try SpendModel(few) }
    }

    /// Everybody alike: nothing tells how customers differ, and the likelihood has no maximum.
    @Test func whatDataLeaveOpenLeansOnThePriorOrIsNotMadeUp() throws {
        let again = try #require(PurchaseHistory(repeats: 3, recency: 9, age: 10, meanValue: 3))
        let alike = [PurchaseHistory](repeating: again, count: 500)
        let model = try PurchaseModel(alike)
        #expect(model.parameters.leansOnPrior)
        let next = model.purchases(within: 10, again)
        #expect((2.5...3.2).contains(next.value) && next.interval.contains(next.value))
        #expect(try !Cdnow().purchases.parameters.leansOnPrior)
        #expect(throws: EstimateError.unsettled) { try SpendModel(alike) }  // All spend the same: it has no bound.
    }

    @Test func historiesThatCannotBeAreNone() {
        #expect(PurchaseHistory(repeats: -1, recency: 0, age: 1) == nil)
        #expect(PurchaseHistory(repeats: 1, recency: 2, age: 1) == nil)
        #expect(PurchaseHistory(repeats: 0, recency: 1, age: 1) == nil)
        #expect(PurchaseHistory(repeats: 1, recency: 1, age: .infinity) == nil)
        #expect(PurchaseHistory(repeats: 1, recency: 1, age: 2, meanValue: .nan) == nil)
    }

    /// One customer of the model's own story.
    private static func customer(
        _ r: Double, _ alpha: Double, _ a: Double, _ b: Double, age: Double, _ draws: inout SeededGenerator
    ) -> PurchaseHistory? {
        let rate = gamma(r, &draws) / alpha
        let (left, stays) = (gamma(a, &draws), gamma(b, &draws))
        var (time, last, repeats) = (0.0, 0.0, 0)
        while true {
            time -= log(Double.random(in: .leastNonzeroMagnitude..<1, using: &draws)) / rate
            guard time < age else { break }
            (last, repeats) = (time, repeats + 1)
            if Double.random(in: 0..<1, using: &draws) < left / (left + stays) { break }
        }
        return PurchaseHistory(repeats: repeats, recency: last, age: age, meanValue: repeats > 0 ? 1 : 0)
    }

    /// A draw of Γ(shape, 1). Source: Ahrens and Dieter, Computing 12, 1974, for a shape below 1; a sum of them above.
    private static func gamma(_ shape: Double, _ draws: inout SeededGenerator) -> Double {
        if shape >= 1 {
            let one = -log(Double.random(in: .leastNonzeroMagnitude..<1, using: &draws))
            return shape == 1 ? one : one + gamma(shape - 1, &draws)
        }
        guard shape > 0 else { return 0 }
        while true {
            let p = Double.random(in: 0..<1, using: &draws) * (1 + shape / M_E)
            let u = Double.random(in: 0..<1, using: &draws)
            if p <= 1 {
                let x = pow(p, 1 / shape)
                if u <= exp(-x) { return x }
            } else {
                let x = -log((1 + shape / M_E - p) / shape)
                if u <= pow(x, shape - 1) { return x }
            }
        }
    }
}
