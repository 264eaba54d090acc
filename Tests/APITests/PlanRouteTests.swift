import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("The tracking plan over HTTP")
struct PlanRouteTests {
    static let order: JSON = [
        "name": "order_paid", "mode": "reject", "owner": "shop team",
        "fields": [
            ["path": "properties.total", "type": "number", "required": true, "minimum": 0],
            ["path": "properties.phone", "type": "string", "personal_data": "personal", "legal_basis": "consent"],
        ],
    ]

    private func put(_ world: World, _ event: JSON, revision: Int64, status: Int = 200) async throws -> JSON {
        let path = "/api/v1/plan/events/\(event["name"]?.stringValue ?? "")"
        let body: JSON = ["revision": .int(revision), "event": event]
        let answer = try await world.ask(.put, path, type: "application/json", body: body.bytes)
        #expect(answer.status == status)
        return try answer.json
    }

    @Test("a draft is enforced once it is frozen, and no longer once it is taken back")
    func life() async throws {
        let world = try World()
        #expect(try await put(world, Self.order, revision: 0)["revision"] == 1)
        let bad: JSON = ["id": "1", "person": "a", "name": "order_paid", "properties": ["total": "12"]]
        try await world.send(bad)
        let frozen = try await world.post("/api/v1/plan/freeze", ["revision": 1, "note": "first"], status: 201)
        #expect(frozen["version"] == 1)
        let refused = try await world.send(
            ["id": "2", "person": "a", "name": "order_paid", "properties": ["total": "12"]], status: 422)
        #expect(refused["rejected"] == 1)
        #expect(refused["receipts"]?[0]?["reason"] == "plan_violation")
        #expect(
            refused["receipts"]?[0]?["detail"]
                == "`properties.total` of `order_paid` must be a number from 0.0, got string")
        let receipt = try await world.get("/api/v1/receipts/r1")
        #expect(receipt["rejected"] == 1 && receipt["receipts"]?[0]?["status"] == "rejected")
        let lifted = try await world.ask(
            .put, "/api/v1/plan/in-force", type: "application/json", body: (["version": .null] as JSON).bytes)
        #expect(lifted.status == 200)
        try await world.send(["id": "2", "person": "a", "name": "order_paid", "properties": ["total": "12"]])
        #expect(
            world.audit.map(\.action) == [.planDrafted, .planFrozen, .planPutInForce])
    }

    @Test("two people who change the same draft do not undo each other")
    func conflict() async throws {
        let world = try World()
        _ = try await put(world, Self.order, revision: 0)
        #expect(try await put(world, Self.order, revision: 0, status: 409)["code"] == "draft_changed")
        _ = try await world.post("/api/v1/plan/freeze", ["revision": 0], status: 409)
    }

    @Test("what arrived is proposed, and what people wrote stays")
    func propose() async throws {
        let world = try World()
        for number in 0..<25 {
            let properties: JSON = ["size": number % 2 == 0 ? "s" : "m", "phone": "13812345678"]
            try await world.send([
                "id": .int(Int64(number)), "person": "a", "name": "sized", "properties": properties,
            ])
        }
        let draft: JSON = [
            "name": "sized", "fields": [["path": "properties.size", "type": "string", "meaning": "of a shirt"]],
        ]
        _ = try await put(world, draft, revision: 0)
        _ = try await world.post("/api/v1/plan/propose", ["revision": 1, "events": ["sized"]])
        let event = try await world.get("/api/v1/plan/events/sized")
        let fields = try #require(event["draft"]?["fields"]?.arrayValue)
        #expect(fields.map { $0["path"] } == ["channel", "properties.phone", "properties.size"])
        #expect(fields[1]["personal_data"] == "personal" && fields[1]["required"] == true)
        #expect(fields[2]["meaning"] == "of a shirt" && fields[2]["required"] == false)
        let seen = event["seen"]?.arrayValue?.first { $0["path"] == "properties.phone" }
        #expect(seen?["example"] == "13*******78" && seen?["values"] == .null)
        let none: JSON = ["revision": 2, "events": ["never"]]
        #expect(try await world.post("/api/v1/plan/propose", none, status: 422)["code"] == "not_seen")
    }

    @Test("violations of what is only observed are counted with samples that lead to the events")
    func observed() async throws {
        let world = try World()
        var order = try #require(Self.order.objectValue)
        order["mode"] = "observe"
        _ = try await put(world, .object(order), revision: 0)
        _ = try await world.post("/api/v1/plan/freeze", ["revision": 1], status: 201)
        try await world.send(["id": "1", "person": "ana", "name": "order_paid"])
        try await world.send(["id": "2", "person": "ana", "name": "unheard"])
        let found = try await world.get("/api/v1/plan/violations")
        #expect(found["violations"]?.each("kind") == ["missing", "unplanned_event"])
        #expect(found["violations"]?.each("observed") == [1, 1])
        #expect(found["violations"]?[0]?["samples"]?[0]?["person"] == "ana")
        let row = try await world.get("/api/v1/plan")["events"]?[0]
        #expect(row?["violating_24h"] == 1 && row?["state"] == "frozen")
    }

    @Test("versions stay readable, tell what changed, and come back into force")
    func versions() async throws {
        let world = try World()
        _ = try await put(world, Self.order, revision: 0)
        _ = try await world.post("/api/v1/plan/freeze", ["revision": 1], status: 201)
        var order = try #require(Self.order.objectValue)
        order["mode"] = "observe"
        _ = try await put(world, .object(order), revision: 1)
        let changed = try await world.get("/api/v1/plan/difference")
        #expect(changed["events"]?[0]?["aspects"] == ["mode"])
        _ = try await world.post("/api/v1/plan/freeze", ["revision": 2], status: 201)
        #expect(try await world.get("/api/v1/plan/versions", "limit=1")["versions"]?.each("version") == [2])
        #expect(try await world.get("/api/v1/plan/versions", "limit=1&cursor=2")["versions"]?.each("version") == [1])
        #expect(try await world.get("/api/v1/plan/versions/1")["plan"]?["events"]?[0]?["mode"] == "reject")
        let back = try await world.ask(
            .put, "/api/v1/plan/in-force", type: "application/json", body: (["version": 1] as JSON).bytes)
        #expect(try back.json["in_force"]?["version"] == 1)
        _ = try await world.get("/api/v1/plan/versions/9", status: 404)
    }

    @Test("an exported plan imports as the same draft")
    func schema() async throws {
        let world = try World()
        _ = try await put(world, Self.order, revision: 0)
        let exported = try await world.ask(.get, "/api/v1/plan/schema", query: "of=draft")
        let before = try await world.get("/api/v1/plan/events/order_paid")["draft"]
        _ = try await world.ask(.delete, "/api/v1/plan/events/order_paid", query: "revision=1")
        let imported = try await world.ask(
            .put, "/api/v1/plan/schema", query: "revision=2", type: "application/schema+json",
            body: try exported.json.bytes)
        #expect(imported.status == 200)
        #expect(try await world.get("/api/v1/plan/events/order_paid")["draft"] == before)
        let bad: JSON = ["allOf": [["if": [:], "then": [:]]]]
        let refused = try await world.ask(
            .put, "/api/v1/plan/schema", query: "revision=3", type: "application/json", body: bad.bytes)
        #expect(refused.status == 400)
        #expect(try refused.json["code"] == "invalid_plan")
    }

    @Test(
        "whoever reads may not draft, and whoever drafts may not freeze",
        arguments: [
            ("read", HTTPMethod.put, "/api/v1/plan/events/x"), ("read", .post, "/api/v1/plan/propose"),
            ("write", .get, "/api/v1/plan"), ("read", .post, "/api/v1/plan/freeze"),
        ])
    func permissions(_ key: String, _ method: HTTPMethod, _ path: String) async throws {
        #expect(try await World().ask(method, path, as: key).status == 403)
    }
}
