import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("Stages over HTTP")
struct StageRouteTests {
    /// Ten people look on the first, six put into the cart the day after, three pay on the third, one of them twice.
    private func shop() async throws -> World {
        let world = try World()
        func event(_ number: Int, _ name: String, _ day: Int, _ minor: Int64? = nil) -> JSON {
            var object = JSONObject()
            object.append("person", .string("p\(number)"))
            object.append("name", .string(name))
            object.append("time", .string("2025-03-0\(day)T10:00:00Z"))
            if let minor { object.append("value", ["minor": .int(minor), "currency": "CNY"]) }
            return .object(object)
        }
        var events: [JSON] = []
        for number in 0..<10 {
            events.append(event(number, "page_view", 1))
            if number < 6 { events.append(event(number, "add_to_cart", 2)) }
            if number < 3 { events.append(event(number, "order_paid", 3, Int64(1000 * (number + 1)))) }
        }
        events.append(event(0, "order_paid", 3, 500))
        events.append(event(0, "order_refunded", 3, 200))
        _ = try await world.post("/api/v1/events", .array(events))
        return world
    }

    private static let days: JSON = ["from": "2025-03-01", "to": "2025-03-04", "time_zone": "Asia/Shanghai"]

    private static func question(_ members: (String, JSON)...) -> JSON {
        var object = days.objectValue ?? JSONObject()
        for (name, value) in members { object.append(name, value) }
        return .object(object)
    }

    @Test("stages say who stands where each day, and who moved")
    func stages() async throws {
        let world = try await shop()
        let list: JSON = ["was": "outside", "is": "A4"]
        let answer = try await world.post("/api/v1/query/stages", Self.question(("list", list)))
        #expect(answer["moments"]?.each("day") == [.null, "2025-03-01", "2025-03-02", "2025-03-03"])
        #expect(
            answer["moments"]?.each("people") == [
                [10, 0, 0, 0, 0, 0, 0], [0, 0, 10, 0, 0, 0, 0], [0, 0, 4, 0, 6, 0, 0], [0, 0, 4, 0, 3, 2, 1],
            ])
        #expect(answer["moves"]?[1]?[2] == [0, 0, 4, 0, 6, 0, 0])
        #expect(answer["flow"]?[0]?[5]?["rate"] == 0.2 && answer["flow"]?[1]?[5]?["rate"] == .null)
        #expect(answer["list"] == ["total": 2, "people": ["p1", "p2"], "next": .null])
        #expect(answer["is_last_over"] == false && answer["period"] == "day")
        #expect(answer["model"]?["id"] == "o5a" && answer["model"]?["origin"] == "preset")
        #expect(answer["never_seen"]?.arrayValue?.contains("room_stay") == true)
    }

    @Test("a model of one's own is kept in versions, in place of the preset, and noted")
    func models() async throws {
        let world = try await shop()
        let mine: JSON = [
            "title": ["en": "Mine"],
            "stages": [["id": "seen", "rules": [["events": [["name": "page_view"]], "within_days": 1]]]],
        ]
        let inline = try await world.post("/api/v1/query/stages", Self.question(("model", mine)))
        #expect(inline["moments"]?.each("people") == [[10, 0], [0, 10], [10, 0], [10, 0]])
        #expect(inline["model"]?["origin"] == "inline" && inline["model"]?["version"] == .null)
        let preset = try await world.post("/api/v1/query/stages", Self.days)
        let saved = try await world.ask(
            .put, "/api/v1/stage-models/o5a", type: "application/json", body: mine.bytes)
        #expect(try saved.json["version"] == 1 && saved.json["hash"] == inline["model"]?["hash"])
        let changed = try await world.post("/api/v1/query/stages", Self.days)
        #expect(changed["model"] == (try saved.json) && changed["moments"] == inline["moments"])
        #expect(try await world.get("/api/v1/stage-models")["models"]?.each("id") == ["5r", "aipl", "deeplink", "o5a"])
        #expect(try await world.ask(.delete, "/api/v1/stage-models/o5a").status == 204)
        #expect(try await world.post("/api/v1/query/stages", Self.days)["moments"] == preset["moments"])
        #expect(try await world.ask(.delete, "/api/v1/stage-models/o5a").status == 404)
        #expect(world.audit.map(\.action) == [.stageModelSaved, .stageModelRemoved])
    }

    @Test("a rule holds while all of its conditions do, and says nothing beside them")
    func rulesOfSeveral() async throws {
        let world = try await shop()
        func model(_ rule: JSON) -> JSON { ["stages": [["id": "keen", "rules": [rule]]]] }
        let all: JSON = [["events": [["name": "page_view"]], "within_days": 2], ["events": [["name": "add_to_cart"]]]]
        let answer = try await world.post("/api/v1/query/stages", Self.question(("model", model(["all": all]))))
        #expect(answer["moments"]?.each("people") == [[10, 0], [10, 0], [4, 6], [10, 0]])
        for (rule, place) in [
            (["all": all, "at_least": 2], "`model.stages[0].rules[0].at_least`"),
            (["all": []], "`model.stages[0].rules[0].all`"),
            (["all": [["at_least": 0]]], "`model.stages[0].rules[0].all[0].at_least`"),
        ] as [(JSON, String)] {
            let refused = try await world.post(
                "/api/v1/query/stages", Self.question(("model", model(rule))), status: 400)
            #expect(refused["detail"]?.stringValue?.contains(place) == true, "\(refused)")
        }
    }

    @Test("an answer is another one once the model of its name is")
    func entityTags() async throws {
        let world = try await shop()
        func tag() async throws -> String? {
            try await world.ask(.post, "/api/v1/query/stages", type: "application/json", body: Self.days.bytes)
                .headers["ETag"]
        }
        let first = try await tag()
        #expect(try await tag() == first)
        let mine: JSON = ["stages": [["id": "known", "rules": [["at_least": 1]]]]]
        _ = try await world.ask(.put, "/api/v1/stage-models/o5a", type: "application/json", body: mine.bytes)
        #expect(try await tag() != first)
    }

    @Test("stages of every moment come as a table too")
    func table() async throws {
        let world = try await shop()
        let answer = try await world.ask(
            .post, "/api/v1/query/stages", type: "application/json", headers: ["Accept": "text/csv"],
            body: Self.question(("model", "aipl")).bytes)
        guard case .bytes(let bytes) = answer.body else { return #expect(Bool(false), "no bytes") }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        #expect(lines.count == 1 + 4 * 5)
        #expect(lines[0] == "time,day,stage,people,from_outside,from_A,from_I,from_P,from_L")
        #expect(lines[7] == "2025-03-01T16:00:00.000Z,2025-03-01,A,10,10,0,0,0,0")
    }

    @Test("buyers have scores and segments, net of refunds")
    func rfm() async throws {
        let world = try await shop()
        let question: JSON = ["list": ["segment": "key_grow"]]
        let answer = try await world.post("/api/v1/query/rfm", question)
        #expect(answer["buyers"] == 3 && answer["orders"] == 4)
        #expect(answer["value"] == ["minor": 6300, "currency": "CNY"])
        #expect(answer["segments"]?.arrayValue?.count == 8 && answer["scoring"] == "fifths")
        #expect(try await world.post("/api/v1/query/rfm", ["net": false])["value"]?["minor"] == 6500)
        let other = try await world.post("/api/v1/query/rfm", ["currency": "USD"])
        #expect(other["buyers"] == 0 && other["orders_left_out"] == 4)
        let bounds: JSON = ["days": [40, 30, 20, 10], "orders": [2, 3, 4, 5], "minor": [1400, 1500, 2500, 2600]]
        let stated = try await world.post("/api/v1/query/rfm", ["bounds": bounds, "list": ["limit": 2]])
        #expect(stated["list"]?["people"]?.each("monetary") == [1, 3] && stated["list"]?["total"] == 3)
        #expect(stated["list"]?["people"]?.each("frequency") == [2, 1])
        let next = stated["list"]?["next"] ?? .null
        let rest = try await world.post(
            "/api/v1/query/rfm", ["bounds": bounds, "list": ["limit": 2, "cursor": next]])
        #expect(rest["list"]?["people"]?.each("person") == ["p2"] && rest["list"]?["next"] == .null)
    }

    static let badQuestions: [(String, JSON, String)] = [
        ("stages", ["model": "none"], "`model`"), ("stages", ["model": 5], "`model`"),
        ("stages", ["model": ["stages": []]], "`model.stages`"),
        ("stages", ["model": ["stages": [["rules": [[:]]]]]], "`model.stages[0].id`"),
        ("stages", ["model": ["stages": [["id": "outside", "rules": [[:]]]]]], "`model.stages[0].id`"),
        ("stages", ["model": ["stages": [["id": "a", "rules": []]]]], "`model.stages[0].rules`"),
        (
            "stages", ["model": ["stages": [["id": "a", "rules": [["at_least": 0]]]]]],
            "`model.stages[0].rules[0].at_least`"
        ),
        (
            "stages", ["model": ["stages": [["id": "a", "rules": [["within_days": 3661]]]]]],
            "`model.stages[0].rules[0].within_days`"
        ),
        ("stages", ["model": ["stages": [["id": "a", "rules": [["event": []]]]]]], "`model.stages[0].rules[0].event`"),
        ("stages", ["period": "year"], "`period`"), ("stages", ["list": ["was": "A9"]], "`list.was`"),
        ("stages", ["list": ["cursor": "x"]], "`list.cursor`"), ("stages", ["list": ["limit": 0]], "`list.limit`"),
        ("stages", ["from": "2000-01-01", "to": "2025-01-01"], "`period`"),
        ("rfm", ["currency": "yuan"], "`currency`"), ("rfm", ["list": ["segment": "best"]], "`list.segment`"),
        ("rfm", ["bounds": ["days": [1, 2, 3, 4]]], "`bounds.orders`"),
        (
            "rfm", ["bounds": ["days": [1, 2, 3, 4], "orders": [1, 2, 3, 4], "minor": [1, 2, 3, 4]]], "`bounds`"
        ),
        ("rfm", ["net": 1], "`net`"),
    ]

    @Test("a question that cannot be meant is refused with the field's name", arguments: badQuestions)
    func badQuestion(_ path: String, _ body: JSON, _ named: String) async throws {
        let answer = try await World().post("/api/v1/query/\(path)", body, status: 400)
        #expect(answer["detail"]?.stringValue?.contains(named) == true, "\(answer)")
    }
}
