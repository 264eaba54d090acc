import Base
import Collect
import Domain
import Synchronization
import Testing

@Suite struct PostHogFormatTests {
    private func collected(_ request: WireRequest) async throws -> FormatWorld {
        try await FormatWorld(try PostHogFormat.envelope(request), .postHog)
    }

    static let event = #"{"api_key":"phc_1","event":"joined","distinct_id":"ana","timestamp":"2026-11-23T00:00:00Z"}"#
    static let base64 = Base64.encode(Array(event.utf8))
    /// `event`, compressed with Python's `gzip.compress(…, mtime=0)`.
    static let gzip =
        "H4sIAAAAAAACA6tWSizIjM9OrVSyUirISI43VNJRSi1LzSsB8rPyM/NSU4ACKZnFJZl5ySXxmSlA4cS8RKBYSWZuanFJYm4B"
        + "UMTIwMhM19BQ18g4xMDACoyilGoB24sopVsAAAA="

    struct Wrapping: Sendable, CustomTestStringConvertible {
        let why: String, request: WireRequest
        var testDescription: String { why }
    }

    static let wrappings = [
        Wrapping(why: "plain", request: WireRequest("capture", event)),
        Wrapping(why: "an array", request: WireRequest("e", "[\(event)]")),
        Wrapping(why: "a batch", request: WireRequest("batch", #"{"token":"phc_1","batch":[\#(event)]}"#)),
        Wrapping(why: "base64", request: WireRequest("e", query: [("compression", "base64")], base64)),
        Wrapping(
            why: "a form of base64",
            request: WireRequest("e", type: "application/x-www-form-urlencoded", "data=" + escaped(base64))),
        Wrapping(
            why: "a form whose plus signs were not escaped, sent as text",
            request: WireRequest("e", type: "text/plain", "data=\(base64)&ip=1")),
        Wrapping(
            why: "a form of JSON",
            request: WireRequest("e", type: "application/x-www-form-urlencoded", "data=" + escaped(event))),
        Wrapping(why: "a query of base64", request: WireRequest("e", query: [("data", base64)])),
        Wrapping(why: "a query of JSON", request: WireRequest("e", query: [("data", event)])),
        Wrapping(why: "gzip in base64", request: WireRequest("e", gzip)),
        Wrapping(why: "gzip that the query calls base64", request: gzipped(query: [("compression", "base64")])),
    ]

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            return character.isLetter || character.isNumber ? String(character) : "%" + String(byte, radix: 16)
        }.joined()
    }

    private static func gzipped(query: [(String, String)] = []) -> WireRequest {
        var request = WireRequest("e", query: query)
        request.body = Base64.decode(gzip.utf8) ?? []
        return request
    }

    @Test(arguments: wrappings)
    func oneEventIsReadFromEveryWrapping(_ c: Wrapping) async throws {
        #expect(try PostHogFormat.envelope(c.request).key == "phc_1")
        let event = try #require(try await collected(c.request).events.first)
        #expect(event.name.text == "joined")
        #expect(event.person.text == "ana")
        #expect(event.time.iso8601 == "2026-11-23T00:00:00.000Z")
    }

    struct Meaning: Sendable, CustomTestStringConvertible {
        let event: String, rest: String, name: String, subject: String?, ids: [String]
        var testDescription: String { event }
    }

    static let meanings = [
        Meaning(
            event: "$pageview", rest: #""properties":{"$current_url":"https://shop.example/tea/1?a=b#c","$lib":"web"}"#,
            name: "page_view", subject: "page:/tea/1", ids: ["login:u"]),
        Meaning(
            event: "$pageview", rest: #""properties":{"$current_url":"https://shop.example"}"#, name: "page_view",
            subject: "page:/", ids: ["login:u"]),
        Meaning(
            event: "$screen", rest: #""properties":{"$screen_name":"Cart"}"#, name: "page_view", subject: "page:Cart",
            ids: ["login:u"]),
        Meaning(
            event: "$identify", rest: #""$set":{"city":"杭州"},"properties":{"$anon_distinct_id":"v1"}"#,
            name: "identify", subject: nil, ids: ["login:u", "anonymous:v1"]),
        Meaning(
            event: "$create_alias", rest: #""properties":{"alias":"other"}"#, name: "alias", subject: nil,
            ids: ["login:other", "login:u"]),
        Meaning(
            event: "$groupidentify", rest: #""properties":{"$group_type":"club","$group_key":"g"}"#, name: "group",
            subject: nil, ids: ["login:u"]),
        Meaning(event: "$set", rest: #""$set":{"a":1}"#, name: "identify", subject: nil, ids: ["login:u"]),
        Meaning(
            event: "Product Added", rest: #""properties":{"product_id":"p1"}"#, name: "add_to_cart",
            subject: "product:p1", ids: ["login:u"]),
        Meaning(
            event: "anything", rest: #""properties":{"$is_identified":false,"$device_id":"d1"}"#, name: "anything",
            subject: nil, ids: ["device:d1", "anonymous:u"]),
        Meaning(
            event: "anything", rest: #""properties":{"$process_person_profile":false}"#, name: "anything", subject: nil,
            ids: ["anonymous:u"]),
    ]

    @Test(arguments: meanings)
    func eventsOfTheirOwnBecomeCanonical(_ c: Meaning) async throws {
        let body = #"{"event":"\#(c.event)","distinct_id":"u","uuid":"e1",\#(c.rest)}"#
        let event = try #require(try await collected(WireRequest("e", body)).events.first)
        #expect(event.name.text == c.name)
        #expect(event.subject?.description == c.subject)
        #expect(event.ids == c.ids)
        #expect(event.id.text == "e1")
        if c.event == "$identify" { #expect(event.properties["city"] == "杭州") }
    }

    @Test(arguments: [
        (#""distinct_id":"a""#, "a"), (#""$distinct_id":7"#, "7"), (#""properties":{"distinct_id":"b"}"#, "b"),
        (#""distinct_id":null,"properties":{"$distinct_id":["x",1]}"#, #"["x",1]"#), (#""distinct_id":1.5"#, "1.5"),
        ("\"distinct_id\":\"\(String(repeating: "x", count: 300))\"", String(repeating: "x", count: 200)),
        (#""distinct_id":" pad ""#, "pad"),
    ])
    func theDistinctIDIsFoundAndWrittenAsText(field: String, person: String) async throws {
        let event = try #require(try await collected(WireRequest("e", #"{"event":"x",\#(field)}"#)).events.first)
        #expect(event.person.text == person)
    }

    @Test func aBadEventIsSetAsideAloneAndWithoutTheKey() async throws {
        let body = """
            {"token":"phc_1","sent_at":"2026-11-23T10:00:00Z","batch":[
             {"event":"x","distinct_id":"a","token":"phc_1","timestamp":"2026-11-23T09:59:00Z"},
             {"distinct_id":"a","properties":{"token":"phc_1"}},{"event":"x"},{"event":"x","distinct_id":""},7,
             {"event":"x","distinct_id":"a","properties":[]}]}
            """
        let world = try await collected(WireRequest("batch", body))
        #expect(
            world.reasons == [nil, .missingName, .missingPerson, .missingPerson, .notAnObject, .invalidProperties])
        #expect(world.events.map(\.time.iso8601) == ["2026-11-23T23:59:00.000Z"])  // Sent a minute after it happened.
        #expect(world.quarantined[0] == ["distinct_id": "a", "properties": [:], "sent_at": "2026-11-23T10:00:00Z"])
    }

    @Test func theBrowsersClockIsCorrectedFromItsQuery() async throws {
        let body = #"[{"event":"x","distinct_id":"a","offset":60000},{"event":"y","distinct_id":"a"}]"#
        let world = try await collected(WireRequest("e", query: [("_", "1700000000000")], body))
        #expect(world.events.map(\.time.iso8601) == ["2026-11-23T23:59:00.000Z", "2026-11-24T00:00:00.000Z"])
    }

    @Test func theOldPeopleRouteSetsProperties() async throws {
        let body = #"{"$token":"phc_1","$distinct_id":"a","$set":{"tier":"gold"}}"#
        let event = try #require(try await collected(WireRequest("engage", body)).events.first)
        #expect(event.name == .identify)
        #expect(event.properties["tier"] == "gold")
    }

    @Test func eventsOfSeveralProjectsAreRefused() {
        let body = #"[{"event":"x","distinct_id":"a","token":"1"},{"event":"x","distinct_id":"a","api_key":"2"}]"#
        #expect(throws: CollectError.wrongShape(expected: "events of one project", got: "2 project tokens")) {
            _ = try PostHogFormat.envelope(WireRequest("e", body))
        }
    }

    @Test(arguments: ["", "%%%", "aGVsbG8=", "5", "data=", #"{"batch":5}"#])
    func whatIsNoPayloadIsRefused(body: String) {
        #expect(throws: CollectError.self) { _ = try PostHogFormat.envelope(WireRequest("e", body)) }
    }

    @Test(arguments: [
        ("s", #"[{"event":"$snapshot","distinct_id":"a","properties":{"token":"phc_1","$snapshot_data":[{}]}}]"#),
        ("e", #"{"api_key":"phc_1","event":"$snapshot","distinct_id":"a"}"#),
        ("s", #"{"api_key":"phc_1","event":"$performance","distinct_id":"a"}"#),
    ])
    func recordingsAreRejectedAndNotKept(route: String, body: String) async throws {
        let envelope = try PostHogFormat.envelope(WireRequest(route, body))
        #expect(envelope.key == "phc_1")
        let world = try CollectWorld()
        let collected = try await world.collect()(envelope.items, format: .postHog, source: testSource)
        #expect(collected.receipts.map(\.status.refusal?.reason) == [.recordingNotKept])
        #expect(world.entries.withLock { $0.isEmpty } && world.collected.isEmpty)
        let receipt = try #require(world.receipts.withLock { $0.last })
        #expect(receipt.runs == [.rejected(elementCount: 1, reason: "recording_not_kept")])
    }

    private static let analytics = """
        {"created_at":"2026-11-23T10:00:00Z","batch":[
         {"event":"x","uuid":"u1","distinct_id":"a","timestamp":"2026-11-23T09:59:00Z","session_id":"s",
          "options":{"process_person_profile":false},"properties":{"$set":{"tier":"gold"}}},
         {"event":"x","uuid":"u2","distinct_id":"a","timestamp":"2026-11-23T09:59:00Z",
          "options":{"disable_skew_correction":true},"properties":null},
         {"event":"","uuid":"u3","distinct_id":"a","options":{}},7,
         {"event":"$snapshot","uuid":"u4","distinct_id":"a","options":{}}]}
        """

    @Test func theSecondAPIsEventsAreReadAsThoseOfTheFirst() async throws {
        let headers = ["PostHog-Request-Timestamp": "2026-11-23T10:00:00Z", "PostHog-Sdk-Info": "posthog-ios/3.1.0"]
        let request = WireRequest("events", headers: headers, Self.analytics)
        let world = try await FormatWorld(try PostHogFormat.analyticsEnvelope(request), .postHog)
        #expect(world.reasons == [nil, nil, .missingName, .notAnObject, nil])
        #expect(world.events.map(\.id.text) == ["u1", "u2"])
        #expect(world.events.map(\.ids) == [["anonymous:a"], ["login:a"]])
        #expect(world.events.map(\.time.iso8601) == ["2026-11-23T23:59:00.000Z", "2026-11-23T09:59:00.000Z"])
        #expect(world.events.map(\.channel.text) == ["app", "app"])
        #expect(world.events.first?.properties["$session_id"] == "s")
        #expect(world.events.first?.properties["$lib_version"] == "3.1.0")
    }

    @Test func theSecondAPITellsWhatBecameOfEachEvent() throws {
        let fates = [
            nil, nil, Refusal(.missingName, "say what happened"), Refusal(.notAnObject, ""),
            Refusal(.recordingNotKept, "off", isKept: false),
        ]
        #expect(
            PostHogFormat.analyticsResults(WireRequest("events", Self.analytics), fates)["results"] == [
                "u1": ["result": "ok"], "u2": ["result": "ok"],
                "u3": ["result": "warning", "details": "say what happened"],
                "u4": ["result": "drop", "details": "off"],
            ])
    }

    @Test(arguments: ["", "5", "[]", #"{"batch":5}"#])
    func whatIsNoBatchIsRefusedByTheSecondAPI(body: String) {
        #expect(throws: CollectError.self) { _ = try PostHogFormat.analyticsEnvelope(WireRequest("events", body)) }
    }

    @Test func aBombIsRefusedAtItsBoundAndMemoryIsAskedFor() throws {
        var request = Self.gzipped()
        request.bodyBytesMax = Self.event.utf8.count - 1
        #expect(throws: CollectError.tooLarge(bytesMax: request.bodyBytesMax)) {
            _ = try PostHogFormat.envelope(request)
        }
        request.bodyBytesMax += 1
        _ = try PostHogFormat.envelope(request)
        request.takeMemory = { $0 != Self.event.utf8.count }
        #expect(throws: CollectError.self) { _ = try PostHogFormat.envelope(request) }
    }
}
