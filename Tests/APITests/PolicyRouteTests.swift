import Base
import Domain
import HTTPServer
import Measure
import Testing

@testable import API

@Suite("Policies over HTTP")
struct PolicyRouteTests {
    @Test("a slot that is taken up late counts, also where another of its decision was before")
    func secondSlot() async throws {
        let world = try World()
        for number in 0..<30 { try await world.log("d\(number)", items: ["item:0", "item:1"]) }
        try await world.click("d29", "item:0")
        #expect(try await world.get("/api/v1/policies/value", "log=shop")["outcomes"] == 1)
        world.pass(.minutes(2))
        try await world.click("d29", "item:1")
        #expect(try await world.get("/api/v1/policies/value", "log=shop")["outcomes"] == 2)
        #expect(try await world.get("/api/v1/policies/logs")["logs"]?[0]?["outcomes"] == 1)
    }

    @Test("own decisions are judged on what was shown, and what was shown later is taken in")
    func ownSlots() async throws {
        let world = try World()
        for item in 0..<4 {
            try await world.send(["person": "ana", "name": "product_view", "subject": .string("product:\(item)")])
        }
        var shown: [(decision: JSON, subjects: [JSON])] = []
        for number in 0..<40 {
            let answer = try await world.post(
                "/api/v1/decide", ["person": .string("p\(number)"), "surface": "home", "count": 2])
            shown.append((answer["decision"] ?? .null, answer["choices"]?.each("subject") ?? []))
        }
        func tell(_ name: JSON, of place: Int) async throws {
            for (number, one) in shown.enumerated() {
                try await world.send([
                    "person": .string("p\(number)"), "name": name, "subject": one.subjects[place],
                    "decision": one.decision,
                ])
            }
        }
        try await tell("product_click", of: 1)
        let unseen = try await world.get("/api/v1/policies/value", "log=quanyu", status: 422)
        #expect(unseen["code"] == "no_usable_slot")
        try await tell("product_exposure", of: 0)
        let first = try await world.get("/api/v1/policies/value", "log=quanyu")
        #expect(first["slots"] == ["judged": 20, "without_exposure": 20, "left_out": 0])
        #expect(first["on_policy"]?["value"] == 0.0)
        world.pass(.minutes(2))
        try await tell("product_exposure", of: 1)
        let both = try await world.get("/api/v1/policies/value", "log=quanyu")
        #expect(both["slots"] == ["judged": 40, "without_exposure": 0, "left_out": 0])
        #expect(both["on_policy"]?["value"] == 0.5)
    }

    @Test("a position beyond all bounds is set aside and stops no query")
    func hugePosition() async throws {
        let world = try World()
        for number in 0..<30 { try await world.log("d\(number)", items: ["item:0"]) }
        let answer = try await world.send(
            World.decision("huge", items: ["item:0"], position: 4_000_000_000_000_000_000), status: 422)
        #expect(answer["receipts"]?[0]?["reason"] == "invalid_decision")
        _ = try await world.get("/api/v1/policies/value", "log=shop")
    }

    @Test("a slash in the name of a source makes no two logs one")
    func slash() async throws {
        let world = try World()
        try await world.log("d1", surface: "home", items: ["item:0"], source: "shop/cart")
        try await world.log("d2", surface: "cart", items: ["item:0"], source: "shop")
        try await world.log("d3", surface: "home", items: ["item:0"], source: "shop")
        let logs = try await world.get("/api/v1/policies/logs")["logs"]
        let names = (logs?.each("log") ?? []).compactMap(\.stringValue)
        #expect(Set(names).count == 3 && names.count == 3)
        for name in names {
            let query = name.replacing("%", with: "%25").replacing("/", with: "%2F")
            let few = try await world.get("/api/v1/policies/value", "log=\(query)", status: 422)
            #expect(few["code"] == "too_few_decisions" && few["detail"]?.stringValue?.contains(" 1 ") == true)
        }
    }

    @Test("of many logs the largest are listed, and each can be asked for")
    func manyLogs() async throws {
        let world = try World()
        for number in 0..<210 { try await world.log("d\(number)", surface: "s\(number)", items: ["item:0"]) }
        try await world.log("more", surface: "s205", items: ["item:0"])
        let logs = try await world.get("/api/v1/policies/logs")["logs"]
        #expect(logs?.arrayValue?.count == 200)
        #expect(logs?.each("log").contains("shop/s205") == true)
        _ = try await world.get("/api/v1/policies/value", "log=shop%2Fs209", status: 422)
        #expect(try await world.get("/api/v1/vocabulary")["surfaces"]?.arrayValue?.count == 210)
    }
}

extension World {
    /// A decision of another system: each item in a slot of its own, taken by chance.
    static func decision(_ id: String, surface: String = "home", items: [String], position: Int64 = 1) -> JSON {
        let choices = items.enumerated().map { index, item -> JSON in
            [
                "subject": .string(item), "position": .int(position + Int64(index)), "probability": 0.5,
                "reasons": [],
            ]
        }
        return [
            "person": .string("visitor-\(id)"), "name": "decision", "decision": .string(id), "id": .string(id),
            "properties": [
                "surface": .string(surface), "policy": "random", "candidates": .array(items.map { .string($0) }),
                "probabilities": .array(items.map { _ in 0 }), "choices": .array(choices),
            ],
        ]
    }

    fileprivate func log(
        _ id: String, surface: String = "home", items: [String], source: String = "shop"
    ) async throws {
        guard source != "shop" else {
            try await send(Self.decision(id, surface: surface, items: items))
            return
        }
        let decision = try #require(Self.decision(id, surface: surface, items: items)["properties"]?.objectValue)
        append(
            Event(
                id: EventID(validated: id), source: SourceName(validated: source),
                person: PersonID(validated: "visitor"), name: .decision, channel: .unknown,
                time: EventTime(clampingUnixMs: 1), receivedAt: EventTime(clampingUnixMs: 1),
                decision: DecisionID(validated: id), properties: decision))
    }

    fileprivate func click(_ id: String, _ item: String) async throws {
        try await send([
            "person": .string("visitor-\(id)"), "name": "click", "subject": .string(item), "decision": .string(id),
        ])
    }
}
