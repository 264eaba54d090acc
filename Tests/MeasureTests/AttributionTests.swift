import Base
import Domain
import Glibc
import Statistics
import Testing
import Timeline

@testable import Measure

@Suite struct AttributionTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func creditsAddUpToTheConversionsExactly(seed: UInt64) {
        let set = RandomJourneys.make(seed: seed)
        let attribution = Attribution(set, settings: RandomJourneys.settings(seed))
        let touched = set.journeys.filter { $0.touchCount > 0 }.compactMap(\.conversion)
        #expect(attribution.total.gross == Int64(touched.count) * Attribution.partsOfOne)
        #expect(attribution.total.refunded == Int64(touched.count(where: \.isRefunded)) * Attribution.partsOfOne)
        for currency in set.currencies.indices {
            let mine = touched.filter { $0.currency == currency }
            #expect(attribution.total.netMinor[currency] == mine.reduce(0) { $0 + $1.minor - $1.refundedMinor })
        }
        for m in Attribution.models.indices {
            let credits = attribution.rows.map { $0.shares[m].credit }
            #expect(credits.reduce(0) { $0 + $1.net } == attribution.total.net)
            #expect(credits.reduce(0) { $0 + $1.refunded } == attribution.total.refunded)
            for currency in set.currencies.indices {
                #expect(credits.reduce(0) { $0 + $1.netMinor[currency] } == attribution.total.netMinor[currency])
                #expect(
                    credits.reduce(0) { $0 + $1.refundedMinor[currency] }
                        == attribution.total.refundedMinor[currency])
            }
        }
        let untouched = set.journeys.filter { $0.touchCount == 0 }.count { $0.conversion != nil }
        #expect(attribution.untouched.gross == Int64(untouched) * Attribution.partsOfOne)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func eachJourneyIsDividedAsDefined(seed: UInt64) {
        let set = RandomJourneys.make(seed: seed)
        let settings = RandomJourneys.settings(seed)
        let attribution = Attribution(set, settings: settings)
        for (m, model) in Attribution.models.enumerated() where model != .markov {
            guard model != .shapley || settings.worth == .conversions else { continue }
            let want = DefinedDivision.net(set, model, halfLifeMs: Double(settings.halfLife.count))
            for (row, credit) in zip(attribution.rows, want) {
                let got = Double(row.shares[m].credit.net) / Double(Attribution.partsOfOne)
                #expect(abs(got - credit) < 2e-9, "\(model)")
            }
        }
    }

    @Test func whatWasGivenBackGoesOffTheTouchesThatWereCredited() {
        let kept = JourneySet.Conversion(currency: 0, minor: 1000)
        let partly = JourneySet.Conversion(currency: 0, minor: 1000, refundedMinor: 400)
        let returned = JourneySet.Conversion(currency: 0, minor: 500, refundedMinor: 500, isRefunded: true)
        let set = RandomJourneys.set([([0], kept), ([1], partly), ([2], returned)])
        let last = Attribution(set, settings: .init()).rows.map { $0.shares[1].credit }
        let one = Attribution.partsOfOne
        #expect(last.map(\.net) == [one, one, 0] && last.map(\.refunded) == [0, 0, one])
        #expect(last.map(\.netMinor) == [[1000], [600], [0]])
        #expect(last.map(\.refundedMinor) == [[0], [400], [500]])
    }

    @Test func everyModelStopsWhereItsTimeIsSpent() {
        let set = RandomJourneys.make(seed: 3, keyCount: 14)
        let settings = AttributionSettings(halfLife: .days(1), markovOrder: 2, worth: .rate)
        let spent = QueryBudget(until: .now)
        spent.end()
        let table = JourneyTable(set)
        func isAtWork(_ budget: QueryBudget?) -> [Bool] {
            [
                JourneyTable(set, within: budget).entries.count == table.entries.count,
                DividedCredits(set, settings: settings, within: budget).cells.contains { $0.squares > 0 },
                MarkovShares(table, order: 2, keyCount: 14, within: budget).effects.contains { $0 > 0 },
                ShapleyValue(rates: table.sets, playerCount: 14, within: budget).values.contains { $0 != 0 },
            ]
        }
        #expect(isAtWork(nil) == [true, true, true, true])
        #expect(isAtWork(spent) == [false, false, false, false])
        let ample = QueryBudget(until: .now + .seconds(600))
        #expect(Attribution(set, settings: settings, within: ample) == Attribution(set, settings: settings))
        #expect(!ample.isSpent)
    }

    @Test func nobodyConvertedIsNoCredit() {
        let set = RandomJourneys.set([([0, 1], nil), ([1], nil)])
        let attribution = Attribution(set, settings: .init(worth: .rate))
        #expect(attribution.total.gross == 0 && attribution.disagreement.index == 0 && attribution.paths.isEmpty)
        #expect(attribution.rows.allSatisfy { $0.shares.allSatisfy { $0.credit.gross == 0 && $0.share == 0 } })
        #expect(attribution.journeys.total == 2 && attribution.rows[1].journeys.total == 2)
        #expect(Attribution(RandomJourneys.set([RandomJourneys.Plain]()), settings: .init()).rows.isEmpty)
    }

    @Test func modelsThatCreditNoKeyInCommonDisagreeWholly() {
        #expect(Disagreement([[1, 0], [0, 1]]).index == 1)
        #expect(Disagreement([[0.5, 0.5], [0.5, 0.5]]).index == 0)
        let three = Disagreement([[1, 0], [1, 0], [0.25, 0.75]])
        #expect(three.index == 0.5 && three.distances[0] == [0, 0, 0.75])
    }

    @Test func whereEachPersonConvertsOnceTheIntervalIsThatOfAMean() {
        // Shares of 0.5 with spread: of four people, credits 1, 1, 0, 0 to key 0.
        let once = JourneySet.Conversion()
        let set = RandomJourneys.set([([0], once), ([0], once), ([1], once), ([1], once)])
        let interval = Attribution(set, settings: .init()).rows[0].shares[0].interval
        let margin = 3.182446305284263 * (1.0 / 3 / 4).squareRoot()  // t₀.₉₇₅ of 3 degrees · s/√n.
        #expect(abs((interval?.low ?? -1) - max(0, 0.5 - margin)) < 1e-9)
        #expect(abs((interval?.high ?? -1) - min(1, 0.5 + margin)) < 1e-9)
    }

    @Test func whatOnePersonDoesOftenIsOneWord() {
        // One person with six conversions by key 0 says no more than one person: the interval stays wide.
        let journeys = (0..<6).map { _ in RandomJourneys.Plain(person: 0, keys: [0], conversion: .init()) }
        let others = (1..<4).map { RandomJourneys.Plain(person: $0, keys: [1], conversion: .init()) }
        let apart = (0..<9).map { RandomJourneys.Plain(person: $0, keys: [$0 < 6 ? 0 : 1], conversion: .init()) }
        let clustered = Attribution(RandomJourneys.set(journeys + others), settings: .init()).rows[0].shares[0]
        let free = Attribution(RandomJourneys.set(apart), settings: .init()).rows[0].shares[0]
        #expect(clustered.share == free.share)
        #expect((clustered.interval?.width ?? 0) > (free.interval?.width ?? 1))
    }
}

@Suite struct ApportionmentTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func partsAddUpAndLieByTheirQuotas(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let weights = (0..<Int.random(in: 1...60, using: &random)).map { _ in Double.random(in: 0...1, using: &random) }
        let small = Int64.random(in: -500...500, using: &random)
        let totals: [Int64] = [small, 1_000_000_000, .max / 3, .min / 3]
        let total = totals[Int(seed % 4)]
        let parts = apportion(total, by: weights)
        #expect(parts.reduce(0, &+) == total)
        guard total.magnitude < 1 << 50 else { return }
        let sum = weights.reduce(0, +)
        for (part, weight) in zip(parts, weights) {
            let quota = Double(total) * weight / sum
            #expect(abs(Double(part) - quota) < 1 + 1e-6)
        }
    }

    @Test func theLargestRemaindersAreRaised() {
        #expect(apportion(10, by: [1, 1, 1]) == [4, 3, 3])
        #expect(apportion(100, by: [0.335, 0.335, 0.33]) == [34, 33, 33])
        #expect(apportion(7, by: [0, 0]) == [4, 3] && apportion(0, by: [0]) == [0] && apportion(3, by: []) == [])
    }
}

/// Credit without what was given back, journey by journey as it is said in words.
private enum DefinedDivision {
    static func net(_ set: JourneySet, _ model: AttributionModel, halfLifeMs: Double) -> [Double] {
        var credits = set.keys.map { _ in 0.0 }
        var rest = set.touches[...]
        for journey in set.journeys {
            let touches = Array(rest.prefix(journey.touchCount))
            rest = rest.dropFirst(journey.touchCount)
            guard let conversion = journey.conversion, !conversion.isRefunded, !touches.isEmpty else { continue }
            for (key, credit) in divide(touches, model, halfLifeMs) { credits[key] += credit }
        }
        return credits
    }

    private static func divide(
        _ touches: [JourneySet.Touch], _ model: AttributionModel, _ halfLifeMs: Double
    ) -> [(Int, Double)] {
        let keys = touches.map { Int($0.key) }
        let n = Double(keys.count)
        switch model {
        case .first: return [(keys[0], 1)]
        case .last: return [(keys[keys.count - 1], 1)]
        case .lastNonDirect:
            let others = zip(keys, touches).filter { !$0.1.isDirect }.map(\.0)
            return [(others.last ?? keys[keys.count - 1], 1)]
        case .linear: return keys.map { ($0, 1 / n) }
        case .timeDecay:
            let weights = touches.map { exp2(-Double($0.ageMs) / halfLifeMs) }
            return zip(keys, weights).map { ($0, $1 / weights.reduce(0, +)) }
        case .position:
            if keys.count < 3 { return keys.map { ($0, 1 / n) } }
            let between = keys[1..<keys.count - 1].map { ($0, 0.2 / (n - 2)) }
            return [(keys[0], 0.4), (keys[keys.count - 1], 0.4)] + between
        case .shapley: return Set(keys).map { ($0, 1 / Double(Set(keys).count)) }
        case .markov: return []
        }
    }
}
