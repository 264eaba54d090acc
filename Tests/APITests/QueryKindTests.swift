import Base
import Domain
import HTTPServer
import Testing

@testable import API
@testable import Timeline

@Suite("What every kind of query does") struct QueryKindTests {
    private static let path = "/api/v1/query/retention"
    private static let question: JSON = ["start": ["name": "page_view"], "columns": 2, "from": "2025-01-01"]

    private static func world(_ change: (inout APIOptions) -> Void = { _ in }) async throws -> World {
        let world = try World(change: change)
        try await world.send(
            ["person": "a", "name": "page_view", "time": "2025-01-01", "properties": ["city": "杭州", "price": 9]],
            [
                "person": "b", "name": "page_view", "time": "2025-01-01",
                "properties": ["city": "a,\"b\"", "price": 20],
            ],
            ["person": "b", "name": "page_view", "time": "2025-01-02"])
        return world
    }

    private static func ask(_ world: World, _ headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await world.ask(.post, path, type: "application/json", headers: headers, body: question.bytes)
    }

    @Test("who has the answer is told so until something new comes")
    func entityTags() async throws {
        let world = try await Self.world()
        let tag = try #require(try await Self.ask(world).headers["ETag"])
        let again = try await Self.ask(world, ["If-None-Match": "\"other\", W/\(tag)"])
        #expect(again.status == 304 && again.headers["ETag"] == tag)
        #expect(try await Self.ask(world, ["If-None-Match": "\"other\""]).status == 200)
        #expect(try await Self.ask(world, ["If-None-Match": tag, "Accept": "text/csv"]).status == 200)
        try await world.send(["person": "c", "name": "like", "time": "2025-01-02"])
        #expect(try await Self.ask(world, ["If-None-Match": tag]).status == 200)
    }

    @Test("CSV has a line for each row, by what Accept prefers")
    func csv() async throws {
        let world = try await Self.world()
        let response = try await Self.ask(world, ["Accept": "text/csv"])
        #expect(response.headers["Content-Type"] == "text/csv; charset=utf-8")
        guard case .bytes(let bytes) = response.body else { return #expect(Bool(false), "no bytes") }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.first == "day,column,people,returned,rate,low,high,is_over")
        #expect(lines.dropFirst().first?.hasPrefix("2025-01-01,0,2,0,0") == true)
        let both = try await Self.ask(world, ["Accept": "application/json, text/csv;q=0.5"])
        #expect(both.headers["Content-Type"] == "application/json")
    }

    static let conditions: [(JSON, Int)] = [
        (["property": "city", "is": "=", "value": "杭州"], 1), (["property": "city", "is": "!=", "value": "杭州"], 1),
        (["property": "city", "is": "in", "value": ["杭州", "a,\"b\""]], 2),
        (["property": "city", "is": "not_in", "value": ["杭州", "a,\"b\""]], 0),
        (["property": "city", "is": "contains", "value": ","], 1),
        (["property": "city", "is": "starts", "value": "杭"], 1),
        (["property": "price", "is": "<", "value": 9], 0), (["property": "price", "is": "<=", "value": 9], 1),
        (["property": "price", "is": ">", "value": 9], 1), (["property": "price", "is": ">=", "value": 9], 2),
        (["property": "price", "is": "=", "value": 20.0], 1), (["property": "price", "is": "=", "value": true], 0),
        (["property": "city", "is": "present"], 2), (["property": "brand", "is": "absent"], 2),
    ]

    @Test("filters ask for properties", arguments: conditions)
    func properties(_ condition: JSON, _ people: Int) async throws {
        let world = try await Self.world()
        let answer = try await world.post(
            Self.path,
            ["start": ["name": "page_view", "where": [condition]], "from": "2025-01-01", "to": "2025-01-02"])
        #expect(answer["cohorts"]?.arrayValue?.first?["people"] == .count(people))
    }

    static let badConditions: [(JSON, String)] = [
        (["property": "city"], "`start.where[0].is`"), (["property": "city", "is": "~", "value": "a"], ".is`"),
        (["property": "city", "is": "="], ".value`"), (["property": "city", "is": "=", "value": []], ".value`"),
        (["property": "price", "is": "<", "value": "9"], ".value`"),
        (["property": "city", "is": "in", "value": []], ".value`"),
        (["property": "city", "is": "in", "value": ["a", 1]], ".value`"),
        (["property": "", "is": "present"], ".property`"), (["city": 1], ".city`"),
    ]

    @Test("a condition that cannot be meant is refused with the field's name", arguments: badConditions)
    func badCondition(_ condition: JSON, _ named: String) async throws {
        let answer = try await Self.world().post(Self.path, ["start": ["where": [condition]]], status: 400)
        #expect(answer["detail"]?.stringValue?.contains(named) == true)
    }

    @Test("a query that takes too long is ended, and says how to ask for less")
    func tooLong() async throws {
        let world = try await Self.world { $0.queryTimeMax = .zero }
        let response = try await Self.ask(world)
        #expect(response.status == 422)
        #expect(try response.json["code"] == "query_too_long")
    }

    @Test("a query is ended by its caller alone, and under its name")
    func cancel() async throws {
        let running = RunningQueries()
        let (ana, ben) = (
            Identity(authority: .token(.read), name: "ana"), Identity(authority: .token(.read), name: "b")
        )
        let budget = QueryBudget(until: .now + .seconds(60))
        #expect(running.begin("q1", of: ana, budget))
        #expect(!running.begin("q1", of: ana, QueryBudget(until: .now)))
        #expect(!running.cancel("q1", of: ben) && !budget.isSpent)
        #expect(running.cancel("q1", of: ana) && budget.isSpent)
        running.end("q1", of: ana)
        #expect(!running.cancel("q1", of: ana))
        let world = try await Self.world()
        #expect(try await world.ask(.delete, "/api/v1/queries/none").status == 404)
        for name in ["", "a b", "/a", "a.b", String(repeating: "a", count: 65)] {
            #expect(try await Self.ask(world, ["X-Quanyu-Query": name]).status == 400)
        }
        #expect(try await Self.ask(world, ["X-Quanyu-Query": "again"]).status == 200)
        #expect(try await Self.ask(world, ["X-Quanyu-Query": "again"]).status == 200, "its name is free afterwards")
        for name in ["/x", "a b", "é", String(repeating: "a", count: 65)] {
            #expect(try await Self.ask(world, ["X-Quanyu-Query": name]).status == 400)
        }
    }
}
