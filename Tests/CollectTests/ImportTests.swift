import Base
import Collect
import Testing

@Suite struct ImportMappingTests {
    private func mapping(_ text: String) throws -> ImportMapping { try ImportMapping(json: try JSON.parse(text)) }

    @Test func aRowBecomesTheRecordsItsRulesSay() throws {
        let mapping = try mapping(
            """
            {"source":"shop","into":"events","records":[
              {"fields":{"person":"household","name":{"const":"order_paid"},"id":{"template":"o-{basket}-{#row}"},
                "value":{"amount":"paid","currency":{"const":"USD"}},"properties":{"list":{"json":"raw"}}}},
              {"when":"coupon","fields":{"person":"household","name":{"const":"coupon_used"},
                "subject":{"template":"coupon:{coupon}"}}}]}
            """)
        let row = try #require(
            try JSON.parse(##"{"household":7,"basket":"b","#row":3,"paid":1.5,"raw":"[1]","coupon":0}"##).objectValue)
        #expect(
            mapping.records(of: row) == [
                [
                    "person": 7, "name": "order_paid", "id": "o-b-3", "value": ["amount": 1.5, "currency": "USD"],
                    "properties": ["list": [1]],
                ]
            ])
        let withCoupon = try #require(try JSON.parse(#"{"household":7,"coupon":"c1"}"#).objectValue)
        #expect(
            mapping.records(of: withCoupon).last == ["person": 7, "name": "coupon_used", "subject": "coupon:c1"])
    }

    @Test(arguments: [
        ("[]", "file"), (#"{"into":"moon","records":[{"fields":{}}]}"#, "`into`"), ("{}", "`records`"),
        (#"{"records":[{}]}"#, "records[0].fields"), (#"{"records":[{"fields":{"person":5}}]}"#, "records[0].person"),
    ])
    func aMappingThatIsNoneSaysWhere(text: String, place: String) {
        do {
            _ = try mapping(text)
            Issue.record("taken")
        } catch let error as MappingError { #expect(error.place == place) } catch { Issue.record("\(error)") }
    }
}

@Suite struct CSVReaderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, text: String, rows: [[String]], lines: [Int]
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "plain fields", text: "a,b\n1,2\n", rows: [["a", "b"], ["1", "2"]], lines: [1, 2]),
        Case(why: "no line break at the end", text: "a,b\n1,2", rows: [["a", "b"], ["1", "2"]], lines: [1, 2]),
        Case(why: "CRLF and blank lines", text: "a\r\n\r\nb\r\n", rows: [["a"], ["b"]], lines: [1, 3]),
        Case(
            why: "quotes, commas and line breaks inside", text: "\"a,\"\"x\"\"\nb\",c\nd,e",
            rows: [["a,\"x\"\nb", "c"], ["d", "e"]], lines: [1, 3]),
        Case(why: "empty fields", text: ",,\n\"\",x,\n", rows: [["", "", ""], ["", "x", ""]], lines: [1, 2]),
        Case(why: "Chinese text", text: "红裙,蓝\n", rows: [["红裙", "蓝"]], lines: [1]),
        Case(why: "nothing", text: "", rows: [], lines: []),
    ]

    @Test(arguments: cases, [1, 2, 3, 1000])
    func readsRecordsWhateverTheChunks(_ c: Case, chunkCount: Int) {
        var reader = CSVReader()
        var rows: [CSVReader.Row] = []
        let bytes = Array(c.text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunkCount) {
            rows += reader.feed(bytes[start..<min(start + chunkCount, bytes.count)])
        }
        if let last = reader.finish() { rows.append(last) }
        #expect(rows.map(\.fields) == c.rows)
        #expect(rows.map(\.line) == c.lines)
    }
}
