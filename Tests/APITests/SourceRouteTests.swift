import Base
import Collect
import Domain
import HTTPServer
import Synchronization
import Testing

@testable import API

@Suite("Sources over HTTP") struct SourceRouteTests {
    private let click: JSON = ["person": "a", "name": "click"]

    @Test("what a source sent is counted by its fate, with reasons and formats")
    func counts() async throws {
        let world = try World()
        #expect(try await world.get("/api/v1/sources")["sources"] == [])
        try await world.send(click, ["person": "a", "name": "search", "id": "1"], ["name": "click"])
        try await world.send(["person": "a", "name": "search", "id": "1"])
        let source = try #require(try await world.get("/api/v1/sources")["sources"]?.arrayValue?.first)
        #expect(source["source"] == "shop")
        #expect((source["accepted"], source["duplicate"], source["quarantined"]) == (2, 1, 1))
        #expect(source["requests"] == 2)
        #expect(source["reasons"] == ["missing_person": 1])
        #expect(source["formats"]?.each("format") == ["native"])
        #expect(source["limits"] == .null)
        let one = try await world.get("/api/v1/sources/shop", "step=minute")
        #expect(one["series"]?.each("accepted") == [2])
        #expect(try await world.get("/api/v1/sources/other", status: 404)["code"] == "not_found")
    }

    @Test("a limit holds at once, is kept, noted, and taken away again")
    func limits() async throws {
        let world = try World()
        let body: JSON = ["events_per_second_max": 1, "events_per_day_max": 1000]
        let path = "/api/v1/sources/shop/limits"
        #expect(try await world.ask(.put, path, as: "read", type: "application/json", body: body.bytes).status == 403)
        #expect(try await world.ask(.put, path, type: "application/json", body: body.bytes).status == 200)
        #expect(
            world.savedLimits.withLock { $0 } == [
                SourceName(validated: "shop"): SourceLimits(eventsPerSecondMax: 1, eventsPerDayMax: 1000)
            ])
        #expect(world.audit.map(\.action) == [.sourceLimited])
        try await world.send(click, click, click, click, click, click, click, click, click, click, click)
        let refusal = try await world.ask(
            .post, "/api/v1/events", type: "application/json", body: click.bytes)
        #expect(refusal.status == 429)
        #expect(refusal.headers["Retry-After"].flatMap { Int($0) }.map { (1...12).contains($0) } == true)
        #expect(try refusal.json["code"] == "rate_limited")
        #expect(try await world.get("/api/v1/sources/shop")["limits"] == body)
        #expect(try await world.ask(.delete, path).status == 200)
        try await world.send(click)
    }

    @Test(
        "a limit out of range is refused",
        arguments: [["events_per_second_max": 0], ["events_per_day_max": "many"], ["per_hour": 3]] as [JSON])
    func badLimits(body: JSON) async throws {
        let world = try World()
        let path = "/api/v1/sources/shop/limits"
        #expect(try await world.ask(.put, path, type: "application/json", body: body.bytes).status == 400)
        #expect(world.savedLimits.withLock { $0.isEmpty })
    }

    @Test("wire formats are held to the limit in their own words")
    func wire() async throws {
        let world = try World()
        world.gate.set(SourceLimits(eventsPerSecondMax: 1), of: SourceName(validated: "shop"))
        let message: JSON = ["batch": [["type": "track", "event": "x", "userId": "a"]]]
        var statuses: [Int] = []
        for _ in 0..<12 {
            let answer = try await world.ask(.post, "/v1/batch", type: "application/json", body: message.bytes)
            statuses.append(answer.status)
            if answer.status == 429 { #expect(answer.headers["Retry-After"] == "1") }
        }
        #expect(statuses.filter { $0 == 200 }.count == 10, "ten seconds' worth may come at once")
        #expect(statuses.last == 429)
    }

    @Test("the tail shows the newest first thing, and only what passes the filter", .timeLimit(.minutes(1)))
    func tail() async throws {
        let world = try World {
            $0.livePeriod = .milliseconds(5)
            $0.liveSpan = .milliseconds(200)
        }
        try await world.send(click, ["person": "b", "name": "search"], ["person": "b", "name": "click"])
        world.become(Health(trouble: nil, journalSequence: 3, timelineSequence: 3))
        guard case .events(let events) = try await world.ask(.get, "/api/v1/tail", query: "name=click").body else {
            Issue.record("no stream")
            return
        }
        var rows: [JSON] = []
        var names: [String?] = []
        for await event in events {
            names.append(event.name)
            rows += try JSON.parse(event.data)["rows"]?.arrayValue ?? []
        }
        #expect(rows.map { $0["person"] } == ["a", "b"])
        #expect(names.last == "end")
    }

    @Test("refused elements show in the tail with their reason")
    func refused() {
        let receipt = CollectReceipt(
            receivedAt: EventTime(clampingUnixMs: 5), source: SourceName(validated: "shop"), format: "native",
            byteCount: 1, isReplay: false,
            runs: [.duplicate(elementCount: 1), .quarantined(id: 7, reason: "too_large")])
        let row = SourcePorts.JournalRow(sequence: 9, entry: .receipt(receipt))
        let all = TailFilter(source: nil, name: nil, person: nil, onlyRefused: true)
        #expect(all.rows(row).map { $0["reason"] } == ["too_large"])
        #expect(all.rows(row).map { $0["receipt"] } == ["r9"])
        let named = TailFilter(source: nil, name: EventName(validated: "click"), person: nil, onlyRefused: false)
        #expect(named.rows(row).isEmpty)
    }
}
