import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("Orders over HTTP") struct OrderRouteTests {
    private static func event(_ name: String, _ order: String, _ minor: Int64?, _ time: String) -> JSON {
        let value: JSON = minor.map { ["minor": .int($0), "currency": "CNY"] } ?? .null
        return [
            "person": "ana", "name": .string(name), "time": .string(time), "subject": .string("order:\(order)"),
            "value": value,
        ]
    }

    /// The clock of the world stands at 2025-06-15T15:06:40Z.
    private static func world() async throws -> World {
        let world = try World()
        try await world.send(
            event("order_created", "1", 1000, "2025-06-15T01:00:00Z"),
            event("order_paid", "1", 1000, "2025-06-15T01:01:00Z"),
            event("order_paid", "2", 500, "2025-06-15T02:00:00Z"),
            event("order_refunded", "2", 700, "2025-06-15T03:00:00Z"))
        world.pass(.days(2))
        try await world.send(event("order_refunded", "1", 250, "2025-06-17T01:00:00Z"))
        return world
    }

    @Test("orders are listed with their state, and filtered")
    func list() async throws {
        let world = try await Self.world()
        let all = try await world.get("/api/v1/orders")
        #expect(all["orders"]?.each("order") == ["2", "1"])
        #expect(all["orders"]?.each("state") == ["paid", "refunded_in_part"])
        #expect(all["total"] == 2)
        #expect(try await world.get("/api/v1/orders", "conflict=true")["orders"]?.each("order") == ["2"])
        #expect(try await world.get("/api/v1/orders", "state=refunded_in_part")["orders"]?.each("order") == ["1"])
        #expect(try await world.get("/api/v1/orders", "person=ben")["orders"] == [])
        #expect(try await world.get("/api/v1/orders", "from=2025-06-16")["orders"] == [])
        let first = try await world.get("/api/v1/orders", "limit=1")
        let next = try #require(first["next"]?.stringValue)
        #expect(try await world.get("/api/v1/orders", "limit=1&cursor=\(next)")["orders"]?.each("order") == ["1"])
    }

    @Test("one order shows its facts in the order of time, and what does not fit")
    func one() async throws {
        let world = try await Self.world()
        let order = try await world.get("/api/v1/orders/1")
        #expect(order["facts"]?.each("name") == ["order_created", "order_paid", "order_refunded"])
        #expect(order["net"]?["minor"] == 750)
        let other = try await world.get("/api/v1/orders/2")
        let conflict = other["facts"]?.arrayValue?.last?["conflict"]
        #expect(conflict?["reason"] == "refund_above_paid")
        #expect(conflict?["explanation"]?.stringValue?.contains("7.00 CNY was given back") == true)
        #expect(conflict?["paid"] == ["minor": 500, "currency": "CNY"])
        #expect(conflict?["refunded"] == ["minor": 0, "currency": "CNY"])
        _ = try await world.get("/api/v1/orders/9", status: 404)
        _ = try await world.get("/api/v1/orders/1", "source=nobody", status: 404)
    }

    @Test("a day's totals say that they were restated, and the list says by what")
    func restated() async throws {
        let world = try await Self.world()
        let totals = try await world.get("/api/v1/orders/totals")
        #expect(totals["days"]?.each("day") == ["2025-06-15"])
        #expect(totals["days"]?.each("restated") == [true])
        #expect(totals["days"]?.each("net_minor") == [1250])
        #expect(totals["sums"]?.each("gross_minor") == [1500])
        let rows = try await world.get("/api/v1/restatements", "day=2025-06-15&metric=net")["restatements"]
        #expect(rows?.each("name") == ["order_refunded"])
        #expect(rows?.each("order") == ["1"])
        let change = rows?.arrayValue?.first?["changes"]?.arrayValue?.last
        #expect(change == ["metric": "net", "before": 1500, "after": 1250])
        #expect(try await world.get("/api/v1/restatements", "metric=gross")["restatements"] == [])
    }

    @Test("a platform's totals stand beside what is held")
    func reconcile() async throws {
        let world = try await Self.world()
        let source = try #require(try await world.get("/api/v1/orders")["sources"]?.arrayValue?.first)
        let total: JSON = [
            "source": source, "day": "2025-06-15", "currency": "CNY", "orders": 4, "gross_minor": 2000,
            "origin": "day report",
        ]
        _ = try await world.post("/api/v1/orders/reconciliation", ["totals": [total]], as: "read", status: 403)
        _ = try await world.post("/api/v1/orders/reconciliation", ["totals": [total]])
        #expect(world.audit.map(\.action) == [.orderTotalsNoted])
        let rows = try await world.get("/api/v1/orders/reconciliation", "from=2025-06-01")["rows"]
        #expect(rows?.each("completeness") == [0.5])
        #expect(rows?.each("amount_completeness") == [0.75])
        #expect(rows?.each("orders_difference") == [-2])
        #expect(rows?.each("gross_difference_minor") == [-500])
        #expect(rows?.each("refunded_difference_minor") == [.null])
    }

    static let wrong: [(path: String, query: String)] = [
        ("/api/v1/orders", "state=gone"), ("/api/v1/orders", "from=2025-06-16&to=2025-06-15"),
        ("/api/v1/orders", "conflict=perhaps"), ("/api/v1/orders", "cursor=-1"),
        ("/api/v1/orders/totals", "from=2025-02-30"), ("/api/v1/restatements", "metric=love"),
        ("/api/v1/catalogue", "kind=thing"), ("/api/v1/catalogue/thing", ""),
    ]

    @Test("a wrong question is told what is wrong with it", arguments: wrong)
    func refuses(path: String, query: String) async throws {
        #expect(try await World().get(path, query, status: 400)["code"] == "invalid_parameter")
    }

    @Test(
        "wrong totals are told what is wrong with them",
        arguments: [
            ["source": "a", "day": "2025-06-15", "currency": "CNY"],
            ["source": "a", "day": "soon", "currency": "CNY", "gross_minor": 1],
            ["source": "a", "day": "2025-06-15", "currency": "Yuan", "gross_minor": 1],
            ["source": "a", "day": "2025-06-15", "currency": "CNY", "gross_minor": -1],
        ] as [JSON])
    func refusesTotals(total: JSON) async throws {
        _ = try await World().post("/api/v1/orders/reconciliation", ["totals": [total]], status: 400)
    }
}

@Suite("The catalogue over HTTP") struct CatalogueRouteTests {
    @Test("an item is made, changed and shown with its past, and the change is audited")
    func change() async throws {
        let world = try World()
        func put(_ body: JSON, as key: String = "admin", status: Int = 200) async throws {
            let response = try await world.ask(
                .put, "/api/v1/catalogue/product:1", as: key, type: "application/json", body: body.bytes)
            #expect(response.status == status)
        }
        try await put(["title": "绿茶", "price": ["minor": 5900, "currency": "CNY"], "stock": 12])
        world.pass(.hours(1))
        try await put(["price": ["minor": 4900, "currency": "CNY"], "discontinued": true])
        try await put(["price": ["minor": 4900, "currency": "CNY"]], as: "read", status: 403)
        try await put(["price": 49], status: 400)
        try await put(["stock": -1], status: 400)
        try await put(["prize": 1], status: 400)
        let item = try await world.get("/api/v1/catalogue/product:1", "as_of=2025-06-15T15:30:00Z")
        #expect(item["title"] == "绿茶")
        #expect(item["stock"] == 12)
        #expect(item["discontinued_at"] != .null)
        #expect(item["history"]?.each("value") == [4900, 5900])
        #expect(item["as_of"]?.each("value") == [5900])
        #expect(world.audit.map(\.target) == ["product:1", "product:1"])
        #expect(try await world.get("/api/v1/catalogue")["by_kind"] == ["product": 1])
        #expect(try await world.get("/api/v1/catalogue", "kind=room")["items"] == [])
        _ = try await world.get("/api/v1/catalogue/product:9", status: 404)
    }
}
