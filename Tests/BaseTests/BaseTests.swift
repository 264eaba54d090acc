import Base
import Synchronization
import Testing

@Suite struct EventTimeTests {
    @Test(arguments: [
        ("2026-11-24T01:02:03.004Z", 1_795_482_123_004 as Int64), ("2026-11-24", 1_795_478_400_000),
        ("2026-11-24 01:02", 1_795_482_120_000), ("2026-11-24T09:02:03+08:00", 1_795_482_123_000),
        ("2026-11-24T09:02:03.5+0800", 1_795_482_123_500), ("2026-11-24t01:02:03z", 1_795_482_123_000),
        ("2019-11-24 00:00:34.762830+00:00", 1_574_553_634_762), ("2024-02-29", 1_709_164_800_000),
        ("1970-01-01T00:00:00Z", 0), ("2016-12-31T23:59:60Z", 1_483_228_799_000),
    ])
    func readsTheFormsThatClientsSend(text: String, unixMs: Int64) {
        #expect(EventTime(iso8601: text)?.unixMs == unixMs)
    }

    @Test(arguments: [
        "", "soon", "2026", "2026-13-01", "2026-02-29", "2026-11-24T", "2026-11-24T25:00", "2026-11-24T01:02:03.",
        "2026-11-24T01:02:03+25:00", "2026-11-24T01:02:03Z ", "9999-01-01", "1969-12-31", "２０２６-11-24",
    ])
    func refusesWhatIsNoTime(text: String) { #expect(EventTime(iso8601: text) == nil) }

    @Test(arguments: [
        ("9999-12-31T00:00:00Z", 253_402_214_400_000 as Int64?), ("1969-12-31T23:59:59.999Z", -1),
        ("0001-01-01", -62_135_596_800_000), ("1970-01-01T00:00:00+00:01", -60_000), ("9999-13-31", nil),
    ])
    func aTextIsReadAlsoOutsideTheRange(text: String, unixMs: Int64?) {
        #expect(EventTime.unixMs(iso8601: text) == unixMs)
        #expect(EventTime(iso8601: text) == nil)
    }

    @Test func everyDayRoundTripsThroughTheCalendar() throws {
        for day in stride(from: 0 as Int64, to: 376_199, by: 13) {
            let time = try #require(EventTime(unixMs: day * 86_400_000 + 12_345_678))
            #expect(EventTime(iso8601: time.iso8601) == time)
        }
    }

    @Test(arguments: [Int64.min, -1, EventTime.unixMsEnd, .max])
    func aTimeOutOfRangeDoesNotExist(unixMs: Int64) { #expect(EventTime(unixMs: unixMs) == nil) }

    @Test func movingATimeNeverOverflows() throws {
        let time = try #require(EventTime(unixMs: 5))
        #expect(time.advanced(by: Milliseconds(.min)).unixMs == 0)
        #expect(time.advanced(by: Milliseconds(.max)).unixMs == EventTime.unixMsEnd - 1)
        #expect(time.advanced(by: .seconds(2)).since(time) == .seconds(2))
    }
}

@Suite struct MoneyTests {
    @Test(arguments: [
        (12.34, "USD", 1234 as Int64?), (12.345, "CNY", 1235), (-0.005, "CNY", -1), (100, "JPY", 100),
        (1.2345, "KWD", 1235), (.nan, "USD", nil), (.infinity, "USD", nil), (1e14, "USD", nil),
        (1e13, "USD", 1_000_000_000_000_000), (2_500_000_000, "IDR", 250_000_000_000), (1e15 + 1, "VND", nil),
    ])
    func majorUnitsRoundToTheCurrencysMinorUnit(major: Double, code: String, minor: Int64?) throws {
        let currency = try #require(Currency(code: code))
        #expect(Money(major: major, currency: currency)?.minor == minor)
    }

    @Test(arguments: ["", "CN", "CNYX", "人民币", "C1Y"])
    func aCodeThatIsNotThreeLettersIsNoCurrency(code: String) { #expect(Currency(code: code) == nil) }
}

@Suite struct JSONTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String, value: JSON
        var testDescription: String { text }
    }

    static let cases = [
        Case(text: "null", value: .null), Case(text: "true", value: true), Case(text: "-7", value: -7),
        Case(text: "9223372036854775807", value: .int(.max)), Case(text: "1.5", value: 1.5),
        Case(text: "1e2", value: 100.0), Case(text: #""a\nb\u00e9\ud83d\ude00""#, value: "a\nbé😀"),
        Case(text: "[]", value: []), Case(text: "{}", value: [:]),
        Case(text: #" {"a":[1,{"b":null}],"c":"红"} "#, value: ["a": [1, ["b": .null]], "c": "红"]),
    ]

    @Test(arguments: cases) func readsEveryKindOfValue(_ c: Case) throws {
        #expect(try JSON.parse(c.text) == c.value)
        #expect(try JSON.parse(c.value.text) == c.value)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "nul", "01", "1 2", "\"a", "{\"a\":1}}", "[1}", "NaN", "'a'",
        "\"\\x\"", "\u{1}", "{1:2}",
    ])
    func refusesWhatIsNotJSON(text: String) { #expect(throws: JSONError.self) { try JSON.parse(text) } }

    @Test(arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) { #expect(throws: JSONError.self) { try JSON.parse(bytes) } }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON.parse(nested(JSON.depthMax))
        #expect(throws: JSONError.self) { try JSON.parse(nested(JSON.depthMax + 1)) }
        #expect(throws: JSONError.self) { try JSON.parse(nested(100_000)) }
    }

    @Test func anErrorSaysWhere() throws {
        do throws(JSONError) {
            _ = try JSON.parse(#"{"a": 1, "b": nope}"#)
            Issue.record("taken")
        } catch { #expect((10...18).contains(error.byteOffset ?? -1), "\(error)") }
    }

    @Test func theLastOfTwoEqualNamesCounts() throws { #expect(try JSON.parse(#"{"a":1,"a":2}"#)["a"] == 2) }

    @Test func numbersThatAreNotFiniteBecomeNull() { #expect(JSON.double(.nan).text == "null") }

    /// Random values survive a round trip through text: a seed names the case that does not.
    @Test(arguments: 0..<50 as Range<UInt64>) func randomValuesRoundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func value(_ depth: Int) -> JSON {
            switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &random) {
            case 0: return .null
            case 1: return .bool(Bool.random(using: &random))
            case 2: return .int(Int64.random(in: .min ... .max, using: &random))
            case 3: return .double(Double.random(in: -1e6...1e6, using: &random))
            case 4:
                let scalars = (0..<Int.random(in: 0..<12, using: &random)).compactMap { _ in
                    Unicode.Scalar(UInt32.random(in: 0...0x2FFFF, using: &random))
                }
                return .string(String(String.UnicodeScalarView(scalars)))
            case 5: return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(depth + 1) })
            default:
                return .object(
                    JSONObject(
                        (0..<Int.random(in: 0..<5, using: &random)).map { index in
                            JSONObject.Member(name: "k\(index)\"\\\n", value: value(depth + 1))
                        }))
            }
        }
        let want = value(0)
        #expect(try JSON.parse(want.text) == want)
    }
}

@Suite struct HashTests {
    /// The first two vectors of the SipHash authors' `vectors_sip128` (key 00…0f, input 00, 01, 02 …).
    @Test(arguments: [
        ([] as [UInt8], "a3817f04ba25a8e66df67214c7550293"), ([0], "da87c1d86b99af44347659119b22fc45"),
    ])
    func agreesWithTheAuthorsVectors(bytes: [UInt8], hex: String) throws {
        let key = try #require(HashKey(bytes: Array(0..<16)))
        #expect(Hash128(of: bytes, key: key).hex == hex)
    }

    @Test func headAndTailHaveTheHashOfTheWhole() {
        let key = HashKey.random()
        let bytes = (0..<40).map { UInt8($0 * 5) }
        for middle in 0...bytes.count {
            let tail = bytes[middle...]
            let hash = Hash128(of: Array(bytes[..<middle]), tail.span, key: key)
            #expect(hash == Hash128(of: bytes, key: key))
        }
    }

    @Test func aKeyHasSixteenBytes() {
        #expect(HashKey(bytes: []) == nil)
        #expect(HashKey.random() != HashKey.random())
    }
}

@Suite struct MetricsTests {
    @Test func writesThePrometheusTextFormat() {
        let metrics = Metrics()
        metrics.add(2, to: "a_total", help: "A.", labels: [("k", "x\"y"), ("l", "\\é\n")])
        metrics.add(to: "a_total", help: "A.", labels: [("k", "x\"y"), ("l", "\\é\n")])
        metrics.set("b", to: 1.5, help: "B.")
        metrics.observe(0.5, in: "c_seconds", help: "C.", bounds: [0.1, 1])
        metrics.observe(0.1, in: "c_seconds", help: "C.", bounds: [0.1, 1])
        metrics.observe(2, in: "c_seconds", help: "C.", bounds: [0.1, 1])
        metrics.onCollect { $0.set("d", to: 7, help: "D.") }
        #expect(
            metrics.exposition() == """
                # HELP a_total A.
                # TYPE a_total counter
                a_total{k="x\\"y",l="\\\\é\\n"} 3.0
                # HELP b B.
                # TYPE b gauge
                b 1.5
                # HELP c_seconds C.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="0.1"} 1
                c_seconds_bucket{le="1.0"} 2
                c_seconds_bucket{le="+Inf"} 3
                c_seconds_sum 2.6
                c_seconds_count 3
                # HELP d D.
                # TYPE d gauge
                d 7.0

                """)
    }
}

@Suite struct LogTests {
    @Test func aLineIsOneJSONObjectAndLowLevelsAreLeftOut() throws {
        let lines = Mutex<[[UInt8]]>([])
        let log = Log(
            levelMin: .info, now: { EventTime(clampingUnixMs: 0) }, sink: { line in lines.withLock { $0.append(line) } }
        )
        log.debug("no")
        log.info("yes\n", ("count", 3))
        let got = lines.withLock { $0 }
        #expect(got.count == 1)
        #expect(
            try JSON.parse(got.first?.dropLast().map { $0 } ?? []) == [
                "time": "1970-01-01T00:00:00.000Z", "level": "info", "message": "yes\n", "count": 3,
            ])
    }
}
