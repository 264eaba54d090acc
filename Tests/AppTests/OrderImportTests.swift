import Base
import Domain
import Foundation
import Journal
import Orders
import Store
import TestSupport
import Testing

@testable import App

@Suite("Importing orders and the catalogue") struct OrderImportTests {
    private static let orders = """
        {"source":"douyin","into":"orders","records":[{"fields":{"order":"订单编号","person":"买家","status":"订单状态",
          "amount":"应付","paid":"实付","refunded":"退款金额","created_at":"下单时间","paid_at":"支付时间",
          "shipped_at":"发货时间","product":"商品","line":"子订单","quantity":"数量","line_amount":"小计"}}]}
        """
    private static let header = "订单编号,买家,订单状态,应付,实付,退款金额,下单时间,支付时间,发货时间,商品,子订单,数量,小计\n"

    let desk = ImportDesk()

    init() throws { try desk.write(Self.orders, to: "map.json") }

    private func book() throws -> OrderBook {
        let folder = try DataFolder(existing: try desk.path("data"))
        let journal = try Journal(directory: folder.journal, options: JournalOptions())
        let erasures = try Erasures(journal: journal, key: .random(), done: [])
        return try FollowedOrders(folder, journal, erasures, rules: Configuration().orderRules).book
    }

    @Test("an order is taken as it stands, and the next day's export takes only what is new")
    func nextDay() async throws {
        try desk.write(
            Self.header + """
                ="1001",ana,已发货,"1,200.00",1199.00,,2026/1/5 9:03,2026-01-05 23:30:00,2026-01-06 10:00,p1,1001-1,2,1000
                ="1001",ana,已发货,"1,200.00",1199.00,,2026/1/5 9:03,2026-01-05 23:30:00,2026-01-06 10:00,p2,1001-2,1,199
                1002,ben,待付款,50,0,-,2026-01-05 10:00:00,-,-,,,,
                1003,eva,已退款,100,100,10,2026-01-05 10:00:00,2026-01-05 10:01:00,,,,,

                """, to: "monday.csv")
        let monday = try await desk.import("monday.csv", map: "map.json")
        #expect(monday.result == "4 accepted, 0 duplicate, 0 refused\n")
        #expect(
            try await desk.events().compactMap { $0["name"]?.stringValue } == [
                "order_created", "order_paid", "order_shipped", "product_purchased", "product_purchased",
                "order_created", "order_created", "order_paid", "order_refunded",
            ])
        try desk.write(
            Self.header + """
                1001,ana,已发货,1200,1199,,2026/1/5 9:03,2026-01-05 23:30:00,2026-01-06 10:00:00,p1,1001-1,2,1000
                1002,ben,交易成功,50,50,,2026-01-05 10:00:00,2026-01-06 08:00:00,2026-01-06 10:00:00,,,,
                1003,eva,已退款,100,100,25,2026-01-05 10:00:00,2026-01-05 10:01:00,,,,,

                """, to: "tuesday.csv")
        let tuesday = try await desk.import("tuesday.csv", map: "map.json")
        #expect(tuesday.result == "2 accepted, 1 duplicate, 0 refused\n")
        let fresh = try await desk.events().dropFirst(9)
        #expect(
            fresh.compactMap { $0["name"]?.stringValue } == [
                "order_paid", "order_shipped", "order_completed", "order_refunded",
            ])
        #expect(fresh.last?["value"] == ["minor": 1500, "currency": "CNY"])
        #expect(fresh.last?["id"] == "order:1003:refunded:2500CNY")
        #expect(fresh.first?["time"] == "2026-01-06T00:00:00.000Z")
        let book = try book()
        let day = try #require(CalendarDay("2026-01-05"))
        #expect(book.totals(day...day).map(\.totals.grossMinor) == [129_900])
        #expect(book.totals(day...day).map(\.totals.refundedMinor) == [2500])
    }

    @Test("rows that cannot be so are refused with their line, and the rest is taken")
    func contradictions() async throws {
        try desk.write(
            Self.header + """
                1,ana,已支付,10,10,,2026-01-05 10:00:00,2026-01-05 10:01:00,,,,,
                1,ana,待付款,10,,,2026-01-05 10:00:00,,,,,,
                2,ana,飞走了,10,10,,2026-01-05 10:00:00,,,,,,
                3,ana,已支付,10,10,11,2026-01-05 10:00:00,,,,,,
                4,,已支付,10,10,,2026-01-05 10:00:00,,,,,,
                5,ana,已支付,10,1.234,,2026-01-05 10:00:00,,,,,,
                6,ana,已支付,10,10,,soon,,,,,,
                ,ana,已支付,10,10,,2026-01-05 10:00:00,,,,,,

                """, to: "odd.csv")
        let done = try await desk.import("odd.csv", map: "map.json")
        #expect(done.result == "1 accepted, 0 duplicate, 7 refused\n")
        for line in [
            "line 3: order_contradiction: the order awaits payment, yet it is known to be paid",
            "line 4: invalid_order: `status` 飞走了", "line 5: order_contradiction: 11.00 CNY given back",
            "line 6: missing_person", "line 7: invalid_value: `paid`", "line 8: invalid_time: `created_at`",
            "line 9: invalid_order: `order`",
        ] { #expect(done.aside.contains(line)) }
    }

    @Test("a known order needs no person, and an order may be told by ids of several kinds")
    func people() async throws {
        try desk.write(
            Self.header + "1,ana,待付款,10,,,2026-01-05 10:00:00,,,,,,\n", to: "first.csv")
        _ = try await desk.import("first.csv", map: "map.json")
        try desk.write(
            Self.header + "1,,已支付,10,10,,2026-01-05 10:00:00,2026-01-05 10:01:00,,p1,,,\n", to: "second.csv")
        let second = try await desk.import("second.csv", map: "map.json")
        #expect(second.result == "1 accepted, 0 duplicate, 0 refused\n")
        try desk.write(
            """
            {"source":"douyin","into":"orders","records":[{"fields":{"order":"order","status":"status","paid":"paid",
              "created_at":"at","ids":{"openid":"openid","phone_hash":"phone"}}}]}
            """, to: "ids.json")
        try desk.write("order,status,paid,at,openid,phone\n2,paid,5,2026-01-05,o-1,f00\n", to: "ids.csv")
        let ids = try await desk.import("ids.csv", map: "ids.json")
        #expect(ids.result == "1 accepted, 0 duplicate, 0 refused\n")
        let events = try await desk.events()
        #expect(events.map { $0["person"] } == ["ana", "ana", "ana", "o-1", "o-1"])
        #expect(events.last?["ids"] == ["openid": "o-1", "phone_hash": "f00"])
        #expect(events[2]["name"] == "product_purchased")
    }

    @Test("a table of refunds finds its orders, takes each refund once, and never more than was paid")
    func refunds() async throws {
        try desk.write(
            """
            {"source":"douyin","into":"orders","records":[{"fields":{"order":"order","refund":"id","refunded":"amount",
              "refunded_at":"at"}}]}
            """, to: "refunds.json")
        try desk.write(
            Self.header + "1,ana,已完成,10,10,,2026-01-05 10:00:00,2026-01-05 10:01:00,,,,,\n", to: "orders.csv")
        _ = try await desk.import("orders.csv", map: "map.json")
        try desk.write(
            """
            id,order,amount,at
            r1,1,4,2026-01-06 10:00:00
            r1,1,4,2026-01-06 10:00:00
            r2,1,7,2026-01-06 11:00:00
            r3,9,7,2026-01-06 11:00:00
            r4,1,6,

            """, to: "refunds.csv")
        let done = try await desk.import("refunds.csv", map: "refunds.json")
        #expect(done.result == "1 accepted, 1 duplicate, 3 refused\n")
        #expect(done.aside.contains("line 4: order_contradiction: 7.00 CNY was given back"))
        #expect(done.aside.contains("line 5: invalid_order: the order of this refund is not known"))
        #expect(done.aside.contains("line 6: invalid_time"))
        let again = try await desk.import("refunds.csv", map: "refunds.json", ["--again"])
        #expect(again.result == "0 accepted, 2 duplicate, 3 refused\n")
        #expect(try await desk.events().last?["person"] == "ana")
    }

    @Test("prices and stock of a table are kept with their past, and what it leaves out stays")
    func catalogue() async throws {
        try desk.write(
            """
            {"source":"erp","into":"catalog","records":[{"fields":{"subject":{"template":"product:{id}"},"title":"name",
              "price":"price","stock":"stock","as_of":"at","discontinued":"gone","images":"pictures"}}]}
            """, to: "catalogue.json")
        try desk.write(
            """
            id,name,price,stock,at,gone,pictures
            1,茶,59.00,100,2026-01-01 08:00:00,,https://a/1.jpg https://a/2.jpg
            1,,49.90,,2026-01-03 08:00:00,,
            1,,55,,2026-01-02 08:00:00,,
            2,杯,1.234,5,,,
            3,碗,8,0,,是,

            """, to: "products.csv")
        let done = try await desk.import("products.csv", map: "catalogue.json")
        #expect(done.result == "4 accepted, 0 duplicate, 1 refused\n")
        let catalogue = try desk.store().catalogue
        let tea = try #require(Subject("product:1"))
        let entry = try #require(try await catalogue.entry(tea))
        #expect(entry.item.title == "茶")
        #expect(entry.offer.price?.minor == 4990)
        #expect(entry.offer.stock == 100)
        #expect(entry.offer.images.count == 2)
        let changes = try await catalogue.changes(of: tea, countMax: 9).filter { $0.metric == .price }
        #expect(changes.map(\.value) == [4990, 5500, 5900])
        #expect(changes.first?.origin == "import:erp")
        let then = try #require(EventTime(iso8601: "2026-01-02T12:00:00Z"))
        #expect(try await catalogue.state(of: tea, at: then)[.price]?.value == 5500)
        let bowl = try #require(Subject("product:3"))
        #expect(try await catalogue.entry(bowl)?.offer.discontinuedAt != nil)
    }

    @Test("a zone that there is not stops the start")
    func zone() throws {
        let wrong = try Configuration(file: nil, environment: [:], flags: ["time_zone": "Mars/Olympus"])
        #expect(throws: ConfigurationError.self) { try wrong.orderRules }
        let berlin = try Configuration(file: nil, environment: [:], flags: ["time_zone": "Europe/Berlin"]).dayZone
        let summer = try #require(EventTime(iso8601: "2026-07-01T22:30:00Z"))
        let winter = try #require(EventTime(iso8601: "2026-01-01T22:30:00Z"))
        #expect(berlin.day(of: summer).description == "2026-07-02")
        #expect(berlin.day(of: winter).description == "2026-01-01")
    }
}
