import Base
import Collect
import Testing

@Suite struct ImportRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, rule: String, row: String, want: String
        var testDescription: String { why }
    }

    static let cases = [
        Case(
            why: "a Chinese amount is a number", rule: #"{"number":"实付"}"#, row: #"{"实付":"¥1,234.50"}"#,
            want: "1234.5"),
        Case(why: "what is no number stays", rule: #"{"number":"a"}"#, row: #"{"a":"n/a"}"#, want: #""n/a""#),
        Case(why: "1,5 is no number", rule: #"{"number":"a"}"#, row: #"{"a":"1,5"}"#, want: #""1,5""#),
        Case(
            why: "a time in Chinese, east of Greenwich",
            rule: #"{"time":"t","form":"date","zone":"+08:00"}"#, row: #"{"t":"2026年1月31日 下午3点05分"}"#,
            want: "1769843100000"),
        Case(
            why: "an offset in the text counts more than the zone",
            rule: #"{"time":"t","form":"date","zone":"+08:00"}"#, row: #"{"t":"2026-01-31T00:00:00Z"}"#,
            want: "1769817600000"),
        Case(
            why: "slashes and a missing second", rule: #"{"time":"t","form":"date"}"#, row: #"{"t":"2026/1/31 0:05"}"#,
            want: "1769817900000"),
        Case(
            why: "a fraction of a second", rule: #"{"time":"t","form":"date"}"#,
            row: #"{"t":"2026-01-31 00:00:00.25"}"#,
            want: "1769817600250"),
        Case(
            why: "fourteen digits", rule: #"{"time":"t","form":"compact","zone":"+08:00"}"#,
            row: #"{"t":20260131080000}"#, want: "1769817600000"),
        Case(
            why: "Unix seconds", rule: #"{"time":"t","form":"unix_s"}"#, row: #"{"t":1769817600}"#,
            want: "1769817600000"),
        Case(
            why: "the time of a web server's log", rule: #"{"time":"t","form":"log"}"#,
            row: #"{"t":"31/Jan/2026:08:00:00 +0800"}"#, want: "1769817600000"),
        Case(
            why: "the day first", rule: #"{"time":"t","form":"dmy"}"#, row: #"{"t":"31/01/2026"}"#,
            want: "1769817600000"),
        Case(
            why: "what is no time says so", rule: #"{"time":"t","form":"date"}"#, row: #"{"t":"2026-02-30"}"#,
            want: #""2026-02-30 (not date)""#),
        Case(
            why: "a choice gives a canonical name", rule: #"{"choose":"b","from":{"buy":"order_paid"},"else":"b"}"#,
            row: #"{"b":"buy"}"#, want: #""order_paid""#),
        Case(
            why: "a choice leaves other words alone",
            rule: #"{"choose":"b","from":{"buy":"order_paid"},"else":"b"}"#, row: #"{"b":"hop"}"#, want: #""hop""#),
        Case(why: "a dotted path", rule: #""order.items.0.sku""#, row: #"{"order":{"items":[{"sku":7}]}}"#, want: "7"),
        Case(why: "a JSON pointer", rule: #""/a~1b/c""#, row: #"{"a/b":{"c":true}}"#, want: "true"),
        Case(why: "a column whose name has a dot", rule: #""a.b""#, row: #"{"a.b":1,"a":{"b":2}}"#, want: "1"),
    ]

    @Test(arguments: cases)
    func aRuleGives(_ c: Case) throws {
        let mapping = try ImportMapping(json: JSON.parse(#"{"records":[{"fields":{"x":\#(c.rule)}}]}"#))
        let row = try #require(try JSON.parse(c.row).objectValue)
        #expect(mapping.records(of: row).first?["x"] == (try JSON.parse(c.want)))
    }

    @Test(arguments: ["138 0013 8000", "+86 138-0013-8000", "8613800138000", "008613800138000"])
    func aPhoneNumberHasOneHashHoweverItIsWritten(text: String) throws {
        let mapping = try ImportMapping(json: ["records": [["fields": ["x": ["hash": "p", "as": "phone"]]]]])
        let want = Hex.encode(SHA256.digest(Array("+8613800138000".utf8)))
        let row = try #require(JSON.object(JSONObject([.init(name: "p", value: .string(text))])).objectValue)
        #expect(mapping.records(of: row).first?["x"] == .string(want))
    }

    @Test(arguments: [
        (#"{"time":"t","form":"moon"}"#, "records[0].x.form"), (#"{"hash":"p","as":"name"}"#, "records[0].x.as"),
        (#"{"time":"t","form":"date","zone":"CST"}"#, "records[0].x.zone"),
    ])
    func aRuleThatIsNoneSaysWhere(rule: String, place: String) throws {
        let json = try JSON.parse(#"{"records":[{"fields":{"x":\#(rule)}}]}"#)
        #expect { try ImportMapping(json: json) } throws: { ($0 as? MappingError)?.place == place }
    }

    @Test func digestsAreThoseOfTheStandards() {
        #expect(
            Hex.encode(SHA256.digest(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        // RFC 4231, test case 2.
        #expect(
            Hex.encode(SHA256.hmac(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(Hex.decode("0aFF") == [10, 255] && Hex.decode("0") == nil && Hex.decode("zz") == nil)
    }
}
