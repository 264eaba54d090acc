import Base
import Domain
import HTTPServer
import Measure
import Testing

@testable import API

@Suite("Decisions over HTTP")
struct DecisionRouteTests {
    private let question: JSON = [
        "person": "ana", "surface": "home", "count": 2, "candidates": ["product:1", "product:2", "product:3"],
        "context": ["entry": "push"],
    ]

    @Test("a decision is answered, can be explained, and its outcomes join it")
    func loop() async throws {
        let world = try World()
        let answer = try await world.post("/api/v1/decide", question, as: "write")
        let id = try #require(answer["decision"]?.stringValue)
        let shown = try #require(answer["choices"]?[0]?["subject"])
        try await world.send(
            ["person": "ana", "name": "product_exposure", "subject": shown, "decision": .string(id)],
            ["person": "ana", "name": "product_click", "subject": shown, "decision": .string(id)])
        let detail = try await world.get("/api/v1/decisions/\(id)")
        #expect(detail["outcomes"]?.each("name") == ["product_exposure", "product_click"])
        #expect(detail["context"]?["entry"] == "push")
        #expect(detail["source"] == "quanyu")
        #expect(detail["candidates"]?[0]?["title"] == "Tea 1")
        #expect(detail["choices"]?[0]?["explanation"]?["zh"]?.stringValue?.isEmpty == false)
        let total = detail["candidates"]?.each("probability").compactMap(\.doubleValue).reduce(0, +)
        #expect(abs((total ?? 0) - 1) < 1e-9)
        let list = try await world.get("/api/v1/decisions", "surface=home&person=ana")
        #expect(list["decisions"]?.each("decision") == [.string(id)])
        #expect(list["decisions"]?[0]?["choices"]?[0]?["title"] != nil)
        #expect(try await world.get("/api/v1/decisions", "surface=cart")["decisions"] == [])
    }

    @Test("decisions come newest first, page by page")
    func pages() async throws {
        let world = try World()
        var ids: [JSON] = []
        for _ in 0..<3 { ids.append(try #require(try await world.post("/api/v1/decide", question)["decision"])) }
        let first = try await world.get("/api/v1/decisions", "limit=2")
        #expect(first["decisions"]?.each("decision") == [ids[2], ids[1]])
        let next = try #require(first["next"]?.stringValue)
        let rest = try await world.get("/api/v1/decisions", "limit=2&cursor=\(next)")
        #expect(rest["decisions"]?.each("decision") == [ids[0]])
        #expect(rest["next"] == .null)
    }

    @Test("a shadow decision has no id and leaves no trace")
    func shadow() async throws {
        let world = try World()
        var object = try #require(question.objectValue)
        object.append("shadow", true)
        let answer = try await world.post("/api/v1/decide", .object(object))
        #expect(answer["decision"] == .null)
        #expect(world.decisions.count == 0)
    }

    static let badQuestions: [(JSON, Int, String)] = [
        (["person": "a", "surface": "home", "count": 3], 422, "no_candidates"),
        (["surface": "home", "count": 3], 400, "missing_field"),
        (["person": "a", "surface": "home", "count": 0], 400, "invalid_field"),
        (["person": "a", "surface": "home", "count": 1, "candidates": ["tea"]], 400, "invalid_field"),
        (["person": "a", "surface": "home", "count": 1, "n": 1], 400, "unknown_field"), (["a"], 400, "invalid_field"),
    ]

    @Test("what cannot be decided is refused with its reason", arguments: badQuestions)
    func badQuestion(_ body: JSON, _ status: Int, _ code: String) async throws {
        let answer = try await World().post("/api/v1/decide", body, status: status)
        #expect(answer["code"] == .string(code))
    }

    @Test("a decision that is not on disk is not answered")
    func broken() async throws {
        let world = try World()
        world.breakJournal()
        _ = try await world.post("/api/v1/decide", question, status: 503)
        _ = try await world.get("/api/v1/decisions/unknown", status: 404)
    }

    @Test("the candidates of a log without their probabilities have none")
    func imported() async throws {
        let world = try World()
        try await world.logged("d1", surface: "zozotown", chosen: 0, isClicked: false)
        let detail = try await world.get("/api/v1/decisions/d1")
        #expect(detail["candidates"]?.each("probability") == [.null, .null])
        #expect(detail["choices"]?[0]?["probability"] == 0.5)
    }

    @Test("policies are judged on a log, again only when it has grown")
    func policies() async throws {
        let world = try World()
        for number in 0..<60 {
            try await world.logged(
                "d\(number)", surface: "home", chosen: number % 2, isClicked: number % 4 == 0)
        }
        let logs = try await world.get("/api/v1/policies/logs")["logs"]
        #expect(
            logs == [
                [
                    "log": "shop", "decisions": 60, "surface": "home", "positions": 1, "actions": 2, "outcomes": 15,
                ]
            ])
        let table = try await world.get("/api/v1/policies/value", "log=shop")
        #expect(table["decisions"] == 60)
        #expect(table["policies"]?.each("policy") == ["logged", "learned", "popularity", "random"])
        #expect(table["policies"]?[3]?["estimates"]?.each("estimator") == ["ips", "snips", "dr"])
        try await world.logged("more", surface: "home", chosen: 0, isClicked: true)
        #expect(try await world.get("/api/v1/policies/value", "log=shop")["decisions"] == 60)
        world.pass(.minutes(2))
        #expect(try await world.get("/api/v1/policies/value", "log=shop")["decisions"] == 61)
    }

    @Test("a source with several surfaces is several logs")
    func surfaces() async throws {
        let world = try World()
        try await world.logged("d1", surface: "home", chosen: 0, isClicked: false)
        try await world.logged("d2", surface: "cart", chosen: 0, isClicked: false)
        let logs = try await world.get("/api/v1/policies/logs")["logs"]
        #expect(logs?.each("log") == ["shop/cart", "shop/home"])
        let few = try await world.get("/api/v1/policies/value", "log=shop/home", status: 422)
        #expect(few["code"] == "too_few_decisions")
        _ = try await world.get("/api/v1/policies/value", "log=shop", status: 404)
    }
}

extension World {
    /// A decision of another system between two items, each as likely as the other.
    fileprivate func logged(_ id: String, surface: String, chosen: Int, isClicked: Bool) async throws {
        let subject = JSON.string("item:\(chosen)")
        let record: JSON = [
            "person": .string("visitor-\(id)"), "name": "decision", "decision": .string(id), "id": .string(id),
            "properties": [
                "surface": .string(surface), "policy": "random", "candidates": ["item:0", "item:1"],
                "probabilities": [0, 0],
                "choices": [["subject": subject, "position": 1, "probability": 0.5, "reasons": []]],
            ],
        ]
        try await send(record)
        if isClicked {
            try await send([
                "person": .string("visitor-\(id)"), "name": "click", "subject": subject, "decision": .string(id),
            ])
        }
    }
}
