import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("Quarantine over HTTP")
struct QuarantineRouteTests {
    private let late: JSON = ["person": "a", "name": "click", "time": "2025-06-18T00:00:00Z"]  // A day ahead, and more.

    @Test("what was set aside is listed page by page, newest first, with its reasons")
    func list() async throws {
        let world = try World()
        try await world.send(["name": "click"], ["person": "a"], ["name": "like"], status: 422)
        let page = try await world.get("/api/v1/quarantine", "limit=2")
        #expect(page["items"]?.each("id") == [3, 2])
        #expect(page["next"] == "2")
        #expect(page["total"] == 3)
        #expect(page["by_reason"] == ["missing_name": 1, "missing_person": 2])
        #expect(page["items"]?[0]?["body"] == #"{"name":"like"}"#)
        let rest = try await world.get("/api/v1/quarantine", "limit=2&cursor=2")
        #expect(rest["items"]?.each("id") == [1])
        #expect(rest["next"] == .null)
        let some = try await world.get("/api/v1/quarantine", "reason=missing_name")
        #expect(some["items"]?.each("id") == [2])
        #expect(some["total"] == 1)
    }

    @Test("a retry that fails stays, one whose cause is gone is taken once, and both are in the audit log")
    func replay() async throws {
        let world = try World()
        world.pass(.days(-3))
        try await world.send(late, status: 422)
        world.pass(.days(3))
        let early = try await world.post("/api/v1/quarantine/replay", ["ids": [1]])
        #expect(early["receipts"]?.each("reason") == ["time_out_of_range"])
        #expect(early["receipts"]?.each("quarantine_id") == [1])
        #expect(world.eventCount == 0)
        let entry = try #require(world.audit.first)
        #expect(entry.actor == "token:shop")
        #expect(entry.detail["quarantined"] == 1)
    }

    @Test("an event that was taken after all is never taken again, though it has no id")
    func once() async throws {
        let world = try World()
        let mended: JSON = ["person": "a", "name": "click"]
        world.setAside(mended)
        let taken = try await world.post("/api/v1/quarantine/replay", ["ids": [1, 1]])
        #expect(taken["receipts"]?.each("status") == ["accepted", "duplicate"])
        let again = try await world.post("/api/v1/quarantine/replay", ["ids": [1]])
        #expect(again["receipts"]?.each("status") == ["duplicate"])
        #expect(world.eventCount == 1)
        #expect(try await world.get("/api/v1/quarantine")["items"]?[0]?["replayed_at"] != .null)
    }

    @Test("an event of which only the beginning was kept is not tried")
    func cut() async throws {
        let world = try World()
        world.setAside(["person": "a", "name": "click"])
        world.cutQuarantined()
        let answer = try await world.post("/api/v1/quarantine/replay", ["ids": [1]])
        #expect(answer["quarantined"] == 1)
        #expect(world.eventCount == 0)
    }

    static let badBodies: [(JSON, Int)] = [
        (["ids": [1, 999]], 404), (["ids": []], 400), (["ids": "1"], 400), (["ids": [1.5]], 400), ([:], 400),
        (["ids": [1], "force": true], 400), ([1], 400),
    ]

    @Test("ids that are not there, or are none, are refused, and nothing is tried", arguments: badBodies)
    func unknown(_ body: JSON, _ status: Int) async throws {
        let world = try World()
        world.setAside(["person": "a", "name": "click"])
        _ = try await world.post("/api/v1/quarantine/replay", body, status: status)
        #expect(world.eventCount == 0)
    }

    @Test("a journal that fails in the middle leaves what it took marked")
    func broken() async throws {
        let world = try World()
        world.setAside(["person": "a", "name": "click"])
        world.breakJournal()
        _ = try await world.post("/api/v1/quarantine/replay", ["ids": [1]], status: 503)
        #expect(try await world.get("/api/v1/quarantine")["items"]?[0]?["replayed_at"] == .null)
    }
}
