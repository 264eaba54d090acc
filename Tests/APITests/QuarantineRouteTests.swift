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
        (["ids": [1], "force": true], 400), ([1], 400), (["match": []], 400), (["ids": [1], "match": [:]], 400),
        (["match": ["cause": "x"]], 400), (["match": ["source": ""]], 400), (["match": ["from": "monday"]], 400),
        (["match": ["reason": 5]], 400),
        (["match": ["from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"]], 400),
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

    // MARK: All that match

    private let mended: JSON = ["person": "a", "name": "click"]

    @Test("all that match are taken, over more pages than one, and what cannot pass is counted by reason")
    func matching() async throws {
        let world = try World()
        for number in 0..<450 { world.setAside(["person": .string("p\(number)"), "name": "click"]) }
        for _ in 0..<5 { world.setAside(["name": "click"]) }
        world.setAside(mended, from: "app")
        let answer = try await world.post("/api/v1/quarantine/replay", ["match": ["source": "shop"]])
        #expect(
            answer == [
                "tried": 455, "accepted": 450, "duplicate": 0, "quarantined": 5, "by_reason": ["missing_person": 5],
            ])
        #expect(world.eventCount == 450)
        #expect(try await world.get("/api/v1/quarantine")["waiting"] == 6)
        let entry = try #require(world.audit.first)
        #expect(entry.detail["match"] == ["source": "shop"])
        #expect(entry.detail["accepted"] == 450)
        let again = try await world.post("/api/v1/quarantine/replay", ["match": [:]])
        #expect(again["tried"] == 6)
        #expect(again["accepted"] == 1)
    }

    struct Match: Sendable, CustomTestStringConvertible {
        let why: String
        let match: JSON
        let query: String
        let ids: [JSON]

        var testDescription: String { why }
    }

    static let matches = [
        Match(why: "an empty match is all", match: [:], query: "", ids: [3, 2, 1]),
        Match(why: "one source", match: ["source": "app"], query: "source=app", ids: [2]),
        Match(why: "one reason", match: ["reason": "invalid_name"], query: "reason=invalid_name", ids: [3, 2, 1]),
        Match(why: "a reason that none has", match: ["reason": "too_large"], query: "reason=too_large", ids: []),
        Match(
            why: "from a time on", match: ["from": "2025-06-16T00:00:00Z"], query: "from=2025-06-16T00:00:00Z",
            ids: [3]),
        Match(
            why: "before a time", match: ["to": "2025-06-16T00:00:00Z"], query: "to=2025-06-16T00:00:00Z",
            ids: [2, 1]),
        Match(
            why: "all that is asked for must fit", match: ["to": "2025-06-16T00:00:00Z", "source": "shop"],
            query: "to=2025-06-16T00:00:00Z&source=shop", ids: [1]),
    ]

    @Test("the list shows what the same match tries", arguments: matches)
    func listAndMatch(_ c: Match) async throws {
        let world = try World()
        world.setAside(mended)
        world.setAside(mended, from: "app")
        world.pass(.days(1))
        world.setAside(mended)
        let list = try await world.get("/api/v1/quarantine", c.query)
        #expect(list["items"]?.each("id") == c.ids)
        #expect(list["total"] == .int(Int64(c.ids.count)))
        #expect(list["waiting"] == list["total"])
        let answer = try await world.post("/api/v1/quarantine/replay", ["match": c.match])
        #expect(answer["tried"] == list["total"])
        #expect(answer["accepted"] == list["total"])
        let after = try await world.get("/api/v1/quarantine", c.query)
        #expect(after["total"] == list["total"])
        #expect(after["waiting"] == 0)
    }

    @Test("a journal that fails leaves all that match waiting, and the audit log says so")
    func matchingWithABrokenJournal() async throws {
        let world = try World()
        for _ in 0..<3 { world.setAside(mended) }
        world.breakJournal()
        _ = try await world.post("/api/v1/quarantine/replay", ["match": [:]], status: 503)
        #expect(try await world.get("/api/v1/quarantine")["waiting"] == 3)
        #expect(world.audit.first?.detail["tried"] == 0)
    }

    @Test("elements of which only the beginning was kept are counted, and the others of their page are taken")
    func matchingWithCutOnes() async throws {
        let world = try World()
        world.setAside(mended)
        world.cutQuarantined()
        world.setAside(mended)
        let answer = try await world.post("/api/v1/quarantine/replay", ["match": [:]])
        #expect(answer["accepted"] == 1)
        #expect(answer["by_reason"] == ["invalid_name": 1])
    }
}
