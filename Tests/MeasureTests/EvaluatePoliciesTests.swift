import Base
import Domain
import Learning
import Testing

@testable import Measure

/// A shop of 20 products whose visitors come in two kinds; each kind likes products of its own.
private struct Shop {
    static let productCount = 20
    var random: SeededGenerator

    static func chance(_ product: Int, kind: Int) -> Double {
        if product == 3 { return 0.25 }  // Liked by all: popularity finds it.
        return product == (kind == 0 ? 7 : 11) ? 0.5 : 0.04
    }

    static var randomValue: Double {
        (0..<2).reduce(0) { sum, kind in
            sum + (0..<productCount).reduce(0) { $0 + chance($1, kind: kind) } / Double(2 * productCount)
        }
    }

    static func product(_ index: Int) throws -> Subject { try #require(Subject(kind: .product, id: "\(index)")) }

    /// One decision of `slotCount` slots, by a policy that leans to low product numbers.
    mutating func decision(_ index: Int, slotCount: Int, areCandidatesLogged: Bool = true) throws -> LoggedDecision {
        let kind = Int.random(in: 0..<2, using: &random)
        let distribution = try ExplorationDistribution(
            scores: (0..<Self.productCount).map { -Double($0) / 20 }, floor: 0.3, temperature: 1)
        let draws = distribution.drawSlate(count: slotCount, using: &random)
        let candidates = try distribution.probabilities.enumerated().map { product, probability in
            Decision.Candidate(
                subject: try Self.product(product), probability: areCandidatesLogged ? probability : 0)
        }
        let choices = try draws.enumerated().map { slot, draw in
            Decision.Choice(
                subject: try Self.product(draw.index), position: slot + 1, probability: draw.probability, score: nil,
                reasons: [])
        }
        let decision = Decision(
            id: DecisionID(validated: "d\(index)"), person: PersonID(validated: "p\(index)"),
            time: EventTime(clampingUnixMs: Int64(index) * 1000), channel: .unknown, surface: "home", policy: "shop-1",
            model: "", floor: 0.3, candidates: candidates, choices: choices,
            context: JSONObject([.init(name: "kind", value: .int(Int64(kind)))]))
        let isPositive = draws.map { draw in
            Double.random(in: 0..<1, using: &random) < Self.chance(draw.index, kind: kind)
        }
        return try #require(LoggedDecision(decision: decision, isPositive: isPositive))
    }

    static func log(_ count: Int, slotCount: Int = 1, seed: UInt64, areCandidatesLogged: Bool = true) throws
        -> [LoggedDecision]
    {
        var shop = Shop(random: SeededGenerator(seed: seed))
        return try (0..<count).map {
            try shop.decision($0, slotCount: slotCount, areCandidatesLogged: areCandidatesLogged)
        }
    }
}

@Suite struct EvaluatePoliciesTests {
    private static func policy(_ name: String, in table: PolicyTable) throws -> PolicyTable.Policy {
        try #require(table.policies.first { $0.policy == name })
    }

    private static func estimate(_ name: String, of policy: PolicyTable.Policy) throws -> PolicyTable.Estimate {
        try #require(policy.estimates.first { $0.estimator == name })
    }

    @Test(arguments: [1, 3], [true, false])
    func whatKnowsMoreIsWorthMore(slotCount: Int, areCandidatesLogged: Bool) throws {
        let log = try Shop.log(6000, slotCount: slotCount, seed: 7, areCandidatesLogged: areCandidatesLogged)
        var options = EvaluatePolicies.Options()
        options.replicateCount = 200
        let table = try EvaluatePolicies(options: options)(log: "shop", decisions: log)
        #expect(table.policies.map(\.policy) == ["logged", "learned", "popularity", "random"])
        #expect(table.decisionCount == 6000 && table.slotCountEvaluated == 3000 * slotCount)
        #expect(table.outcomeCount == log.reduce(0) { $0 + $1.isPositive.count { $0 } })
        for estimator in ["ips", "snips", "dr"] {
            let values = try table.policies.map { try Self.estimate(estimator, of: $0) }
            for value in values { #expect(value.low < value.value && value.value < value.high) }
            #expect(values[1].low > values[2].value, "learned beats popularity by \(estimator)")
            #expect(values[2].low > values[3].value, "popularity beats random by \(estimator)")
        }
        #expect(table.policies.allSatisfy { $0.trust == .ok && !$0.note.isEmpty })
    }

    /// 95% intervals of 12 seeds and three estimators that share their data: at most 4 seeds may miss (P < 0.003).
    @Test func theValueOfTheRandomPolicyIsCovered() throws {
        var missed = 0
        for seed in 1...12 {
            let table = try EvaluatePolicies()(log: "shop", decisions: Shop.log(1000, seed: UInt64(seed)))
            let random = try Self.policy("random", in: table)
            let isCovered = random.estimates.allSatisfy { $0.low <= Shop.randomValue && Shop.randomValue <= $0.high }
            if !isCovered { missed += 1 }
        }
        #expect(missed <= 4)
    }

    @Test func theLoggedPolicyIsWorthWhatItEarned() throws {
        let table = try EvaluatePolicies()(log: "shop", decisions: Shop.log(400, slotCount: 2, seed: 3))
        let logged = try Self.policy("logged", in: table)
        for estimate in logged.estimates { #expect(abs(estimate.value - table.onPolicy.value) < 1e-12) }
        #expect(logged.effectiveSampleSize == Double(table.slotCountEvaluated))
        #expect(table.onPolicy.low < table.onPolicy.value && table.onPolicy.value < table.onPolicy.high)
    }

    @Test func theOrderOfTheLogDoesNotMatterAndARunRepeats() throws {
        let log = try Shop.log(300, seed: 5)
        let table = try EvaluatePolicies()(log: "shop", decisions: log)
        #expect(try EvaluatePolicies()(log: "shop", decisions: log.reversed()) == table)
    }

    @Test func aSmallLogIsNotTrusted() throws {
        let table = try EvaluatePolicies()(log: "shop", decisions: Shop.log(60, seed: 2))
        let learned = try Self.policy("learned", in: table)
        #expect(learned.trust == .lowESS)
        #expect(learned.note.contains("wanted"))
        let outcomes = try #require(learned.doubts.first { $0.code == .fewOutcomes })
        #expect(outcomes.value < outcomes.wanted && outcomes.wanted == 5)
    }

    @Test func slotsThatCannotBeJudgedAreLeftOutAndCounted() throws {
        var log = try Shop.log(100, seed: 4)
        for index in 90..<100 {
            let old = log[index].decision
            let choice = old.choices[0]
            let stranger = Decision.Choice(
                subject: index < 95 ? try Shop.product(99) : choice.subject, position: 1,
                probability: index < 95 ? 0.1 : 0, score: nil, reasons: [])
            let changed = Decision(
                id: old.id, person: old.person, time: old.time, channel: old.channel, surface: old.surface,
                policy: old.policy, model: old.model, floor: old.floor, candidates: old.candidates,
                choices: [stranger], context: old.context)
            log[index] = try #require(LoggedDecision(decision: changed, isPositive: [true]))
        }
        let table = try EvaluatePolicies()(log: "shop", decisions: log)
        #expect(table.slotCountLeftOut == 10 && table.slotCountEvaluated == 40)
    }

    @Test func slotsThatWereNeverShownCountNeitherWay() throws {
        let log = try Shop.log(400, slotCount: 2, seed: 6)
        let half = try log.map {
            try #require(LoggedDecision(decision: $0.decision, isPositive: $0.isPositive, isShown: [true, false]))
        }
        let first = try log.map { logged in
            let old = logged.decision
            let decision = Decision(
                id: old.id, person: old.person, time: old.time, channel: old.channel, surface: old.surface,
                policy: old.policy, model: old.model, floor: old.floor, candidates: old.candidates,
                choices: [old.choices[0]], context: old.context)
            return try #require(LoggedDecision(decision: decision, isPositive: [logged.isPositive[0]]))
        }
        let table = try EvaluatePolicies()(log: "shop", decisions: half)
        let wanted = try EvaluatePolicies()(log: "shop", decisions: first)
        #expect(table.slotCountEvaluated == 200 && table.slotCountUnseen == 200 && table.slotCountLeftOut == 0)
        #expect(table.onPolicy == wanted.onPolicy && table.policies == wanted.policies)
        let none = try log.map {
            try #require(LoggedDecision(decision: $0.decision, isPositive: $0.isPositive, isShown: [false, false]))
        }
        #expect(throws: EvaluatePoliciesError.noUsableSlot(leftOut: 0, unseen: 400)) {
            try EvaluatePolicies()(log: "shop", decisions: none)
        }
    }

    @Test func ofOwnDecisionsASlotWasShownWhereAnExposureSaysSo() throws {
        let decision = try Shop.log(1, slotCount: 3, seed: 1)[0].decision
        let subjects = decision.choices.map(\.subject)
        let events: [(EventName, Subject)] = [
            (.productExposure, subjects[0]), (.exposure, subjects[1]), (.productClick, subjects[1]),
            (.productClick, subjects[2]),
        ]
        let outcomes = events.map { DecisionIndex.Outcome(name: $0, subject: $1, time: decision.time) }
        let own = try #require(LoggedDecision(decision, source: .quanyu, outcomes: outcomes))
        #expect(own.isShown == [true, true, false] && own.isPositive == [false, true, true])
        let other = try #require(
            LoggedDecision(decision, source: SourceName(validated: "shop"), outcomes: outcomes))
        #expect(other.isShown == [true, true, true])
    }

    @Test func tooLittleIsAnError() throws {
        #expect(throws: EvaluatePoliciesError.tooFewDecisions(count: 0, least: 20)) {
            try EvaluatePolicies()(log: "shop", decisions: [])
        }
        let log = try Shop.log(19, seed: 1)
        #expect(throws: EvaluatePoliciesError.tooFewDecisions(count: 19, least: 20)) {
            try EvaluatePolicies()(log: "shop", decisions: log)
        }
    }

    @Test func aLogWithoutAnyOutcomeSaysLittleButStands() throws {
        let log = try Shop.log(100, seed: 4).map {
            try #require(LoggedDecision(decision: $0.decision, isPositive: [false]))
        }
        let table = try EvaluatePolicies()(log: "shop", decisions: log)
        #expect(table.onPolicy.value == 0 && table.onPolicy.high > 0.01)
        #expect(table.policies.allSatisfy { $0.trust == .lowESS })
    }

    @Test func priorsBringThompsonSampling() throws {
        var options = EvaluatePolicies.Options()
        for product in 0..<Shop.productCount {
            options.thompsonPriors[try Shop.product(product)] = .init(alpha: product == 7 ? 200 : 1, beta: 200)
        }
        let log = try Shop.log(2000, seed: 8)
        let table = try EvaluatePolicies(options: options)(log: "shop", decisions: log)
        let thompson = try Self.policy("bts", in: table)
        // Product 7 always: liked by one kind with 0.5, by the other with 0.04.
        let estimate = try Self.estimate("snips", of: thompson)
        #expect(estimate.low < 0.27 && 0.27 < estimate.high)
        options.thompsonPriors[try Shop.product(99)] = .init(alpha: 1, beta: 1)
        let others = try EvaluatePolicies(options: options)(log: "shop", decisions: log)
        #expect(!others.policies.contains { $0.policy == "bts" }, "priors of other subjects say nothing here")
    }

    /// A log whose items are new each time, shown at depths for which every pair would be 6 · 10⁶ cells.
    @Test func aModelOfManyItemsAtManyPositionsStaysSmall() throws {
        var training = PolicyTraining()
        for index in 0..<6000 {
            training.add(try Self.single(index, subject: index, position: index % 1000 + 1, probability: 0.5))
        }
        let means = training.smoothedRewards()
        #expect(means.actionCount == 6000)
        #expect(means.actionCount * means.positionCount <= PolicyTraining.cellCountMax)
        #expect(means.byAction().count == 6000)
    }

    @Test func aPropensityNextToNothingSpoilsNoEstimate() throws {
        let log = try Shop.log(200, seed: 4) + [Self.single(201, subject: 0, position: 1, probability: 1e-300)]
        let table = try EvaluatePolicies()(log: "shop", decisions: log)
        #expect(table.slotCountLeftOut == 1)
        #expect(table.policies.map(\.policy) == ["logged", "learned", "popularity", "random"])
        #expect(table.policies.allSatisfy { $0.effectiveSampleSize.isFinite })
    }

    private static func single(
        _ index: Int, subject: Int, position: Int, probability: Double
    ) throws -> LoggedDecision {
        let subject = try Shop.product(subject)
        let decision = Decision(
            id: DecisionID(validated: "s\(index)"), person: PersonID(validated: "p\(index)"),
            time: EventTime(clampingUnixMs: Int64(index) * 1000), channel: .unknown, surface: "home", policy: "p",
            model: "", floor: 0, candidates: [.init(subject: subject, probability: 0)],
            choices: [.init(subject: subject, position: position, probability: probability, score: nil, reasons: [])],
            context: JSONObject())
        return try #require(LoggedDecision(decision: decision, isPositive: [index % 2 == 0]))
    }

    @Test func oneFlagPerChoiceOrNoLoggedDecision() throws {
        let one = try Shop.log(1, slotCount: 2, seed: 1)[0]
        #expect(LoggedDecision(decision: one.decision, isPositive: [true]) == nil)
        #expect(LoggedDecision(decision: one.decision, isPositive: [true, true], isShown: [true]) == nil)
    }
}
