import Base
import HTTPServer
import Testing

@testable import API

@Suite("Identities over HTTP") struct IdentityRouteTests {
    private static func world() async throws -> World {
        let world = try World()
        _ = try await world.send(
            ["ids": ["anonymous": "x"], "name": "page_view", "time": "2025-06-01T00:00:00Z"],
            ["ids": ["login": "ana", "anonymous": "x"], "name": "sign_up", "time": "2025-06-02T00:00:00Z"],
            [
                "person": "ana", "name": "order_paid", "value": ["minor": 5, "currency": "CNY"],
                "time": "2025-06-03T00:00:00Z",
            ])
        return world
    }

    @Test("one person's ids have one timeline, whichever of them is asked for", arguments: ["x", "ana"])
    func timeline(id: String) async throws {
        let person = try await Self.world().get("/api/v1/people/\(id)")
        #expect(person["person"] == "ana")
        #expect(person["ids"] == ["ana", "x"])
        #expect(person["events"]?.each("name") == ["order_paid", "sign_up", "page_view"])
        #expect(person["summary"]?["events"] == 3)
        let second = try await Self.world().get("/api/v1/people/\(id)", "limit=1")
        #expect(second["events"]?.each("name") == ["order_paid"])
        let cursor = try #require(second["next"]?.stringValue)
        let rest = try await Self.world().get("/api/v1/people/\(id)", "limit=5&before=\(cursor)")
        #expect(rest["events"]?.each("name") == ["sign_up", "page_view"])
    }

    @Test("a link can be separated and rejoined, and what was known then can be had again")
    func separate() async throws {
        let world = try await Self.world()
        let judged: JSON = ["person": "ana", "other": "x", "reason": "a shared tablet"]
        _ = try await world.post("/api/v1/identity/separate", judged, status: 202)
        var identity = try await world.get("/api/v1/people/x/identity")
        #expect(identity["members"] == ["x"])
        #expect(identity["links"]?.each("standing") == ["separated"])
        #expect(try await world.get("/api/v1/people/x/identity", "as_of=3")["members"] == ["ana", "x"])
        #expect(try await world.get("/api/v1/people/x")["events"]?.each("name") == ["page_view"])
        world.pass(.seconds(1))
        _ = try await world.post("/api/v1/identity/rejoin", ["person": "x", "other": "ana"], status: 202)
        identity = try await world.get("/api/v1/people/x/identity")
        #expect(identity["members"] == ["ana", "x"])
        #expect(identity["changes"]?.arrayValue?.count == 3)
    }

    /// The numbers that must agree, asked as of `identities`: who viewed, who of them bought, who is an audience.
    private static func numbers(_ world: World, _ identities: JSON) async throws -> [JSON?] {
        let funnel = try await world.post(
            "/api/v1/query/funnel",
            [
                "steps": [["name": "page_view"], ["name": "order_paid"]], "window_ms": 31_536_000_000,
                "identities": identities,
            ])
        let audience = try await world.post(
            "/api/v1/query/audience", ["audience": ["did": ["name": "page_view"]], "identities": identities])
        let basis = identities.stringValue.map { "&identities=\($0)" } ?? ""
        let overview = try await world.get(
            "/api/v1/overview", "from=2025-06-01T00:00:00Z&to=2025-06-04T00:00:00Z" + basis)
        #expect(funnel["people"] == audience["of"])
        return (funnel["steps"]?.each("people") ?? []) + [audience["people"], overview["people"], overview["buyers"]]
    }

    @Test("who views under one id and buys under another is one person in every number, now and as it was then")
    func persons() async throws {
        let world = try World()
        _ = try await world.send(
            ["ids": ["anonymous": "x"], "name": "page_view", "time": "2025-06-01T00:00:00Z"],
            ["ids": ["login": "ana"], "name": "order_paid", "time": "2025-06-03T00:00:00Z"])
        let apart: [JSON?] = [1, 0, ["x"], 2, 1]
        let together: [JSON?] = [1, 1, ["ana"], 1, 1]
        #expect(try await Self.numbers(world, .null) == apart)
        world.pass(.seconds(1))
        let merged = world.time
        try await world.send(
            ["ids": ["login": "ana", "anonymous": "x"], "name": "sign_up", "time": "2025-06-03T01:00:00Z"])
        #expect(try await Self.numbers(world, .null) == together)
        #expect(try await Self.numbers(world, "now") == together)
        #expect(try await Self.numbers(world, "separate") == apart)
        #expect(try await Self.numbers(world, .string(merged.iso8601)) == apart)
        let people = try await world.get("/api/v1/people")
        #expect(people["people"]?.each("person") == ["ana"] && people["total"] == 1)
        #expect(people["people"]?[0]?["orders"] == 1 && people["people"]?[0]?["events"] == 3)
        #expect(try await world.get("/api/v1/vocabulary")["people"] == 1)
        world.pass(.seconds(1))
        let judged: JSON = ["person": "ana", "other": "x", "reason": "a shared tablet"]
        _ = try await world.post("/api/v1/identity/separate", judged, status: 202)
        #expect(try await Self.numbers(world, .null) == apart)
        #expect(try await Self.numbers(world, .string(world.time.iso8601)) == together)
        let wrong: JSON = ["audience": ["did": ["name": "page_view"]], "identities": "yesterday"]
        #expect(try await world.post("/api/v1/query/audience", wrong, status: 400)["code"] == "invalid_field")
        #expect(try await world.get("/api/v1/overview", "identities=0", status: 400)["code"] == "invalid_parameter")
    }

    @Test("only who may operate judges, and only links that there are")
    func doors() async throws {
        let world = try await Self.world()
        let body: JSON = ["person": "ana", "other": "x"]
        _ = try await world.post("/api/v1/identity/separate", body, as: "read", status: 403)
        _ = try await world.post("/api/v1/identity/separate", ["person": "ana", "other": "y"], status: 404)
        _ = try await world.post("/api/v1/identity/separate", ["person": "ana"], status: 400)
        #expect(try await world.get("/api/v1/people/nobody/identity")["members"] == ["nobody"])
        #expect(
            try await world.get("/api/v1/people/x/identity", "as_of=soon", status: 400)["code"] == "invalid_parameter")
    }
}
