import Base
import Domain
import Measure
import TestSupport
import Testing

/// An index that is fed events with sequences of its own, with gaps as a journal of many events has them.
private struct Shop {
    let index = DecisionIndex()
    private(set) var sequence: UInt64 = 0

    mutating func send(
        _ name: EventName, _ id: String, person: String = "ana", source: String = "shop", surface: JSON? = nil,
        subject: String? = nil
    ) {
        sequence += 3
        let properties = JSONObject(surface.map { [JSONObject.Member(name: "surface", value: $0)] } ?? [])
        let event = Event(
            id: EventID(validated: "\(sequence)"), source: SourceName(validated: source),
            person: PersonID(validated: person), name: name, channel: .unknown,
            time: EventTime(clampingUnixMs: Int64(sequence) * 1000), receivedAt: EventTime(clampingUnixMs: 0),
            subject: subject.flatMap { Subject($0) }, decision: DecisionID(validated: id), properties: properties)
        index.apply(sequence: sequence, event: event)
    }

    mutating func decide(_ id: String, person: String = "ana", source: String = "shop", at surface: String = "home") {
        send(.decision, id, person: person, source: source, surface: .string(surface))
    }

    func outcomes(of id: String) -> [DecisionIndex.Outcome] { index.outcomes(of: DecisionID(validated: id)) }
}

@Suite struct DecisionIndexTests {
    @Test func decisionsForAnErasedPersonAreGoneAndThoseThatCameLaterStay() {
        var shop = Shop()
        for (number, person) in ["ana", "bob", "ana", "cai", "bob", "bob"].enumerated() {
            shop.decide("d\(number)", person: person)
            shop.send(.productClick, "d\(number)", person: person, subject: "product:1")
        }
        shop.index.erase(before: shop.sequence - 6) { $0.text == "bob" }
        let left = shop.index.page(before: nil, surface: "home", person: nil, countMax: 9)
        #expect(left.map(\.id.text) == ["d5", "d3", "d2", "d0"])
        #expect(shop.outcomes(of: "d3").count == 1 && shop.outcomes(of: "d1").isEmpty)
        #expect(shop.index.count(ofPeople: { $0.text == "bob" }, before: shop.sequence - 6) == 0)
        #expect(shop.index.logs(countMax: 9).map(\.decisionCount) == [4])
        #expect(shop.index.logs(countMax: 9).map(\.outcomeCount) == [4])
    }

    /// Every page of every filter against a plain search through all decisions.
    @Test func pagesAreWhatASearchThroughAllWouldFind() {
        var shop = Shop()
        var random = SeededGenerator(seed: 7)
        for number in 0..<300 {
            shop.decide(
                "d\(number)", person: ["ana", "bob", "cai"].randomElement(using: &random) ?? "",
                source: ["shop", "app"].randomElement(using: &random) ?? "",
                at: ["home", "cart", "live"].randomElement(using: &random) ?? "")
        }
        let all = shop.index.page(before: nil, surface: nil, person: nil, countMax: 1000)
        #expect(all.map(\.id.text) == (0..<300).reversed().map { "d\($0)" })
        for surface in [nil, "home", "live", "elsewhere"] {
            for person in [nil, "ana", "nobody"].map({ $0.map { PersonID(validated: $0) } }) {
                for before in [nil, 0, 3, 4, 450, 901, .max] as [UInt64?] {
                    let expected = all.filter {
                        $0.sequence < before ?? .max && (surface == nil || $0.log.surface == surface)
                            && (person == nil || $0.person == person)
                    }
                    let page = shop.index.page(before: before, surface: surface, person: person, countMax: 20)
                    #expect(page == Array(expected.prefix(20)))
                }
            }
        }
    }

    @Test func outcomesJoinTheirDecisionWhicheverComesFirst() {
        var shop = Shop()
        shop.send(.productClick, "d1", subject: "product:1")
        #expect(shop.outcomes(of: "d1").isEmpty)
        #expect(shop.index.count == 0)
        shop.decide("d1")
        shop.send(.addToCart, "d1", subject: "product:2")
        #expect(shop.outcomes(of: "d1").map(\.name) == [.productClick, .addToCart])
        let log = shop.index.log(named: "shop")
        #expect(log?.decisionCount == 1 && log?.outcomeCount == 1)
    }

    @Test func theFirstRecordOfAnIDIsTheDecision() {
        var shop = Shop()
        shop.decide("d1", at: "home")
        shop.decide("d1", at: "cart")
        shop.send(.decision, "d2")
        shop.send(.decision, "d3", surface: .string(String(repeating: "x", count: 101)))
        #expect(shop.index.count == 1)
        #expect(shop.index.item(DecisionID(validated: "d1"))?.log.surface == "home")
        #expect(shop.index.logs(countMax: 10).map(\.name) == ["shop"])
    }

    @Test func aRevisionGrowsWithDecisionsAndWithWhatIsShownOrTakenUp() {
        var shop = Shop()
        func revision() -> UInt64 { shop.index.log(named: "shop")?.revision ?? 0 }
        shop.decide("d1")
        let first = revision()
        shop.send(.productExposure, "d1", subject: "product:1")
        #expect(revision() == first + 1)
        shop.send(.pageView, "d1", subject: "product:1")
        #expect(revision() == first + 1)
        shop.send(.productClick, "d1", subject: "product:1")
        shop.send(.productClick, "d1", subject: "product:2")
        let third = revision()
        #expect(third == first + 3)
        shop.decide("d2")
        #expect(revision() == third + 1)
        #expect(shop.index.log(named: "shop")?.outcomeCount == 1)
    }

    @Test func whatIsKeptOfOneDecisionAndOfNoneIsBounded() {
        var shop = Shop()
        shop.decide("d1")
        for _ in 0...DecisionIndex.outcomeCountMax { shop.send(.productExposure, "d1", subject: "product:1") }
        #expect(shop.outcomes(of: "d1").count == DecisionIndex.outcomeCountMax)
        for _ in 0...DecisionIndex.outcomeCountMax { shop.send(.productClick, "d1", subject: "product:1") }
        #expect(shop.outcomes(of: "d1").count == 2 * DecisionIndex.outcomeCountMax)
        for number in 0...DecisionIndex.orphanCountMax { shop.send(.productClick, "orphan\(number)") }
        shop.decide("orphan0")
        shop.decide("orphan\(DecisionIndex.orphanCountMax)")
        #expect(shop.outcomes(of: "orphan0").count == 1)
        #expect(shop.outcomes(of: "orphan\(DecisionIndex.orphanCountMax)").isEmpty)
        shop.send(.productClick, "orphan\(DecisionIndex.orphanCountMax + 1)")
        shop.decide("orphan\(DecisionIndex.orphanCountMax + 1)")
        #expect(shop.outcomes(of: "orphan\(DecisionIndex.orphanCountMax + 1)").count == 1, "there is room again")
    }

    @Test func everyLogHasANameOfItsOwn() throws {
        var shop = Shop()
        let logs = [
            ("shop", "home"), ("shop", "cart"), ("shop/cart", "home"), ("shop%2Fcart", "home"), ("app", "a/b"),
            ("web", "x/y"), ("web", "x"),
        ]
        for (number, log) in logs.enumerated() { shop.decide("d\(number)", source: log.0, at: log.1) }
        let listed = shop.index.logs(countMax: 100)
        #expect(
            listed.map(\.name) == [
                "app", "shop%252Fcart", "shop%2Fcart", "shop/cart", "shop/home", "web/x", "web/x/y",
            ])
        for log in listed { #expect(shop.index.log(named: log.name) == log) }
        #expect(shop.index.log(named: "shop") == nil && shop.index.log(named: "") == nil)
        #expect(shop.index.surfaces(countMax: 2) == ["a/b", "home"])
        shop.decide("more", source: "web", at: "x")
        #expect(shop.index.logs(countMax: 1).map(\.name) == ["web/x"])
    }

    @Test func aSampleIsSpreadOverTheLogAndMomentsComeInParts() {
        var shop = Shop()
        for number in 0..<399 { shop.decide("d\(number)", at: number % 3 == 0 ? "cart" : "home") }
        let log = DecisionIndex.Log(source: SourceName(validated: "shop"), surface: "home")
        let parts = [0, 100, 200].flatMap { shop.index.moments(of: log, from: $0, countMax: 100) }
        #expect(parts.count == 266)
        #expect(parts.allSatisfy { $0.time.unixMs == Int64($0.sequence) * 1000 })
        let sample = shop.index.sample(of: log, countMax: 200)
        #expect(sample.count == 200 && Set(sample).isSubset(of: parts.map(\.sequence)))
        #expect((sample.first ?? 0) < 10 && (sample.last ?? 0) > 1190)
        #expect(shop.index.sample(of: log, countMax: 1000).count == 266)
        #expect(shop.index.sample(of: .init(source: log.source, surface: "no"), countMax: 9).isEmpty)
    }
}
