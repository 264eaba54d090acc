import Base
import HTTPServer
import Testing

@testable import API

@Suite("Every answer names the definition of its numbers") struct AnswerMarkTests {
    static let viewed: JSON = ["name": "page_view"]
    static let bought: JSON = ["did": ["name": "order_paid"]]
    static let questions: [(kind: String, question: JSON)] = [
        ("segmentation", ["event": viewed]),
        ("funnel", ["steps": [viewed, ["name": "order_paid"]], "window_ms": 1000]),
        ("retention", ["start": viewed]), ("survival", ["start": viewed, "end": ["name": "order_paid"]]),
        ("paths", ["anchor": viewed]), ("lifecycle", ["active": viewed]), ("stickiness", ["active": viewed]),
        ("sessions", ["events": viewed]), ("dwell", [:]), ("stages", ["model": "o5a"]), ("rfm", [:]),
        ("attribution", ["conversion": ["name": "order_paid"], "touches": [viewed]]), ("drivers", [:]),
        ("audience", ["audience": bought]), ("audience-overlap", ["audiences": [bought, ["not": bought]]]),
        ("audience-difference", ["audience": bought, "from": "2025-01-01"]),
    ]

    private static func world() async throws -> World {
        let world = try World()
        try await world.send(
            ["person": "a", "name": "page_view", "time": "2025-06-14T00:00:00Z"],
            ["person": "b", "name": "page_view", "time": "2025-06-14T01:00:00Z"],
            [
                "person": "b", "name": "order_paid", "time": "2025-06-14T02:00:00Z", "subject": "order:1",
                "value": ["minor": 500, "currency": "CNY"],
            ])
        return world
    }

    @Test("of a query, what it was asked is part of it, and the rows are at hand", arguments: questions)
    func ofQueries(_ kind: String, _ question: JSON) async throws {
        let world = try await Self.world()
        let answer = try await world.post("/api/v1/query/\(kind)", question)
        #expect(answer["metric"]?["id"]?.stringValue == "query.\(kind)")
        let rows = try await world.post("/api/v1/query/rows", ["query": .string(kind), "question": question])
        #expect(rows["metric"] == answer["metric"])
        let found = rows["rows"]?.arrayValue ?? []
        #expect(kind == "dwell" ? found.isEmpty : found.contains { $0["person"] == "b" })
        #expect(
            found.compactMap { $0["time"]?.stringValue } == found.compactMap { $0["time"]?.stringValue }.sorted(by: >))
    }

    @Test("rows come page by page, and only those that the question reads")
    func pages() async throws {
        let world = try await Self.world()
        let question: JSON = ["event": Self.viewed, "from": "2025-06-14"]
        let first = try await world.post(
            "/api/v1/query/rows", ["query": "segmentation", "question": question, "limit": 1])
        #expect(first["rows"]?.arrayValue?.map { $0["person"] } == ["b"] && first["next"] == 1)
        #expect(first["restates"] == false && first["events"] == [Self.viewed])
        let second = try await world.post(
            "/api/v1/query/rows", ["query": "segmentation", "question": question, "limit": 1, "offset": 1])
        #expect(second["rows"]?.arrayValue?.map { $0["person"] } == ["a"] && second["next"] == .null)
    }

    static let bad: [(JSON, String)] = [
        (["query": "nothing", "question": [:]], "`query`"), (["question": [:]], "`query`"),
        (["query": "metric", "question": [:]], "`query`"), (["query": "funnel"], "`question`"),
        (["query": "funnel", "question": ["steps": [["nme": "a"]], "window_ms": 1]], "`question.steps[0].nme`"),
        (["query": "funnel", "question": ["steps": [viewed]]], "`question.window_ms`"),
    ]

    @Test("what cannot be meant is refused with its place", arguments: bad)
    func refused(_ body: JSON, _ named: String) async throws {
        let answer = try await Self.world().post("/api/v1/query/rows", body, status: 400)
        #expect(answer["detail"]?.stringValue?.contains(named) == true)
    }

    @Test("of other answers, it is the definition alone")
    func ofOthers() async throws {
        let world = try await Self.world()
        let ids = [
            ("orders/totals", "orders.totals"), ("orders/reconciliation", "orders.reconciliation"),
            ("people/b/profile", "people.profile"), ("campaigns", "campaigns.report"), ("quality", "quality.scores"),
            ("sources", "sources.counts"),
        ]
        for (path, id) in ids {
            #expect(try await world.get("/api/v1/\(path)")["metric"]?["id"]?.stringValue == id)
        }
        let person = try await world.get("/api/v1/people/b")
        #expect(person["metrics"]?["gmv"]?["id"] == "gmv")
        let library = try await world.get("/api/v1/metrics")
        let known = Set(library["answers"]?.each("id").compactMap(\.stringValue) ?? [])
        #expect(known.isSuperset(of: ids.map(\.1) + Self.questions.map { "query.\($0.kind)" }))
    }
}
