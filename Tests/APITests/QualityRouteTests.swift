import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("The quality of events over HTTP")
struct QualityRouteTests {
    @Test("each part tells its value, its sample, and why it has none")
    func parts() async throws {
        let world = try World()
        for number in 0..<60 {
            try await world.send(["id": .int(Int64(number)), "person": "a", "name": "click"])
        }
        let row = try #require(try await world.get("/api/v1/quality")["rows"]?[0])
        #expect(row["event"] == "click" && row["source"] == "shop" && row["accepted_24h"] == 60)
        let parts = try #require(row["parts"]?.arrayValue)
        #expect(parts.map { $0["part"] } == ["validity", "completeness", "freshness", "duplicates", "drift"])
        #expect(parts.map { $0["missing"] } == ["no_plan", "no_plan", .null, "too_few", "no_past"])
        #expect(parts[2]["value"] == 1.0 && parts[2]["sample"] == 60 && parts[2]["is_beyond"] == false)
        #expect(row["score"] == 100.0)
    }

    @Test("a rule of one event is kept, and taken back")
    func rules() async throws {
        let world = try World()
        try await world.send(["person": "a", "name": "click"])
        let body: JSON = ["freshness_min": 0.5, "freshness_bound_seconds": 3600, "sample_least": 1]
        let set = try await world.ask(
            .put, "/api/v1/quality/rules/click", type: "application/json", body: body.bytes)
        #expect(try set.json["freshness_min"] == 0.5 && set.json["drift_max"] == 0.25)
        let row = try await world.get("/api/v1/quality")["rows"]?[0]
        #expect(row?["has_default_rule"] == false && row?["parts"]?[2]?["bound"] == 0.5)
        _ = try await world.ask(.delete, "/api/v1/quality/rules/click")
        #expect(try await world.get("/api/v1/quality")["rows"]?[0]?["has_default_rule"] == true)
        #expect(world.audit.map(\.action) == [.qualityRuleSet, .qualityRuleSet])
    }

    @Test(
        "a rule that cannot hold is refused",
        arguments: [
            ["freshness_bound_seconds": 7], ["validity_min": 1.5], ["drift_max": 0], ["sample_least": 0],
            ["unheard": 1], ["duplicates_max": "0.1"],
        ] as [JSON])
    func badRules(_ body: JSON) async throws {
        let answer = try await World().ask(
            .put, "/api/v1/quality/rules/click", type: "application/json", body: body.bytes)
        #expect(answer.status == 400)
    }

    @Test("an alarm is acknowledged by whoever may operate, and by nobody else")
    func alarms() async throws {
        let world = try World()
        let key = AlarmKey(
            event: EventName(validated: "click"), source: SourceName(validated: "shop"), part: .freshness)
        let time = EventTime(clampingUnixMs: 1_780_000_000_000)
        for (id, cleared) in [(1, time), (2, nil)] as [(Int64, EventTime?)] {
            world.qualityRecord.raise(
                QualityAlarm(
                    id: id, key: key, value: 0.5, bound: 0.95, raisedAt: time, clearedAt: cleared,
                    acknowledgedAt: nil, acknowledgedBy: ""))
        }
        #expect(try await world.get("/api/v1/quality/alarms")["alarms"]?.each("id") == [2])
        #expect(try await world.get("/api/v1/quality/alarms", "state=all&limit=1")["next"] == "2")
        let path = "/api/v1/quality/alarms/2/acknowledge"
        #expect(try await world.ask(.post, path, as: "read").status == 403)
        #expect(try await world.ask(.post, path).json["acknowledged_by"] == "token:shop")
        #expect(try await world.ask(.post, "/api/v1/quality/alarms/9/acknowledge").status == 404)
    }
}
