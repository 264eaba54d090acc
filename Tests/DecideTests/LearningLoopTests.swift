import Base
import Domain
import Testing

@testable import Decide

@Suite struct LearningLoopTests {
    /// Two kinds of people, six things, each kind likes one: what is shown must become what is liked.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func findsWhatPeopleLikeInAKnownWorld(seed: UInt64) async throws {
        var options = Shop.smallOptions
        options.floor = 0.2
        let shop = Shop(options: options, seed: seed)
        var random = SeededGenerator(seed: seed &+ 100)
        let candidates = (0..<6).map { "product:\($0)" }
        var taken: [Bool] = []
        for round in 0..<2400 {
            let kind = Int.random(in: 0..<2, using: &random)
            let decision = try await shop.ask(
                "p\(round)", candidates: candidates,
                context: JSONObject([.init(name: "kind", value: .int(Int64(kind)))]))
            let subject = try #require(decision.choices.first?.subject)
            shop.send(.exposure, "p\(round)", subject.description, decision: decision.id)
            let likelihood = subject.id == "\(kind + 2)" ? 0.6 : 0.05
            let isTaken = Double.random(in: 0..<1, using: &random) < likelihood
            if isTaken { shop.send(.click, "p\(round)", subject.description, decision: decision.id) }
            taken.append(isTaken)
            shop.advance(.minutes(31))
        }
        func rate(_ range: Range<Int>) -> Double { Double(taken[range].count { $0 }) / Double(range.count) }
        #expect(rate(1800..<2400) > 0.44, "the best within exploration: 0.51; chance: 0.14")
        #expect(rate(1800..<2400) > rate(0..<100))
    }

    @Test func anOutcomeIsCountedOnce() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let decision = try await shop.ask("p1", count: 3)
        let subjects = decision.choices.map(\.subject.description)
        for subject in subjects + subjects { shop.send(.exposure, "p1", subject, decision: decision.id) }
        for name in [EventName.click, .click, .addToCart, .productPurchased] {
            shop.send(name, "p1", subjects[0], decision: decision.id)
        }
        #expect(shop.state.counts.positives == 1)
        #expect(shop.state.counts.negatives == 0)
        shop.advance(.minutes(31))
        for _ in 0..<2 { _ = try await shop.ask("p2") }
        #expect(shop.state.counts.positives == 1)
        #expect(shop.state.counts.negatives == 2, "exposed, unanswered")
        #expect(shop.state.counts.positivesLate == 0)
    }

    @Test func aLatePositiveIsLearnedAndNoted() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let decision = try await shop.ask("p1")
        let subject = decision.choices[0].subject.description
        shop.send(.exposure, "p1", subject, decision: decision.id)
        shop.advance(.hours(2))
        _ = try await shop.ask("p2")
        shop.send(.productPurchased, "p1", subject, decision: decision.id)
        shop.send(.productPurchased, "p1", subject, decision: decision.id)
        #expect(
            shop.state.counts
                == LearningCounts(decisions: 2, positives: 1, negatives: 1, positivesLate: 1))
    }

    @Test func aCouponThatWasSeenTeachesByWhetherItIsClaimed() async throws {
        let shop = Shop()
        let decision = try await shop.ask("p1", count: 2, candidates: ["coupon:five", "coupon:ten"])
        for choice in decision.choices {
            shop.send(.couponExposure, "p1", choice.subject.description, decision: decision.id)
        }
        shop.send(.couponClaimed, "p1", "coupon:ten", decision: decision.id)
        #expect(shop.state.counts == LearningCounts(decisions: 1, positives: 1))
        shop.advance(.minutes(31))
        for _ in 0..<2 { _ = try await shop.ask("p2", candidates: ["coupon:five"]) }
        #expect(shop.state.counts == LearningCounts(decisions: 3, positives: 1, negatives: 1))
    }

    @Test func whatWasNotSeenTeachesNothing() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        _ = try await shop.ask("p1", count: 5)
        shop.advance(.hours(2))
        _ = try await shop.ask("p2")
        #expect(shop.state.counts == LearningCounts(decisions: 2))
    }

    @Test func anotherSystemsDecisionIsNotLearnedFrom() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let decision = try await shop.ask("p1", isShadow: true)
        shop.append(decision.event(source: SourceName(validated: "other"), receivedAt: shop.now))
        let subject = decision.choices[0].subject.description
        shop.send(.exposure, "p1", subject, decision: decision.id)
        shop.send(.click, "p1", subject, decision: decision.id)
        #expect(shop.state.counts == LearningCounts())
    }

    /// A log of another year, imported in between, is not the time by which outcomes are waited for.
    @Test(arguments: [-400, 400] as [Int64])
    func anImportOfAnotherYearClosesNoWindow(days: Int64) async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        func askAndExpose() async throws {
            let decision = try await shop.ask("p1")
            let subject = decision.choices[0].subject.description
            shop.send(.exposure, "p1", subject, decision: decision.id)
        }
        try await askAndExpose()
        shop.advance(.days(days))
        shop.send(.productPurchased, "q", "item:elsewhere")
        #expect(shop.state.counts.negatives == 0)
        shop.advance(.days(-days))
        shop.advance(.minutes(31))
        try await askAndExpose()
        #expect(shop.state.counts.negatives == 1)
    }

    /// Somebody tries a decision of today while last year is replayed: the replay goes on learning.
    @Test func aStepBackOfTheClockClosesWhatWouldWaitForYears() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        shop.advance(.days(400))
        _ = try await shop.ask("today")
        shop.advance(.days(-400))
        for _ in 0..<3 {
            let decision = try await shop.ask("p1")
            let subject = decision.choices[0].subject.description
            shop.send(.exposure, "p1", subject, decision: decision.id)
            shop.advance(.minutes(31))
        }
        #expect(shop.state.counts.negatives == 2)
    }

    @Test func oneWrongClockDoesNotCloseEveryWindow() async throws {
        let shop = Shop()
        let far = EventTime(clampingUnixMs: EventTime.unixMsEnd)
        shop.append(
            Event(
                id: EventID(validated: "e"), source: Shop.source, person: PersonID(validated: "p"), name: .pageView,
                channel: .unknown, time: far, receivedAt: shop.now))
        #expect(shop.state.watermark <= shop.now.advanced(by: .days(1)))
    }
}
