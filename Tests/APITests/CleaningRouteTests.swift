import Base
import Cleaning
import Domain
import HTTPServer
import Testing

@testable import API

@Suite struct CleaningRouteTests {
    private let world: World

    init() throws { world = try World() }

    private static let steps: JSON = [
        ["step": "text", "on": true],
        ["step": "aliases", "on": true, "channels": [["from": "tiktok", "to": "douyin"]]],
    ]

    private static func event(_ channel: String) -> Event {
        let time = EventTime(clampingUnixMs: 1_750_000_000_000)
        return Event(
            id: EventID(validated: channel), source: SourceName(validated: "web"), person: PersonID(validated: "ana"),
            name: .orderPaid, channel: Channel(validated: channel), time: time, receivedAt: time,
            value: Money(minor: 5, currency: .cny))
    }

    @Test func whatHoldsIsShownWithAllItsSettings() async throws {
        let state = try await world.get("/api/v1/cleaning")
        #expect(state["version"]?["number"] == 0)
        #expect(state["version"]?["steps"]?.each("step") == state["steps"]?.arrayValue)
        #expect(state["version"]?["steps"]?.each("on") == [true, false, false, false, false, false])
        #expect(state["spans"] == [["from_sequence": 0, "version": 0]])
        #expect(state["bot_rules"]?["patterns"] == ["spider"])
    }

    @Test func aVersionIsMadeHeldAndLookedUp() async throws {
        let made = try await world.post(
            "/api/v1/cleaning/versions", ["steps": Self.steps, "note": "tidy"], status: 201)
        #expect(made["number"] == 1 && made["note"] == "tidy")
        #expect(try await world.get("/api/v1/cleaning")["version"] == made)
        let versions = try await world.get("/api/v1/cleaning/versions", "limit=1")
        #expect(versions["versions"]?.each("number") == [1] && versions["next"] == "1")
        #expect(try await world.get("/api/v1/cleaning/versions", "before=1")["versions"]?.each("number") == [0])
        #expect(try await world.get("/api/v1/cleaning/versions/1") == made)
        _ = try await world.get("/api/v1/cleaning/versions/9", status: 404)
        let back = try await world.post("/api/v1/cleaning/current", ["version": 0])
        #expect(back["version"]?["number"] == 0)
        _ = try await world.post("/api/v1/cleaning/current", ["version": 9], status: 404)
        #expect(world.audit.map(\.action) == [.cleaningChanged, .cleaningChanged])
        #expect(world.audit.map(\.target) == ["version 1", "version 0"])
    }

    @Test func aPreviewShowsWhatWouldBecomeOfTheEvents() async throws {
        world.cleaning.add([Self.event("tiktok"), Self.event("shop"), Self.event("ｔｉｋｔｏｋ")])
        let preview = try await world.post("/api/v1/cleaning/preview", ["steps": Self.steps])
        #expect(preview["events"] == 3 && preview["different"] == 2)
        let steps = preview["after"]?["steps"]
        #expect(steps?.each("changed") == [0, 0, 0, 1, 0, 2])
        #expect(preview["before"]?["gmv"] == preview["after"]?["gmv"])
        let pairs = try #require(preview["pairs"]?.arrayValue)
        #expect(pairs.map { $0["before"]?["event"]?["channel"] } == ["ｔｉｋｔｏｋ", "tiktok"])
        #expect(pairs.map { $0["after"]?["event"]?["channel"] } == ["douyin", "douyin"])
        #expect(pairs[0]["after"]?["changed"] == ["text", "aliases"])
        #expect(try await world.post("/api/v1/cleaning/preview", ["version": 0])["different"] == 0)
        #expect(try await world.get("/api/v1/cleaning/activity")["events"] == 3)
        #expect(world.audit.isEmpty)
    }

    @Test func whatIsWrongWithStepsIsNamed() async throws {
        for path in ["/api/v1/cleaning/versions", "/api/v1/cleaning/preview"] {
            let problem = try await world.post(
                path, ["steps": [["step": "text", "on": 1]]], status: 400)
            #expect(problem["detail"] == "`steps[0].on` must be true or false")
        }
    }

    @Test func historyIsReadAgainOnceAtATime() async throws {
        let running = try await world.post("/api/v1/cleaning/rerun", ["version": 0], status: 202)
        #expect(running["rerun"]?["state"] == "running" && running["rerun"]?["sequence_end"] == 9)
        #expect(
            try await world.post("/api/v1/cleaning/rerun", ["version": 0], status: 409)["code"] == "rerun_under_way")
        _ = try await world.post("/api/v1/cleaning/versions", ["steps": []], status: 409)
        let cancelled = try await world.post("/api/v1/cleaning/rerun/cancel", [:])
        #expect(cancelled["rerun"]?["state"] == "cancelled")
        #expect(try await world.post("/api/v1/cleaning/rerun/cancel", [:], status: 409)["code"] == "no_rerun")
        #expect(world.audit.map(\.action) == [.cleaningRerun, .cleaningRerunCancelled])
    }

    @Test func ratesAreKeptWithTheirSource() async throws {
        let rate: JSON = ["day": "2026-01-01", "from": "usd", "to": "CNY", "rate": "7.1200", "source": "bank"]
        let added = try await world.post("/api/v1/cleaning/rates", ["rates": [rate]], status: 201)
        #expect(added["added"] == 1 && added["version"]?["number"] == 1)
        let kept = try await world.get("/api/v1/cleaning/rates")["rates"]?[0]
        #expect(kept?["rate"] == "7.12" && kept?["from"] == "USD" && kept?["author"] == "token:shop")
        for (name, value) in [("day", "soon"), ("rate", "0"), ("rate", "1e3x"), ("to", "USD"), ("source", "")] {
            var broken = try #require(rate.objectValue)
            broken[name] = .string(value)
            _ = try await world.post("/api/v1/cleaning/rates", ["rates": [.object(broken)]], status: 400)
        }
        #expect(world.audit.map(\.action) == [.ratesAdded])
    }

    @Test func onlyAdministratorsChangeCleaning() async throws {
        for (path, body) in [
            ("versions", ["steps": []]), ("current", ["version": 0]), ("rerun", ["version": 0]), ("rerun/cancel", [:]),
            ("rates", ["rates": []]),
        ] as [(String, JSON)] {
            _ = try await world.post("/api/v1/cleaning/" + path, body, as: "read", status: 403)
        }
        _ = try await world.post("/api/v1/cleaning/preview", ["steps": []], as: "read", status: 403)
        #expect(try await world.ask(.get, "/api/v1/cleaning", as: "read").status == 200)
    }

    @Test func whatIsLeftOutIsShownAndCounted() async throws {
        try await world.send(["id": "1", "person": "ana", "name": "page_view", "time": 1_750_000_000_000])
        let bot = Self.event("bot")
        world.append(bot)
        world.apart(bot, sequence: 5)
        let overview = try await world.get("/api/v1/overview", "from=2025-06-01T00:00:00Z&to=2025-07-01T00:00:00Z")
        #expect(overview["left_out"] == ["bot": 1, "own": 0])
        let person = try await world.get("/api/v1/people/ana")
        #expect(person["left_out"] == 1)
    }
}
