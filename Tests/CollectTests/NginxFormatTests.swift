import Base
import Domain
import TestSupport
import Testing

@testable import Collect

@Suite struct NginxFormatTests {
    private static let line =
        #"203.0.113.9 - li [31/Jan/2026:08:00:00 +0800] "GET /product/42?from=a%20b+c&x=1 HTTP/1.1" 200 512 "#
        + #""https://a.example/" "Mozilla/5.0 (X11)""#

    private func row(_ line: String, _ format: String = "") throws -> JSONObject? {
        try NginxFormat(format).row(Array(line.utf8)[...])
    }

    @Test func aCombinedLineHasItsVariablesAndWhatFollowsFromThem() throws {
        let row = try #require(try row(Self.line))
        #expect(row["remote_addr"] == "203.0.113.9" && row["remote_user"] == "li" && row["status"] == 200)
        #expect(row["method"] == "GET" && row["path"] == "/product/42")
        #expect(row["query"] == ["from": "a b c", "x": "1"])
        #expect(row["time"] == 1_769_817_600_000 && row["http_user_agent"] == "Mozilla/5.0 (X11)")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, format: String, line: String, want: [String: JSON]?
        var testDescription: String { why }
    }

    static let cases = [
        Case(
            why: "a whole directive over several lines",
            format: "log_format main '$remote_addr [$time_local] '\n  '\"$request\" $status';",
            line: #"::1 [31/Jan/2026:08:00:00 +0800] "GET / HTTP/2.0" 304"#,
            want: ["remote_addr": "::1", "status": 304, "path": "/"]),
        Case(
            why: "escape=json", format: #"log_format j escape=json '{"u":"$http_user_agent","c":"$http_cookie"}';"#,
            line: #"{"u":"a \"b\" \u4E2D","c":"uid=u%2B1; t=2"}"#,
            want: ["http_user_agent": #"a "b" 中"#, "cookie": ["uid": "u+1", "t": "2"]]),
        Case(
            why: "escaped bytes", format: #""$http_referer" $status"#, line: #""a\x22b\xE4\xB8\xAD" 1"#,
            want: ["http_referer": #"a"b中"#, "status": 1]),
        Case(
            why: "a dash is nothing", format: "$remote_user|$status", line: "-|200",
            want: ["remote_user": .null, "status": 200]),
        Case(
            why: "a variable in braces beside letters", format: "${request_time}s ${status}x", line: "0.25s 200x",
            want: ["request_time": 0.25, "status": 200]),
        Case(
            why: "a value with the text in it that follows it, told by the end of the line",
            format: "$status $upstream_addr end", line: "502 10.0.0.1 end 10.0.0.2 end",
            want: ["upstream_addr": "10.0.0.1 end 10.0.0.2", "status": 502]),
        Case(
            why: "milliseconds of $msec", format: "$msec $status", line: "1769817600.250 200",
            want: ["time": 1_769_817_600_250]),
        Case(
            why: "$request_uri and $args", format: "$request_method $uri?$args", line: "POST /a?b=1",
            want: ["method": "POST", "path": "/a"]),
        Case(why: "another line", format: "[$time_local] $status", line: "hello", want: nil),
        Case(why: "a line that goes on", format: "$status end", line: "200 end of it", want: nil),
        Case(why: "a broken request", format: #""$request" $status"#, line: #""\x16\x03" 400"#, want: ["status": 400]),
    ]

    @Test(arguments: cases)
    func aLineIsReadByItsFormat(_ c: Case) throws {
        let row = try row(c.line, c.format)
        guard let want = c.want else {
            #expect(row == nil)
            return
        }
        for (name, value) in want { #expect((row?[name] ?? .null) == value, "\(name)") }
    }

    @Test(arguments: ["log_format x '$a", "$", "plain text", "log_format x escape=xml '$a';", "'$a' b", "${a"])
    func whatIsNoFormatSaysSo(text: String) {
        #expect(throws: LogFormatError.self) { try NginxFormat(text) }
    }

    /// What is written by a format is read back, whatever the values are, as long as they do not hold the text that
    /// follows them.
    @Test func valuesComeBackAsTheyWereWritten() throws {
        var random = SeededGenerator(seed: 11)
        let names = ["remote_addr", "request_time", "http_x", "status2", "upstream"]
        let texts = [" ", " - ", "\" \"", "] [", "|", "\t", " \"", "::"]
        let letters = Array("abcXYZ0189./=%_中")
        for _ in 0..<500 {
            let count = Int.random(in: 1...5, using: &random)
            let separators = (0..<count).map { _ in texts[Int.random(in: 0..<texts.count, using: &random)] }
            let values = (0..<count).map { _ in
                String(
                    (0..<Int.random(in: 1...12, using: &random)).map { _ in
                        letters[Int.random(in: 0..<letters.count, using: &random)]
                    })
            }
            let format = zip(names, separators).map { "$" + $0 + $1 }.joined()
            let line = zip(values, separators).map { $0 + $1 }.joined()
            let read = try NginxFormat(format.trimmed).values(Array(line.trimmed.utf8)[...])
            #expect(read?.map(\.value) == values.map { $0 == "-" ? nil : $0 })
        }
    }

    @Test func noLineAndNoFormatMakesItFailOrTakeLong() throws {
        var random = SeededGenerator(seed: 5)
        let bytes = Array(#"$a {}"'\x[]-| "#.utf8)
        for _ in 0..<2000 {
            func text(_ count: Int) -> [UInt8] {
                (0..<count).map { _ in bytes[Int.random(in: 0..<bytes.count, using: &random)] }
            }
            guard let format = try? NginxFormat(String(decoding: text(30), as: UTF8.self)) else { continue }
            _ = format.row(text(200)[...])
        }
        let hostile = try NginxFormat("$a $b $c $d $e x")
        #expect(hostile.row(Array(repeating: UInt8(ascii: " "), count: 5000)[...]) == nil)
    }
}

extension String {
    fileprivate var trimmed: String { String(reversed().drop { $0 == " " || $0 == "\t" }.reversed()) }
}

@Suite struct LogReadingTests {
    private func reading(
        _ format: FollowedLog.Format = .nginx, mapping: JSON, skipping: Bool = true
    ) throws -> LogReading {
        try LogReading(
            FollowedLog(
                id: 1, pattern: "/l", format: format, lineFormat: "", mapping: mapping,
                source: SourceName(validated: "web"), beginning: .start, isSkippingAnonymous: skipping, isEnabled: true,
                updatedAt: EventTime(clampingUnixMs: 0)))
    }

    private static let pages: JSON = [
        "records": [
            [
                "fields": [
                    "name": ["const": "page_view"], "person": "query.u", "time": "time",
                    "subject": [
                        "match": "path",
                        "patterns": ["/product/{id}": "product:{id}", "/live/{room}/*": "room:{room}"],
                        "else": ["template": "page:{path}"],
                    ],
                ]
            ]
        ]
    ]

    private func line(_ path: String) -> ArraySlice<UInt8> {
        Array(#"1.2.3.4 - - [31/Jan/2026:08:00:00 +0800] "GET \#(path) HTTP/1.1" 200 5 "-" "-""#.utf8)[...]
    }

    @Test(arguments: [
        ("/product/42?u=li", "product:42"), ("/live/8/now/then?u=li", "room:8"), ("/help?u=li", "page:/help"),
        ("/product/?u=li", "page:/product/"),
    ])
    func aPathBecomesASubjectByItsShape(path: String, subject: String) throws {
        let records = try reading(mapping: Self.pages).records(line(path)).get()
        #expect(records.first?["subject"] == .string(subject))
    }

    @Test func linesWithoutAPersonArePassedOverOrSetAside() throws {
        #expect(try reading(mapping: Self.pages).item(line("/help"), id: "x") == nil)
        #expect(try reading(mapping: Self.pages, skipping: false).item(line("/help"), id: "x") != nil)
    }

    @Test func anEventWithoutAnIdHasThatOfItsPlace() throws {
        let item = try #require(try reading(mapping: Self.pages).item(line("/a?u=li"), id: "log-1-77"))
        #expect(try item.drafts.get().map(\.id) == ["log-1-77"])
    }

    @Test func aLineThatCannotBeReadIsKeptWholeAndReadAnew() throws {
        let reading = try reading(.json, mapping: ["records": [["fields": ["person": "u", "name": "e"]]]])
        let broken = try #require(reading.item(Array(#"{"u":"#.utf8)[...], id: "log-1-0"))
        #expect(throws: Refusal.self) { try broken.drafts.get() }
        let body = try JSON.parse(broken.body)
        #expect(body["#line"] == #"{"u":"# && body["#id"] == "log-1-0")
        let invalid = try #require(reading.item([0x7B, 0xFF, 0x7D][...], id: "log-1-9"))
        if case .failure(let refusal) = invalid.drafts { #expect(refusal.reason == .invalidEncoding) }
        let good = reading.item(quarantined: ["#line": #"{"u":"li","e":"click"}"#, "#id": "log-1-0"])
        #expect(try good?.drafts.get().map(\.id) == ["log-1-0"])
    }
}
