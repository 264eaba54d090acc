import Base
import Collect
import Domain
import Testing

@Suite struct SensorsFormatTests {
    private func collected(_ request: WireRequest) async throws -> FormatWorld {
        try await FormatWorld(try SensorsFormat.envelope(request), .sensors)
    }

    private func collected(_ record: String) async throws -> FormatWorld {
        try await collected(WireRequest("sa", record))
    }

    static let record = #"{"type":"track","event":"ViewProduct","time":1795392000000,"distinct_id":"ana","token":"k"}"#
    static let base64 = Base64.encode(Array(record.utf8))
    /// `record`, compressed with Python's `gzip.compress(…, mtime=0)`.
    static let gzip =
        "H4sIAAAAAAACA6tWKqksSFWyUiopSkzOVtJRSi1LzSsB8sMyU8sDivJTSpNLgKIlmblARYbmlqbGlkYGYKCjlJJZXJKZl1wS"
        + "n5kC1JCYlwhSmJ+dmgfkZSvVAgDTK2+IWwAAAA=="

    private static func form(_ fields: String) -> WireRequest {
        WireRequest("sa", type: "application/x-www-form-urlencoded", fields)
    }

    private static func escaped(_ base64: String) -> String {
        base64.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%2B")
    }

    struct Wrapping: Sendable, CustomTestStringConvertible {
        let why: String, request: WireRequest
        var testDescription: String { why }
    }

    static let wrappings = [
        Wrapping(why: "base64", request: form("data=" + escaped(base64))),
        Wrapping(why: "gzip in base64", request: form("data=\(escaped(gzip))&gzip=1")),
        Wrapping(why: "gzip whose flag is missing", request: form("gzip=0&data=" + escaped(gzip))),
        Wrapping(
            why: "a list", request: form("data_list=" + escaped(Base64.encode(Array("[\(record)]".utf8))) + "&gzip=0")),
        Wrapping(why: "a form that a beacon sends as text", request: WireRequest(type: "text/plain", "data=\(base64)")),
        Wrapping(why: "a query", request: WireRequest("sa.gif", query: [("data", base64), ("ext", "crc=1")])),
        Wrapping(why: "plain JSON", request: WireRequest("sa", record)),
    ]

    @Test(arguments: wrappings)
    func oneRecordIsReadFromEveryWrapping(_ c: Wrapping) async throws {
        #expect(try SensorsFormat.envelope(c.request).key == "k")
        let event = try #require(try await collected(c.request).events.first)
        #expect(event.name.text == "ViewProduct")
        #expect(event.person.text == "ana")
        #expect(event.time.iso8601 == "2026-11-23T00:00:00.000Z")
    }

    @Test func theKeyOfTheQueryCountsBeforeThatOfTheData() throws {
        let request = WireRequest("sa", query: [("token", "q"), ("project", "default")], Self.record)
        #expect(try SensorsFormat.envelope(request).key == "q")
    }

    /// The checksum is what the web client's function gives for this text.
    @Test(arguments: [("crc=-1420272161", nil as JSON?), ("crc=-5", false), ("", nil), ("crc=x", nil)])
    func aWrongChecksumIsNotedAndRefusesNothing(ext: String, noted: JSON?) async throws {
        let request = WireRequest("sa.gif", query: [("data", Self.base64), ("ext", ext)])
        let event = try #require(try await collected(request).events.first)
        #expect(event.properties["crc_matches"] == noted)
    }

    struct Kind: Sendable, CustomTestStringConvertible {
        let record: String, name: String, ids: [String], subject: String?
        var testDescription: String { record }
    }

    static let kinds = [
        Kind(
            record: #"{"type":"track","event":"$pageview","distinct_id":"v","properties":{"$url_path":"/tea"}}"#,
            name: "page_view", ids: ["anonymous:v"], subject: "page:/tea"),
        Kind(
            record:
                #"{"type":"track","event":"$AppViewScreen","distinct_id":"v","properties":{"$screen_name":"Home"}}"#,
            name: "page_view", ids: ["anonymous:v"], subject: "page:Home"),
        Kind(
            record: #"{"type":"track","event":"Buy","distinct_id":"u","properties":{"$is_login_id":true}}"#,
            name: "Buy", ids: ["login:u"], subject: nil),
        Kind(
            record: #"{"type":"track","event":"Buy","distinct_id":"u","login_id":"u","anonymous_id":"v"}"#,
            name: "Buy", ids: ["login:u", "anonymous:v"], subject: nil),
        Kind(
            record: #"{"type":"track_signup","event":"$SignUp","distinct_id":"u","original_id":"v"}"#, name: "identify",
            ids: ["login:u", "anonymous:v"], subject: nil),
        Kind(
            record: """
                {"type":"track_id_bind","event":"$BindID","distinct_id":"u",
                 "identities":{"$identity_login_id":"u","$identity_mp_openid":"o"},"properties":{"$is_login_id":true}}
                """, name: "alias", ids: ["login:u", "openid:o"], subject: nil),
        Kind(
            record: """
                {"type":"track","event":"Buy","distinct_id":"$identity_cookie_id+c",
                 "identities":{"$identity_cookie_id":"c"}}
                """, name: "Buy", ids: ["anonymous:c"], subject: nil),
        Kind(
            record: #"{"type":"profile_set","distinct_id":"u","properties":{"city":"杭州","$is_login_id":true}}"#,
            name: "identify", ids: ["login:u"], subject: nil),
        Kind(
            record: #"{"type":"profile_set_once","distinct_id":7,"properties":{"a":1}}"#, name: "profile_set_once",
            ids: ["anonymous:7"], subject: nil),
        Kind(
            record: #"{"type":"profile_increment","distinct_id":"u","properties":{"n":1}}"#, name: "profile_increment",
            ids: ["anonymous:u"], subject: nil),
        Kind(
            record: #"{"type":"profile_append","distinct_id":"u","properties":{"l":["a"]}}"#, name: "profile_append",
            ids: ["anonymous:u"], subject: nil),
        Kind(
            record: #"{"type":"profile_unset","distinct_id":"u","properties":{"n":true}}"#, name: "profile_unset",
            ids: ["anonymous:u"], subject: nil),
        Kind(
            record: #"{"type":"profile_delete","distinct_id":"u","properties":{}}"#, name: "profile_delete",
            ids: ["anonymous:u"], subject: nil),
        Kind(
            record: #"{"type":"item_set","item_type":"tea","item_id":"42","properties":{"price":9}}"#, name: "item_set",
            ids: [], subject: "item:42"),
        Kind(
            record: #"{"type":"item_delete","item_type":"tea","item_id":42}"#, name: "item_delete", ids: [],
            subject: "item:42"),
    ]

    @Test(arguments: kinds)
    func everyTypeOfRecordIsAnEvent(_ c: Kind) async throws {
        let event = try #require(try await collected(c.record).events.first)
        #expect(event.name.text == c.name)
        #expect(event.ids == c.ids)
        #expect(event.subject?.description == c.subject)
    }

    @Test(arguments: [
        ("a", nil as QuarantineReason?), ("$a_9", nil), ("9a", .invalidName), ("a b", .invalidName),
        ("下单", .invalidName), ("Distinct_ID", .invalidName), ("user_group_x", .invalidName), ("", .missingName),
        (String(repeating: "x", count: 100), nil), (String(repeating: "x", count: 101), .invalidName),
    ])
    func namesFollowTheRules(name: String, reason: QuarantineReason?) async throws {
        let world = try await collected(#"{"type":"track","event":"\#(name)","distinct_id":"u"}"#)
        #expect(world.reasons == [reason])
    }

    @Test func aBadRecordIsSetAsideAloneAndWithoutTheKey() async throws {
        let body = """
            [{"type":"track","event":"a","distinct_id":"u"},{"type":"dance","distinct_id":"u","token":"k"},
             {"type":"track","event":"a"},5,{"type":"item_set"},{"type":"track","event":"a","distinct_id":"u",
             "properties":[]},{"type":"track","event":"a","distinct_id":"u","time":"soon"}]
            """
        let world = try await collected(body)
        #expect(
            world.reasons == [
                nil, .unknownType, .missingPerson, .notAnObject, .invalidSubject, .invalidProperties, .invalidTime,
            ])
        #expect(world.quarantined[0] == ["type": "dance", "distinct_id": "u"])
    }

    @Test func timesOfTenDigitsAreSecondsAndTheClockIsCorrected() async throws {
        let body = """
            [{"type":"track","event":"a","distinct_id":"u","time":1795392000},
             {"type":"track","event":"a","distinct_id":"u","time":1700000000000,"_flush_time":1700000060000}]
            """
        let world = try await collected(body)
        #expect(world.events.map(\.time.iso8601) == ["2026-11-23T00:00:00.000Z", "2026-11-23T23:59:00.000Z"])
    }

    @Test func aRetryIsKnownByItsTrackIDAndTime() async throws {
        let one = #"{"type":"track","event":"a","distinct_id":"u","_track_id":7,"time":1795392000000,"_flush_time":"#
        let world = try await collected("[\(one)1795392001000},\(one)1795392009000}]")
        #expect(world.events.map(\.id.text) == ["7-1795392000000"])
    }

    @Test(arguments: [("js", "web"), ("iOS", "app"), ("MiniProgram", "mini_program"), ("python", "server")])
    func theLibraryTellsTheChannel(library: String, channel: String) async throws {
        let world = try await collected(
            #"{"type":"track","event":"a","distinct_id":"u","lib":{"$lib":"\#(library)"}}"#)
        #expect(world.events.map(\.channel.text) == [channel])
    }

    @Test(arguments: ["", "data=", "data=%%%", "data=aGVsbG8=", "data=NQ=="])
    func whatIsNoPayloadIsRefused(body: String) {
        #expect(throws: CollectError.self) { _ = try SensorsFormat.envelope(WireRequest("sa", body)) }
    }
}
