import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("Queries over HTTP")
struct QueryRouteTests {
    /// Ten people look, six of them put into the cart, three pay.
    private func shop() async throws -> World {
        let world = try World()
        func event(_ number: Int, _ name: String, _ day: Int, _ channel: String, _ minor: Int64? = nil) -> JSON {
            var object = JSONObject()
            object.append("person", .string("p\(number)"))
            object.append("name", .string(name))
            object.append("channel", .string(channel))
            object.append("time", .string("2025-03-0\(day)T10:00:00Z"))
            object.append("subject", "product:1")
            if let minor { object.append("value", ["minor": .int(minor), "currency": "CNY"]) }
            return .object(object)
        }
        var events: [JSON] = []
        for number in 0..<10 {
            events.append(event(number, "product_view", 1, "live"))
            if number < 6 { events.append(event(number, "add_to_cart", 2, "live")) }
            if number < 3 { events.append(event(number, "order_paid", 3, "shop", 1000)) }
        }
        _ = try await world.post("/api/v1/events", .array(events))
        return world
    }

    @Test("overview, funnel and audience agree with what was sent")
    func numbers() async throws {
        let world = try await shop()
        let overview = try await world.get("/api/v1/overview", "from=2025-03-01&to=2025-03-08T00:00:00%2B00:00")
        #expect(
            ["people", "events", "orders", "buyers"].map { overview[$0] } == [10, 19, 3, 3] as [JSON])
        #expect(overview["gmv"] == [["minor": 3000, "currency": "CNY"]])
        #expect(overview["conversion"]?["rate"] == 0.3)
        #expect(overview["previous"]?["conversion"]?["rate"] == .null)
        #expect(overview["by_channel"]?.each("channel") == ["live", "shop"])
        #expect(overview["by_time"]?.arrayValue?.count == 7)
        #expect(overview["by_hour_of_day"]?[10]?["events"] == 19)
        let east = try await world.get("/api/v1/overview", "offset_minutes=480&channel=live")
        #expect(east["by_hour_of_day"]?[18]?["events"] == 16)
        let steps: JSON = [["name": "product_view"], ["name": "add_to_cart"], ["name": "order_paid"]]
        let week: JSON = .int(7 * 86_400_000)
        let funnel = try await world.post(
            "/api/v1/query/funnel", ["steps": steps, "window_ms": week, "by": "channel", "from": "2025-03-01"])
        #expect(funnel["steps"]?.each("people") == [10, 6, 3])
        #expect(funnel["steps"]?[2]?["rate_from_previous"]?["rate"] == 0.5)
        #expect(funnel["by"]?.each("key") == ["live"] && funnel["by"]?[0]?["people"] == [10, 6, 3])
        #expect(funnel["by"]?[0]?["rates_from_first"]?.each("rate") == [1.0, 0.6, 0.3])
        let audience = try await world.post(
            "/api/v1/query/audience",
            [
                "audience": ["all": [["did": ["name": "add_to_cart"]], ["not": ["did": ["name": "order_paid"]]]]],
                "limit": 2,
            ])
        #expect(audience["count"] == 3 && audience["of"] == 10 && audience["people"] == ["p3", "p4"])
        func count(_ did: JSON) async throws -> JSON? {
            try await world.post("/api/v1/query/audience", ["audience": ["did": did], "limit": 0])["count"]
        }
        #expect(try await count(["name": "order_paid", "channel": "shop"]) == 3)
        #expect(try await count(["name": "order_paid", "channel": "live"]) == 0)
        #expect(try await count(["name": "order_paid", "channel": "elsewhere"]) == 0)
    }

    @Test("retention says who came back, of how many, and how sure that is")
    func retention() async throws {
        let world = try await shop()
        let question: JSON = [
            "start": ["name": "product_view"], "return": ["name": "add_to_cart"], "columns": 3,
            "from": "2025-03-01", "to": "2025-03-04", "time_zone": "Asia/Shanghai", "first_only": true,
        ]
        let answer = try await world.post("/api/v1/query/retention", question)
        #expect(answer["cohorts"]?.each("day") == ["2025-03-01", "2025-03-02", "2025-03-03", "2025-03-04"])
        #expect(answer["cohorts"]?.each("people") == [10, 0, 0, 0])
        let first = answer["cohorts"]?[0]?["returned"]
        #expect(first?.each("numerator") == [0, 6, 0] && first?.each("is_over") == [true, true, false])
        #expect(answer["cohorts"]?[1]?["returned"]?[2] == .null)
        #expect(answer["cohorts"]?[1]?["returned"]?[0]?["rate"] == .null)
        #expect(answer["overall"]?.each("numerator") == [0, 6, 0])
        #expect(answer["overall"]?.each("denominator") == [10, 10, 0])
        #expect(answer["time_zone"] == "Asia/Shanghai")
    }

    @Test("an empty store answers every query")
    func empty() async throws {
        let world = try World()
        let paths = [
            "overview", "vocabulary", "people", "decisions", "campaigns", "policies/logs", "quarantine",
        ]
        for path in paths { _ = try await world.get("/api/v1/\(path)") }
        let funnel = try await world.post("/api/v1/query/funnel", ["steps": [["name": "a"]], "window_ms": 1])
        #expect(funnel["steps"]?[0]?["rate_from_first"]?["low"] == .null)
        _ = try await world.post("/api/v1/query/audience", ["audience": ["did": ["name": "a"]]])
        let retention = try await world.post("/api/v1/query/retention", ["start": ["name": "a"]])
        #expect(retention["overall"]?[0]?["rate"] == .null)
    }

    static let badQueries = [
        ("overview", "from=yesterday", "invalid_parameter"), ("overview", "from=2025-02-01&to=2025-01-01", nil),
        ("overview", "offset_minutes=900", "invalid_parameter"), ("overview", "chanel=live", "unknown_parameter"),
        ("overview", "channel=", "invalid_parameter"), ("overview", "to=2025-01-01&to=2025-01-02", nil),
        ("people", "limit=0", "invalid_parameter"), ("people", "cursor=-1", "invalid_parameter"),
        ("people/a", "before=x", "invalid_parameter"), ("people/%20", "", "invalid_parameter"),
        ("decisions", "cursor=x", "invalid_parameter"), ("decisions", "surface=", "invalid_parameter"),
        ("decisions", "limit=201", "invalid_parameter"),
        ("quarantine", "cursor=x", "invalid_parameter"), ("policies/value", "", "invalid_parameter"),
        ("campaigns", "limit=5", "unknown_parameter"), ("vocabulary", "chanel=live", "unknown_parameter"),
        ("live", "from=2025-01-01", "unknown_parameter"), ("policies/logs", "limit=5", "unknown_parameter"),
        ("decisions/d1", "limit=5", "unknown_parameter"),
    ]

    @Test("a query that cannot be meant is refused with the parameter's name", arguments: badQueries)
    func badQuery(_ path: String, _ query: String, _ code: String?) async throws {
        let world = try World()
        let answer = try await world.get("/api/v1/\(path)", query, status: 400)
        if let code { #expect(answer["code"] == .string(code)) }
        #expect(answer["detail"]?.stringValue?.contains("`") == true)
    }

    static let badQuestions: [(String, JSON, String)] = [
        ("query/funnel", ["window_ms": 1], "`steps`"), ("query/funnel", ["steps": [], "window_ms": 1], "`steps`"),
        ("query/funnel", ["steps": [["name": ""]], "window_ms": 1], "`steps[0].name`"),
        ("query/funnel", ["steps": [["name": "a"]]], "`window_ms`"),
        ("query/funnel", ["steps": [["name": "a"]], "window_ms": 0], "`window_ms`"),
        ("query/funnel", ["steps": [["name": "a"]], "window_ms": 1, "by": ""], "`by`"),
        ("query/funnel", ["steps": [["name": "a", "chanel": "x"]], "window_ms": 1], "`steps[0].chanel`"),
        ("query/funnel", ["steps": ["a"], "window_ms": 1], "`steps[0]`"),
        ("query/funnel", ["steps": [["name": "a", "within_ms": 0]], "window_ms": 1], "`steps[0].within_ms`"),
        ("query/funnel", ["steps": [["name": "a"]], "window_ms": 1, "order": "none"], "`order`"),
        (
            "query/funnel",
            ["steps": [["name": "a"], ["name": "b", "within_ms": 5]], "window_ms": 1, "order": "any"],
            "`steps`"
        ),
        ("query/funnel", ["steps": [["name": "a"], ["name": "b"]], "window_ms": 1, "exclusions": [[:]]], ".event`"),
        (
            "query/funnel",
            [
                "steps": [["name": "a"], ["name": "b"]], "window_ms": 1,
                "exclusions": [["event": ["name": "c"], "after": 2, "before": 2]],
            ], "`exclusions[0].after`"
        ),
        (
            "query/funnel",
            [
                "steps": [["name": "a"], ["name": "b"]], "window_ms": 1, "order": "strict",
                "exclusions": [["event": ["name": "c"]]],
            ], "`exclusions`"
        ),
        (
            "query/funnel", ["steps": [["name": "a"]], "window_ms": 1, "from": "2025-01-02", "to": "2025-01-01"],
            "`from`"
        ),
        ("query/audience", [:], "`audience`"), ("query/audience", [], "object"),
        ("query/audience-overlap", ["audiences": [["did": ["name": "a"]]]], "`audiences`"),
        ("query/retention", [:], "`start`"), ("query/retention", ["start": [:]], "`start.name`"),
        ("query/retention", ["start": ["name": "a"], "period": "year"], "`period`"),
        ("query/retention", ["start": ["name": "a"], "columns": 0], "`columns`"),
        ("query/retention", ["start": ["name": "a"], "time_zone": "Mars/Base"], "`time_zone`"),
        ("query/retention", ["start": ["name": "a"], "from": "2025-01-02", "to": "2025-01-01"], "`from`"),
        ("query/retention", ["start": ["name": "a"], "from": "2000-01-01", "to": "2025-01-01"], "`period`"),
        ("query/retention", ["start": ["name": "a"], "from": "2023-06-01", "columns": 366], "`columns`"),
        ("query/survival", [:], "`end`"), ("query/survival", ["end": ["name": "a"], "unit": "year"], "`unit`"),
        ("query/survival", ["end": ["name": "a"], "units": 0], "`units`"),
        ("query/survival", ["end": ["name": "a"], "occurrence": 0], "`occurrence`"),
        ("query/survival", ["end": ["name": "a"], "groups": [["chanel": "x"]]], "`groups[0].chanel`"),
    ]

    @Test("a question that cannot be meant is refused with the field's name", arguments: badQuestions)
    func badQuestion(_ path: String, _ body: JSON, _ named: String) async throws {
        let world = try World()
        let answer = try await world.post("/api/v1/\(path)", body, status: 400)
        #expect(answer["detail"]?.stringValue?.contains(named) == true)
    }

    @Test("a person's timeline comes newest first, page by page, with traits and sums")
    func person() async throws {
        let world = try World()
        try await world.send(
            ["person": "a/b", "name": "identify", "time": "2025-01-01", "properties": ["city": "杭州", "age": 30]],
            ["person": "a/b", "name": "identify", "time": "2025-01-02", "properties": ["age": 31]],
            ["person": "a/b", "name": "order_paid", "time": "2025-01-03", "value": ["amount": 10, "currency": "USD"]],
            ["person": "abc", "name": "product_view", "subject": "product:7", "properties": ["a": 1]])
        let first = try await world.get("/api/v1/people/a%2Fb", "limit=2")
        #expect(first["events"]?.each("name") == ["order_paid", "identify"])
        #expect(first["traits"]?["age"] == 31)
        #expect(first["traits"]?["city"] == "杭州")
        #expect(first["summary"]?["gmv"] == [["minor": 1000, "currency": "USD"]])
        let next = try #require(first["next"]?.stringValue)
        let rest = try await world.get("/api/v1/people/a%2Fb", "limit=2&before=\(next)")
        #expect(rest["events"]?.each("name") == ["identify"])
        #expect(rest["next"] == .null)
        let found = try await world.get("/api/v1/people", "query=a&limit=1")
        #expect(found["people"]?.each("person") == ["a/b"])
        #expect(found["total"] == 2)
        let cursor = try #require(found["next"]?.stringValue)
        let more = try await world.get("/api/v1/people", "query=a&limit=1&cursor=\(cursor)")
        #expect(more["people"]?.each("person") == ["abc"])
        #expect(try await world.get("/api/v1/people/abc")["events"]?[0]?["title"] == "Tea 7")
        _ = try await world.get("/api/v1/people/nobody", status: 404)
        world.breakJournal()
        _ = try await world.get("/api/v1/people/abc", status: 503)
    }

    @Test("campaigns come with their words and numbers, also those that nothing happened to")
    func campaigns() async throws {
        let world = try World()
        world.add(
            Campaign(
                id: "18", title: "返场", kind: "TypeA", startAt: EventTime(iso8601: "2025-01-01"),
                endAt: EventTime(iso8601: "2025-02-01")))
        world.add(Campaign(id: "19", title: "later", kind: "TypeB", startAt: nil, endAt: nil))
        world.add(
            Campaign(id: "20", title: "open", kind: "", startAt: EventTime(iso8601: "2025-01-01"), endAt: nil))
        try await world.send(
            ["person": "a", "name": "message_sent", "subject": "campaign:18", "time": "2025-01-01"],
            ["person": "a", "name": "message_sent", "subject": "campaign:20", "time": "2025-01-01"],
            ["person": "a", "name": "coupon_used", "subject": "coupon:18/1", "time": "2025-01-02"],
            ["person": "a", "name": "order_paid", "time": "2025-01-03", "value": ["amount": 5, "currency": "CNY"]])
        let rows = try await world.get("/api/v1/campaigns")["campaigns"]
        #expect(rows?.each("campaign") == ["campaign:18", "campaign:20", "campaign:19"])
        #expect(rows?[0]?["title"] == "返场")
        #expect(rows?[0]?["redemption_rate"]?["rate"] == 1.0)
        #expect(rows?[0]?["gmv"] == [["minor": 500, "currency": "CNY"]])
        #expect(rows?[1]?["orders"] == 1)
        #expect(rows?[2]?["targeted"] == 0)
    }

    @Test("what the timeline holds is named")
    func vocabulary() async throws {
        let answer = try await shop().get("/api/v1/vocabulary")
        #expect(answer["names"] == ["add_to_cart", "order_paid", "product_view"])
        #expect(answer["events"] == 19)
        #expect(answer["first_time"] == "2025-03-01T10:00:00.000Z")
    }
}
