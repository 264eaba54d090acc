import Base
import Decide
import Domain
import Testing

@Suite struct DecideTests {
    @Test func anEmptySystemSaysThatThereIsNothingToChooseFrom() async throws {
        let shop = Shop()
        for policy in DecidePolicy.allCases {
            await #expect(throws: DecideError.noCandidates) {
                _ = try await shop.ask("p", policy: policy, isShadow: policy != .learned)
            }
        }
        await #expect(throws: DecideError.noCandidates) { _ = try await shop.ask("p", candidates: []) }
        #expect(shop.events.isEmpty)
    }

    @Test func aDecisionIsInTheJournalAsItWasAnswered() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let decision = try await shop.ask("p1", count: 5, context: JSONObject([.init(name: "page", value: "cart")]))
        let event = try #require(shop.events.last)
        #expect(Decision(event: event) == decision)
        #expect(event.source == .quanyu)
        #expect(decision.choices.map(\.position) == [1, 2, 3, 4, 5])
        #expect(Set(decision.choices.map(\.subject)).count == 5)
        #expect(decision.choices.allSatisfy { !$0.reasons.isEmpty && $0.probability > 0 && $0.probability <= 1 })
        let sum: Double = decision.candidates.map(\.probability).reduce(0, +)
        #expect(abs(sum - 1) < 1e-9)
        #expect(decision.model.hasPrefix("ftrl-1@"))
        #expect(decision.context["quanyu_recall"]?["buy_again"]?.intValue ?? 0 > 0)
    }

    @Test func whatCannotBeRecordedIsNotAnswered() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        shop.fillJournal()
        await #expect(throws: DecideError.notRecorded(reason: "disk full")) { _ = try await shop.ask("p1") }
    }

    @Test func aShadowDecisionLeavesNoTraceAndIsTheSameEachTime() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let before = shop.state.encoded()
        for policy in DecidePolicy.allCases {
            let first = try await shop.ask("p1", count: 5, policy: policy, isShadow: true)
            let second = try await shop.ask("p1", count: 5, policy: policy, isShadow: true)
            #expect(first.choices == second.choices)
            #expect(first.choices.count == 5)
        }
        #expect(shop.state.encoded() == before)
        #expect(shop.events.allSatisfy { $0.name != .decision })
    }

    @Test func requestedCandidatesAreTheOnlyOnes() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let names = ["product:1", "product:never-seen", "coupon:9", "product:1"]
        let decision = try await shop.ask("p1", count: 10, candidates: names)
        #expect(Set(decision.choices.map(\.subject.description)) == Set(names))
        #expect(decision.choices.count == 3)
        #expect(decision.choices.allSatisfy { $0.reasons.contains("requested") })
    }

    @Test func aTimeAheadOfTheClockIsRefused() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let request = try DecideRequest(
            person: PersonID(validated: "p"), surface: "home", count: 1, time: shop.now.advanced(by: .hours(1)))
        await #expect(throws: DecideError.invalid(field: "time", reason: "lies in the future")) {
            _ = try await shop.decide(request)
        }
    }

    @Test func decisionsOfOneSeedHaveIdsOfTheirOwn() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let decide = Decide(
            state: shop.state, ports: DecidePorts(record: { _ in }, now: { shop.now }, seed: { 7 }))
        let request = try DecideRequest(person: PersonID(validated: "p"), surface: "home", count: 1)
        let (one, other) = (try await decide(request), try await decide(request))
        #expect(one.id != other.id)
        #expect(one.choices == other.choices)
    }

    /// Each slot's logged probability is compared with how often that choice was drawn in that situation.
    @Test func theProbabilityLoggedIsTheFrequencyDrawn() async throws {
        var options = Shop.smallOptions
        options.floor = 0.2
        options.temperature = 1
        let shop = Shop(options: options, seed: 11)
        let candidates = (0..<4).map { "product:\($0)" }
        for _ in 0..<3 { shop.send(.productPurchased, "p", "product:0") }
        shop.send(.productClick, "p", "product:1")
        let runCount = 6000
        var counts: [[Subject]: Int] = [:]
        var probabilities: [[Subject]: Double] = [:]
        for _ in 0..<runCount {
            let decision = try await shop.ask("p", count: 2, candidates: candidates)
            let slate = decision.choices.map(\.subject)
            counts[slate, default: 0] += 1
            probabilities[slate] = decision.choices.map(\.probability).reduce(1, *)
            let first = decision.candidates.first { $0.subject == slate[0] }?.probability
            #expect(first == decision.choices[0].probability)
        }
        for (slate, probability) in probabilities {
            let error = (probability * (1 - probability) / Double(runCount)).squareRoot()
            #expect(abs(Double(counts[slate] ?? 0) / Double(runCount) - probability) < 4.5 * error, "\(slate)")
        }
        #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-9, "all twelve slates occurred")
        #expect(Set(counts.keys).count == 12)
    }

    @Test func everyCandidateKeepsTheFloorAndTheLastSlotStaysInformed() async throws {
        var options = Shop.smallOptions
        options.floorBySurface = ["home": 0.1]
        options.temperature = 0.001
        let shop = Shop(options: options)
        shop.fillWithPurchases()
        let decision = try await shop.ask("p1", count: 8)
        let least = 0.1 / Double(decision.candidates.count)
        #expect(decision.floor == 0.1)
        #expect(decision.candidates.allSatisfy { $0.probability >= least * 0.999 })
        let count = Double(decision.candidates.count)
        let uniform = (0..<8).map { 1 / (count - Double($0)) }
        #expect(zip(decision.choices, uniform).contains { $0.probability > 1.5 * $1 })
    }
}
