import Base
import Decide
import Domain
import Testing

@Suite struct DecideRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let body: String
        let want: DecideError
        var testDescription: String { body.count > 80 ? "\(body.prefix(80))…" : body }

        init(_ body: String, _ want: DecideError) { (self.body, self.want) = (body, want) }

        init(field: String, _ value: String, _ reason: String, at place: String? = nil) {
            let others = #""person":"p","surface":"home","count":3"#
            body =
                field == "count" || field == "person" || field == "surface"
                ? "{\(Case.without(field, others)),\"\(field)\":\(value)}" : "{\(others),\"\(field)\":\(value)}"
            want = .invalid(field: place ?? field, reason: reason)
        }

        private static func without(_ field: String, _ members: String) -> String {
            members.split(separator: ",").filter { !$0.hasPrefix("\"\(field)\"") }.joined(separator: ",")
        }
    }

    private static let long = String(repeating: "x", count: 9000)
    private static let many = "[" + (0...500).map { "\"product:\($0)\"" }.joined(separator: ",") + "]"

    static let cases = [
        Case("[]", .invalid(field: "body", reason: "must be an object, not array")),
        Case("7", .invalid(field: "body", reason: "must be an object, not number")),
        Case("{}", .missing(field: "person")),
        Case(#"{"person":"p"}"#, .missing(field: "surface")),
        Case(#"{"person":"p","surface":"s"}"#, .missing(field: "count")),
        Case(#"{"person":null,"surface":"s","count":1}"#, .missing(field: "person")),
        Case(#"{"person":"p","surface":"s","count":1,"x":2}"#, .unknownField("x")),
        Case(field: "person", "7", "must be 1 to 255 bytes of plain text"),
        Case(field: "person", #""""#, "must be 1 to 255 bytes of plain text"),
        Case(field: "person", #""a\u0000b""#, "must be 1 to 255 bytes of plain text"),
        Case(field: "surface", #"" home""#, "must be 1 to 100 bytes of plain text"),
        Case(field: "surface", "{}", "must be text"),
        Case(field: "count", "0", "must be from 1 to 50"),
        Case(field: "count", "51", "must be from 1 to 50"),
        Case(field: "count", "-9223372036854775808", "must be from 1 to 50"),
        Case(field: "count", "1e300", "must be a whole number"),
        Case(field: "count", "2.5", "must be a whole number"),
        Case(field: "count", #""3""#, "must be a whole number"),
        Case(field: "channel", #""""#, "must be 1 to 64 bytes of plain text"),
        Case(field: "context", "[]", "must be an object"),
        Case(field: "context", #"{"a":"\#(long)"}"#, "must be at most 8192 bytes of JSON"),
        Case(
            field: "context", #"{"quanyu_recall":1}"#, "must not hold `quanyu_recall`, which the record uses itself"),
        Case(field: "candidates", #""product:1""#, "must be an array"),
        Case(field: "candidates", "[1]", "must be `kind:id`, such as `product:1`", at: "candidates[0]"),
        Case(
            field: "candidates", #"["product:1","nope:2"]"#, "must be `kind:id`, such as `product:1`",
            at: "candidates[1]"),
        Case(field: "candidates", #"["order:1"]"#, "is of a kind that cannot be shown", at: "candidates[0]"),
        Case(
            #"{"person":"p","surface":"s","count":1,"candidates":\#(many)}"#,
            .tooMany(field: "candidates", count: 501, countMax: 500)),
        Case(
            field: "time", #""9999-01-01""#, "must be an ISO 8601 date-time from 1970 to 2999, or Unix milliseconds"),
        Case(field: "time", "-1", "must be an ISO 8601 date-time from 1970 to 2999, or Unix milliseconds"),
        Case(field: "policy", #""best""#, "must be `learned`, `popularity` or `buy_again`"),
        Case(field: "policy", #""popularity""#, "other than `learned` needs `shadow`: true"),
        Case(field: "shadow", "1", "must be true or false"),
    ]

    @Test(arguments: cases)
    func refusesWithTheFieldAndTheRule(_ c: Case) throws {
        let json = try JSON.parse(c.body)
        #expect(throws: c.want) { _ = try DecideRequest(json: json) }
        #expect(!c.want.code.isEmpty && !c.want.detail.isEmpty)
    }

    @Test func readsEveryField() throws {
        let body = """
            {"person":"p","surface":"home","count":2,"channel":"app","context":{"page":"cart","deep":{"a":[1]}},
            "candidates":["product:1","product:1","coupon:2"],"time":"2026-01-02T03:04:05Z","policy":"buy_again",
            "shadow":true}
            """
        let request = try DecideRequest(json: JSON.parse(body))
        #expect(request.candidates?.map(\.description) == ["product:1", "coupon:2"])
        #expect(request.channel.text == "app")
        #expect(request.time == EventTime(iso8601: "2026-01-02T03:04:05Z"))
        #expect(request.policy == .buyAgain && request.isShadow && request.count == 2)
    }

    @Test(arguments: Reason.allCases)
    func everyReasonHasWordsInBothLanguages(_ reason: Reason) throws {
        let subject = try #require(Subject("product:1"))
        func explanation(_ reasons: [String]) -> Explanation {
            Explanation(
                Decision.Choice(subject: subject, position: 1, probability: 1, score: nil, reasons: reasons))
        }
        let words = explanation(["unheard_of", reason.rawValue])
        #expect(words != explanation([]))
        #expect(words.zh.unicodeScalars.contains { $0.value > 0x4E00 } && words.en.allSatisfy(\.isASCII))
    }
}
