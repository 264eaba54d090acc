import Base
import Collect
import TestSupport
import Testing

@Suite struct TableGuessTests {
    private static func rows(_ texts: String...) throws -> [JSONObject] {
        try texts.map { try #require(try JSON.parse($0).objectValue) }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String, values: [JSON], type: ColumnType, role: ColumnRole
        var form: TimeText.Form?
        var testDescription: String { "\(name) is \(role.rawValue) of \(type.rawValue)" }
    }

    static let cases = [
        Case(name: "用户ID", values: [1, 2, 3], type: .whole, role: .person),
        Case(name: "userId", values: ["a", "b"], type: .text, role: .person),
        Case(name: "手机号", values: ["13800138000", 13_912_345_678], type: .phone, role: .phone),
        Case(name: "contact", values: ["13800138000"], type: .phone, role: .phone),
        Case(name: "mobile", values: [.string(String(repeating: "ab", count: 32))], type: .hash, role: .phoneHash),
        Case(name: "邮箱", values: ["li@example.com"], type: .email, role: .email),
        Case(name: "下单时间", values: ["2026-01-31 10:00:00"], type: .time, role: .time, form: .date),
        Case(name: "日期", values: [20_260_131], type: .time, role: .time, form: .compact),
        Case(name: "code", values: [20_260_131], type: .whole, role: .property),
        Case(name: "ts", values: [1_769_817_600], type: .time, role: .time, form: .unixSeconds),
        Case(name: "ts", values: [1_769_817_600_000], type: .time, role: .time, form: .unixMilliseconds),
        Case(name: "when", values: ["31/01/2026", "28/02/2026"], type: .time, role: .time, form: .dayFirst),
        Case(name: "when", values: ["01/31/2026", "02/28/2026"], type: .time, role: .time, form: .monthFirst),
        Case(name: "实付金额", values: ["¥1,234.50", "¥9.90"], type: .money, role: .amount),
        Case(name: "total_amount", values: [9.9, 10], type: .decimal, role: .amount),
        Case(name: "金额(分)", values: [990], type: .whole, role: .amountMinor),
        Case(name: "订单号", values: ["A1"], type: .text, role: .order),
        Case(name: "amount", values: ["many"], type: .text, role: .property),
        Case(name: "extra", values: [#"{"a":1}"#], type: .json, role: .property),
        Case(name: "会员", values: ["是", "否"], type: .boolean, role: .property),
        Case(name: "note", values: [.null, ""], type: .empty, role: .leaveOut),
    ]

    @Test(arguments: cases)
    func aColumnIsKnownByItsNameAndItsValues(_ c: Case) throws {
        let guess = TableGuess(rows: c.values.map { JSONObject([.init(name: c.name, value: $0)]) })
        let column = try #require(guess.columns.first)
        #expect(column.type == c.type && column.role == c.role)
        if let form = c.form { #expect(column.form == form) }
        #expect((0...1).contains(column.confidence) && !column.reason.text.isEmpty)
    }

    @Test func aTableWithTheStateOfOrdersIsTakenForOrdersAsTheyStand() throws {
        let guess = TableGuess(
            rows: try Self.rows(
                """
                {"订单编号":"A1","买家":"li","订单状态":"已发货","应付金额":"100","实付金额":"90","下单时间":"2026-01-31 10:00:00",\
                "支付时间":"2026-01-31 10:05:00","发货时间":"","备注":"快"}
                """,
                """
                {"订单编号":"A2","买家":"wu","订单状态":"待付款","应付金额":"20","实付金额":"0","下单时间":"2026-01-31 11:00:00",\
                "支付时间":"","发货时间":"2026-02-01 09:00:00","备注":""}
                """))
        #expect(guess.target == .orders)
        let choices = TableChoices(guess, source: "shop", currency: "CNY", zone: "+08:00")
        #expect(
            choices.mapping["records"]?.arrayValue?.first?["fields"] == [
                "order": "订单编号", "person": "买家", "status": "订单状态", "amount": "应付金额", "paid": "实付金额",
                "currency": ["const": "CNY"], "created_at": "下单时间", "paid_at": "支付时间", "shipped_at": "发货时间",
                "properties": ["备注": "备注"],
            ])
    }

    @Test func anOrderTableBecomesPaidOrdersWithoutPhoneNumbers() throws {
        let rows = try Self.rows(
            #"{"订单号":"A1","会员编号":7,"手机号":"13800138000","支付时间":"2026-01-31 10:00","金额":"¥10.00","门店":"沪"}"#,
            #"{"订单号":"A2","会员编号":8,"手机号":"13800138001","支付时间":"2026-01-31 11:00","金额":"¥20.00","门店":"京"}"#)
        let guess = TableGuess(rows: rows)
        #expect(guess.target == .events && guess.isOrderUnique && guess.hasZonelessTimes)
        let json = TableChoices(guess, source: "shop", currency: "CNY", zone: "+08:00").mapping
        let record = try #require(try ImportMapping(json: json).records(of: rows[0]).first)
        #expect(record["id"] == "order_paid-A1" && record["person"] == 7 && record["name"] == "order_paid")
        #expect(record["time"] == 1_769_824_800_000 && record["subject"] == "order:A1")
        #expect(record["value"] == ["amount": 10.0, "currency": "CNY"])
        #expect(record["properties"] == ["门店": "沪"])
        #expect(record["ids"]?["phone_hash"]?.stringValue?.count == 64)
        #expect(!record.text.contains("13800138000"))
    }

    @Test func aBehaviourTableKeepsWordsThatHaveNoCanonicalName() throws {
        let rows = try Self.rows(
            #"{"user_id":1,"item_id":5,"behavior_type":"cart","timestamp":1511544070}"#,
            #"{"user_id":1,"item_id":5,"behavior_type":"hop","timestamp":1511544071}"#)
        let json = TableChoices(TableGuess(rows: rows), source: "s", currency: "CNY", zone: "Z").mapping
        let mapping = try ImportMapping(json: json)
        #expect(rows.map { mapping.records(of: $0).first?["name"] } == ["add_to_cart", "hop"])
        #expect(mapping.records(of: rows[0]).first?["subject"] == "product:5")
    }

    @Test func tablesOfProductsAndCampaignsAreToldApart() throws {
        let products = try Self.rows(#"{"商品ID":1,"商品名称":"红裙","类目":"女装","品牌":"A"}"#)
        #expect(TableGuess(rows: products).target == .catalog)
        let mapping = TableChoices(TableGuess(rows: products), source: "s", currency: "CNY", zone: "Z").mapping
        #expect(
            try ImportMapping(json: mapping).records(of: products[0]) == [
                ["subject": "product:1", "title": "红裙", "category": "女装", "brand": "A"]
            ])
        let campaigns = try Self.rows(#"{"活动ID":1,"活动名称":"双十一","开始时间":"2025-11-01","结束时间":"2025-11-12"}"#)
        #expect(TableGuess(rows: campaigns).target == .campaigns)
    }

    @Test func ofTwoPhoneColumnsTheSecondIsLeftOutNotKeptInClear() throws {
        let rows = try Self.rows(#"{"手机":"13800138000","收货人手机":"13900139000","uid":1}"#)
        let json = TableChoices(TableGuess(rows: rows), source: "s", currency: "CNY", zone: "Z").mapping
        let record = try #require(try ImportMapping(json: json).records(of: rows[0]).first)
        #expect(!record.text.contains("1390013"))
    }

    @Test func whateverTheRowsHoldThereIsAMappingThatCanBeRead() throws {
        var random = SeededGenerator(seed: 7)
        let names = ["id", "用户", "手机号", "金额", "time", "a.b", "/x", "", "商品", "订单号", "{}", "#row"]
        let values: [JSON] = [
            "", "13800138000", 1, 1.5, .null, true, "¥1", "2026-01-01", [1], ["a": 1], "\u{FEFF}", "1e309", "-",
            .string(String(repeating: "9", count: 400)), "AM", "下午", "////", "::", "20261399",
        ]
        for _ in 0..<300 {
            let rows = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                JSONObject(
                    (0..<Int.random(in: 0...8, using: &random)).map { _ in
                        .init(
                            name: names[Int.random(in: 0..<names.count, using: &random)],
                            value: values[Int.random(in: 0..<values.count, using: &random)])
                    })
            }
            let json = TableChoices(TableGuess(rows: rows), source: "s", currency: "CNY", zone: "+08:00").mapping
            let mapping = try ImportMapping(json: json)
            for row in rows { _ = mapping.records(of: row) }
        }
    }
}
