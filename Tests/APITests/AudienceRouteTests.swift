import Base
import Domain
import HTTPServer
import Testing

@testable import API

struct AudienceRouteTests {
    private static let viewers: JSON = ["did": ["name": "page_view"]]

    /// Who did one and the other.
    private static let both: JSON = [
        "stages": [
            [
                "id": "both",
                "rules": [["all": [["events": [["name": "page_view"]]], ["events": [["name": "order_paid"]]]]]],
            ]
        ]
    ]

    private func world() async throws -> World {
        let world = try World()
        func event(_ person: String, _ name: String, _ day: Int, _ more: [(String, JSON)] = []) -> JSON {
            var object = JSONObject([
                .init(name: "person", value: .string(person)), .init(name: "name", value: .string(name)),
                .init(name: "time", value: .string("2025-03-0\(day)T10:00:00Z")),
            ])
            for (name, value) in more { object.append(name, value) }
            return .object(object)
        }
        _ = try await world.post(
            "/api/v1/events",
            [
                event("ana", "page_view", 1, [("properties", ["city": "Hangzhou"])]),
                event("ana", "order_paid", 2, [("value", ["minor": 900, "currency": "CNY"])]),
                event("ana", "page_view", 3, [("properties", ["city": "Ningbo"])]),
                event("ben", "page_view", 1), event("cleo", "order_paid", 4),
            ])
        return world
    }

    private func put(_ world: World, _ path: String, _ body: JSON) async throws -> JSON {
        try await world.ask(.put, path, type: "application/json", body: body.bytes).json
    }

    @Test(
        "each condition means what its words say",
        arguments: [
            (viewers, ["ana", "ben"]), (["not": viewers], ["cleo"]),
            (["did": ["name": "page_view"], "at_least": 2], ["ana"]),
            (["did": ["name": "page_view"], "at_most": 1], ["ben", "cleo"]),
            (["all": [viewers, ["not": ["did": ["name": "order_paid"]]]]], ["ben"]),
            (["any": [["did": ["name": "order_paid"], "from": "2025-03-04"], ["did": ["name": "none"]]]], ["cleo"]),
            (["sequence": [["name": "order_paid"], ["name": "page_view"]], "within_ms": 172_800_000], ["ana"]),
            (["sequence": [["name": "order_paid"], ["name": "page_view"]], "within_ms": 1000], []),
            (["aggregate": "sum", "at_least": 900], ["ana"]),
            (["aggregate": "sum", "at_most": 899.5], ["ben", "cleo"]),
            (["aggregate": "distinct", "of": "name", "at_least": 2], ["ana"]),
            (["property": "city", "is": "=", "value": "Hangzhou"], []),
            (["property": "city", "is": "=", "value": "Hangzhou", "when": "ever"], ["ana"]),
            (["property": "city", "is": "absent"], ["ben", "cleo"]),
            (["stage": ["in": ["A4"], "at": "2025-03-05"]], ["ana", "cleo"]),
            (["stage": ["model": "aipl", "in": ["P", "A"], "at": "2025-03-02"]], ["ana", "ben"]),
            (["stage": ["model": both, "in": ["both"]]], ["ana"]),
            (["stage": ["model": both, "in": ["outside"], "at": "2025-03-02"]], ["ana", "ben", "cleo"]),
        ] as [(JSON, [String])])
    func conditions(_ audience: JSON, _ people: [String]) async throws {
        let world = try await world()
        let answer = try await world.post("/api/v1/query/audience", ["audience": audience])
        #expect(answer["people"]?.arrayValue?.compactMap(\.stringValue).sorted() == people)
        #expect(answer["count"] == .count(people.count) && answer["of"] == 3 && answer["next"] == .null)
        let again = try await world.post("/api/v1/query/audience", ["audience": answer["audience"] ?? .null])
        #expect(again["audience"] == answer["audience"] && again["people"] == answer["people"], "it is read as written")
    }

    @Test(
        "what is wrong is named with its place in the tree",
        arguments: [
            ([:], "`audience.all`"), (["did": ["name": ""]], "`audience.did.name`"),
            (["any": [viewers, ["not": ["did": ["name": "a"], "at_least": -1]]]], "`audience.any[1].not.at_least`"),
            (["all": []], "`audience.all`"),
            (["all": [["did": ["name": "a"], "not": viewers]]], "`audience.all[0].did`"),
            (["did": ["name": "a"], "within_ms": 1], "`audience.within_ms`"),
            (["did": ["name": "a"], "last_days": 1, "from": "2025-01-01"], "`audience.last_days`"),
            (["did": ["name": "a"], "at_least": 3, "at_most": 2], "`audience.at_most`"),
            (["sequence": [["name": "a"]]], "`audience.within_ms`"), (["aggregate": "sum"], "`audience.at_least`"),
            (["aggregate": "distinct", "at_least": 1], "`audience.of`"), (["property": "city"], "`audience.is`"),
            (["chose": 1], "`audience.chose`"),
            (["stage": ["in": ["A9"]]], "`audience.stage.in`"), (["stage": [:]], "`audience.stage.in`"),
            (["stage": ["model": "none", "in": ["A1"]]], "`audience.stage.model`"),
            (["stage": ["in": ["A1"]], "last_days": 3], "`audience.last_days`"),
            (["not": ["not": ["not": ["not": ["not": ["not": ["not": ["not": viewers]]]]]]]], "too deep"),
        ] as [(JSON, String)])
    func wrong(_ audience: JSON, _ place: String) async throws {
        let answer = try await World().post("/api/v1/query/audience", ["audience": audience], status: 400)
        #expect(answer["detail"]?.stringValue?.contains(place) == true, "\(answer)")
    }

    @Test("as of an earlier moment neither later events nor later people exist")
    func asOf() async throws {
        let world = try await world()
        let body: JSON = ["audience": ["not": ["did": ["name": "order_paid"]]], "as_of": "2025-03-02"]
        let answer = try await world.post("/api/v1/query/audience", body)
        #expect(answer["people"] == ["ana", "ben"] && answer["of"] == 2)
        let days: JSON = ["audience": ["did": ["name": "page_view"], "last_days": 1], "as_of": "2025-03-04"]
        #expect(try await world.post("/api/v1/query/audience", days)["people"] == ["ana"])
        let change: JSON = [
            "audience": ["did": ["name": "page_view"], "last_days": 1], "from": "2025-03-02", "to": "2025-03-05",
        ]
        let difference = try await world.post("/api/v1/query/audience-difference", change)
        #expect(difference["left"] == ["count": 2, "people": ["ana", "ben"]] && difference["stayed"] == 0)
        #expect(difference["entered"]?["count"] == 0 && difference["of"] == [2, 3])
    }

    @Test("a model keeps the stages that an audience asks for")
    func modelsInUse() async throws {
        let world = try await world()
        _ = try await put(world, "/api/v1/audiences/actors", ["audience": ["not": ["stage": ["in": ["A4"]]]]])
        let other: JSON = ["stages": [["id": "seen", "rules": [["at_least": 1]]]]]
        let refused = try await put(world, "/api/v1/stage-models/o5a", other)
        #expect(refused["code"] == "in_use" && refused["detail"]?.stringValue?.contains("`actors`") == true)
        let kept: JSON = ["stages": [["id": "A4", "rules": [["at_least": 1]]]]]
        #expect(try await put(world, "/api/v1/stage-models/o5a", kept)["version"] == 1)
        #expect(try await world.ask(.delete, "/api/v1/stage-models/o5a").status == 204)
        #expect(try await put(world, "/api/v1/stage-models/mine", other)["version"] == 1)
        let mine: JSON = ["audience": ["stage": ["model": "mine", "in": ["seen"]]]]
        _ = try await put(world, "/api/v1/audiences/seen", mine)
        #expect(try await world.ask(.delete, "/api/v1/stage-models/mine").status == 409)
    }

    @Test("an answer about an audience is another one once the name stands for others")
    func entityTags() async throws {
        let world = try await world()
        func tag(_ query: String, _ body: JSON) async throws -> String? {
            try await world.ask(.post, "/api/v1/query/\(query)", type: "application/json", body: body.bytes)
                .headers["ETag"]
        }
        let retention: JSON = ["start": ["name": "page_view"], "audience": "viewers"]
        _ = try await put(world, "/api/v1/audiences/viewers", ["audience": Self.viewers])
        let tags = (try await tag("retention", retention), try await tag("audience", ["audience": "viewers"]))
        #expect(try await tag("retention", retention) == tags.0)
        _ = try await put(world, "/api/v1/audiences/viewers", ["audience": ["not": Self.viewers]])
        #expect(try await tag("retention", retention) != tags.0)
        #expect(try await tag("audience", ["audience": "viewers"]) != tags.1)
        let other = try await world.post(
            "/api/v1/query/retention", ["start": ["name": "a"], "audience": 1], status: 400)
        #expect(other["detail"]?.stringValue?.contains("`audience`") == true)
    }

    @Test("saved ones are kept, counted, told of and named in questions")
    func saved() async throws {
        let world = try await world()
        let made = try await put(world, "/api/v1/audiences/viewers", ["title": "看过的人", "audience": Self.viewers])
        #expect(made["version"] == 1 && made["title"] == "看过的人" && made["hash"]?.stringValue?.utf8.count == 64)
        _ = try await put(world, "/api/v1/audiences/buyers", ["audience": ["did": ["name": "order_paid"]]])
        let list = try await world.get("/api/v1/audiences")
        #expect(list["audiences"]?.each("name") == ["buyers", "viewers"])
        #expect(list["audiences"]?.each("count") == [2, 2])
        #expect(try await world.post("/api/v1/query/audience", ["audience": "viewers", "limit": 0])["count"] == 2)
        let overlap = try await world.post("/api/v1/query/audience-overlap", ["audiences": ["viewers", "buyers"]])
        #expect(overlap["pairs"]?[0]?["both"] == 1 && overlap["audiences"]?.each("count") == [2, 2])
        #expect(overlap["regions"]?.each("count").compactMap(\.intValue).reduce(0, +) == 3)
        let start = try await world.get("/api/v1/audiences/viewers/changes")
        #expect(start["changes"] == [])
        _ = try await world.post(
            "/api/v1/events", [["person": "cleo", "name": "page_view", "time": "2025-03-05T10:00:00Z"]])
        let next = start["next"]?.stringValue ?? ""
        let changes = try await world.get("/api/v1/audiences/viewers/changes", "after=\(next)")
        #expect(changes["changes"]?.each("person") == ["cleo"] && changes["changes"]?.each("change") == ["entered"])
        _ = try await world.get("/api/v1/audiences/viewers/changes", "after=x", status: 400)
        #expect(world.audit.map(\.action) == [.audienceSaved, .audienceSaved])
        for status in [204, 404] {
            #expect(try await world.ask(.delete, "/api/v1/audiences/viewers").status == status)
        }
        let gone = try await world.post("/api/v1/query/audience", ["audience": "viewers"], status: 400)
        #expect(gone["detail"]?.stringValue?.contains("`audience`") == true)
    }
}
