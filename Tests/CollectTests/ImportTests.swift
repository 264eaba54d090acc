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
        Case(why: "a carriage return within quotes", text: "\"a\r\"\nb\n", rows: [["a\r"], ["b"]], lines: [1, 2]),
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
        #expect(rows.map(\.fields) == c.rows.map { .success($0) })
        #expect(rows.map(\.line) == c.lines)
    }

    private func rows(_ bytes: [UInt8], recordBytesMax: Int) -> [CSVReader.Row] {
        var reader = CSVReader(recordBytesMax: recordBytesMax)
        return reader.feed(bytes) + (reader.finish().map { [$0] } ?? [])
    }

    @Test func aRecordThatIsNotUTF8IsRefusedAloneAndKeptAsItIs() {
        let chinese: [UInt8] = [0xC0, 0xEE, 0xC4, 0xC8]  // 李娜 in GBK.
        let rows = rows(Array("a,b\n1,".utf8) + chinese + Array("\n2,ok\n".utf8), recordBytesMax: 100)
        #expect(rows.map(\.line) == [1, 2, 3])
        #expect(rows[1].refusal?.reason == .invalidEncoding)
        #expect(rows[1].refusal?.detail.contains("iconv -f gb18030 -t utf-8") == true)
        #expect(rows[1].text == Array("1,".utf8) + chinese)
        #expect(rows[2].fields == .success(["2", "ok"]))
    }

    @Test func aRecordPastTheBoundIsRefusedAndTheNextOneRead() {
        for (text, lost) in [("xxxxxxxxx,y", ""), ("\"x\nxx\nxxxxx\"", "; lines 2 to 4 are left out with it")] {
            let rows = rows(Array("a,b\n\(text)\n1,2\n".utf8), recordBytesMax: 8)
            #expect(rows.count == 3)
            #expect(rows[1].line == 2)
            #expect(rows[1].refusal?.reason == .tooLarge)
            #expect(rows[1].refusal?.detail.contains("more than 8 bytes\(lost)") == true)
            #expect(rows[1].text == Array(text.utf8.prefix(8)))
            #expect(rows[2].fields == .success(["1", "2"]))
        }
        #expect(rows(Array("1234,678\r\n".utf8), recordBytesMax: 9)[0].fields == .success(["1234", "678"]))
    }

    @Test(arguments: [10, 1000]) func aQuoteThatIsNeverClosedIsNamedWithTheLinesThatItCosts(recordBytesMax: Int) {
        let rows = rows(Array("a,b\n1,\"x\n2,y\n3,z".utf8), recordBytesMax: recordBytesMax)
        #expect(rows.map(\.line) == [1, 2])
        #expect(rows[1].refusal?.reason == .unclosedQuote)
        #expect(rows[1].refusal?.detail.contains("begins on line 2") == true)
        #expect(rows[1].refusal?.detail.contains("lines 2 to 4") == true)
    }
}

extension CSVReader.Row {
    fileprivate var refusal: Refusal? { if case .failure(let refusal) = fields { refusal } else { nil } }
}
