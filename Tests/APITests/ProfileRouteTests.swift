import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("Profiles and waiting over HTTP")
struct ProfileRouteTests {
    private func shop() async throws -> World {
        let world = try World()
        func event(_ person: String, _ name: String, _ day: Int) -> JSON {
            [
                "person": .string(person), "name": .string(name), "channel": "app",
                "time": .string("2025-03-0\(day)T10:00:00Z"),
            ]
        }
        let events = [
            event("ana", "product_view", 1), event("ana", "order_paid", 3), event("ben", "product_view", 2),
            event("ana", "order_paid", 6), event("cy", "order_paid", 4), event("end", "search", 8),
        ]
        _ = try await world.post("/api/v1/events", .array(events))
        return world
    }

    @Test("half of those who looked bought within three days")
    func waiting() async throws {
        let world = try await shop()
        let answer = try await world.post(
            "/api/v1/query/survival", ["start": ["name": "product_view"], "end": ["name": "order_paid"], "units": 4])
        let group = answer["groups"]?[0]
        #expect(group?["people"] == 2 && group?["happened"] == 1 && group?["median"] == 3)
        #expect(group?["curve"]?.each("at_risk") == [2, 2, 2, 1])
        #expect(group?["curve"]?.each("waiting") == [1.0, 1.0, 0.5, 0.5])
        #expect(answer["log_rank"] == .null && answer["left_out"] == 0)
        let asked: JSON = ["start": ["name": "product_view"], "end": ["name": "order_paid"], "units": 4]
        let csv = try await world.ask(
            .post, "/api/v1/query/survival", type: "application/json", headers: ["Accept": "text/csv"],
            body: asked.bytes)
        guard case .bytes(let bytes) = csv.body else { return #expect(Bool(false), "no bytes") }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.first == "group,within,at_risk,happened,cut_off,waiting,low,high" && lines.count == 5)
        let next = try await world.post(
            "/api/v1/query/survival", ["start": ["name": "order_paid"], "end": ["name": "order_paid"], "units": 4])
        #expect(next["groups"]?[0]?["people"] == 2 && next["groups"]?[0]?["median"] == 4)
        let first = try await world.post("/api/v1/query/survival", ["end": ["name": "order_paid"], "first_only": true])
        #expect(first["groups"]?[0]?["happened"] == 2)  // Cy's first event of all is the order.
    }

    @Test("what events say of their category, brand and host counts where the catalogue says nothing")
    func interestsOfEvents() async throws {
        let world = try await shop()
        let view: JSON = [
            "person": "dee", "name": "product_view", "time": "2025-03-07T10:00:00Z", "subject": "product:tea",
            "properties": ["product_category": "Tea", "brand": "Leaf", "anchor_id": 7],
        ]
        _ = try await world.post("/api/v1/events", [view])
        let interests = try await world.get("/api/v1/people/dee/profile")["interests"]
        #expect(interests?["categories"]?.each("name") == ["Tea"] && interests?["brands"]?.each("name") == ["Leaf"])
        #expect(interests?["hosts"]?.each("name") == ["7"])
        #expect(interests?["categories"]?[0]?["evidence"]?["count"] == 1)
    }

    @Test("a profile is of a person as of a time")
    func profile() async throws {
        let world = try await shop()
        let profile = try await world.get("/api/v1/people/ana/profile", "time_zone=Asia/Shanghai")
        #expect(profile["events"] == 3 && profile["lifecycle"]?["stage"] == "active")
        #expect(profile["active_times"]?["peak_hour"] == 18)
        let before = try await world.get("/api/v1/people/ana/profile", "at=2025-03-02T00:00:00Z")
        #expect(before["events"] == 1 && before["lifecycle"]?["stage"] == "new")
        #expect(before["lifecycle"]?["evidence"]?["sequences"] == [0])
        let shown = try await world.get("/api/v1/people/ana", "sequences=3,2,1")
        #expect(shown["events"]?.each("name") == ["order_paid", "order_paid"])
        #expect(shown["summary"]?["events"] == 3)
    }

    @Test(
        "what cannot be asked is refused",
        arguments: [
            ("people/nobody/profile", "", 404), ("people/ana/profile", "at=2025-02-01T00:00:00Z", 404),
            ("people/ana/profile", "at=yesterday", 400), ("people/ana/profile", "time_zone=Mars/Base", 400),
            ("people/ana", "sequences=", 400), ("people/ana", "sequences=1,x", 400),
        ])
    func refusals(path: String, query: String, status: Int) async throws {
        _ = try await shop().get("/api/v1/\(path)", query, status: status)
    }
}
