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
