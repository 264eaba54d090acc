import Base
import Collect
import Domain
import Testing

@Suite struct RudderFormatTests {
    private func collected(_ message: String) async throws -> (events: [Event], reasons: [QuarantineReason]) {
        let request = wireRequest(#"{"batch":[\#(message)]}"#, kind: "batch")
        return try await collect(SegmentFormat.envelope(request).items, .rudder)
    }

    @Test func traitsWithinTheContextAreRead() async throws {
        let events = try await collected(
            #"{"type":"identify","userId":"u","context":{"traits":{"city":"杭州"}}}"#
        ).events
        #expect(events.first?.properties["city"] == "杭州")
    }

    @Test func traitsOfTheMessageComeFirst() async throws {
        let events = try await collected(
            #"{"type":"identify","userId":"u","traits":{"a":1},"context":{"traits":{"a":2}}}"#
        ).events
        #expect(events.first?.properties["a"] == 1)
    }

    @Test func aMergeTellsOfAPersonsOtherIds() async throws {
        let message = #"{"type":"merge","userId":"u","mergeProperties":[{"type":"email","value":"a@b.c"}]}"#
        let event = try #require(try await collected(message).events.first)
        #expect(event.name == .identify)
        #expect(event.properties["mergeProperties"] == [["type": "email", "value": "a@b.c"]])
    }

    @Test func anAudienceListKeepsItsName() async throws {
        let message = #"{"type":"audiencelist","userId":"u","properties":{"listData":{"add":[{"EMAIL":"x"}]}}}"#
        let event = try #require(try await collected(message).events.first)
        #expect(event.name.text == "audiencelist")
        #expect(event.properties["listData"]?["add"] == [["EMAIL": "x"]])
    }

    @Test(arguments: [("browser", "web"), ("mobile", "app"), ("server", "server"), ("live", "live")])
    func theClientsChannelIsOurs(_ given: String, _ want: String) async throws {
        let event = try await collected(#"{"type":"page","userId":"u","channel":"\#(given)"}"#).events.first
        #expect(event?.channel.text == want)
    }

    @Test func thePixelsQueryIsAMessage() async throws {
        let query = [
            ("writeKey", "qyw_x"), ("anonymousId", "\"amp-1\""), ("event", "Order Completed"), ("messageId", "m"),
            ("properties.order_id", "o1"), ("properties.total", "30.50"), ("properties.currency", "USD"),
            ("context.page.path", "/a"), ("context.page.title", "A"),
        ]
        let envelope = RudderFormat.pixel(wireRequest(kind: "track", query: query))
        #expect(envelope.key == "qyw_x")
        let event = try #require(try await collect(envelope.items, .rudder).events.first)
        #expect(event.person.text == "amp-1")
        #expect(event.name == .orderPaid)
        #expect(event.id.text == "m")
        #expect(event.value == Money(minor: 3050, currency: try #require(Currency(code: "USD"))))
        #expect(event.subject?.description == "order:o1")
        #expect(event.channel.text == "web")
    }

    @Test func aPixelPageNeedsNoProperties() async throws {
        let query = [("anonymousId", "a"), ("name", "Home"), ("type", "track")]
        let envelope = RudderFormat.pixel(wireRequest(kind: "page", query: query))
        let event = try #require(try await collect(envelope.items, .rudder).events.first)
        #expect(event.name == .pageView)
        #expect(event.subject?.description == "page:Home")
    }

    @Test(arguments: [
        ("", "x"), (".", "x"), ("...", "x"), ("properties", "text"), ("anonymousId", "\""),
        (String(repeating: "a.", count: 500), "x"),
    ])
    func hostileNamesOfThePixelDoNoHarm(_ name: String, _ value: String) async throws {
        let query = [(name, value), ("properties.b", "1"), ("event", "e"), ("userId", "u")]
        let envelope = RudderFormat.pixel(wireRequest(kind: "track", query: query))
        let result = try await collect(envelope.items, .rudder)
        #expect(result.events.first?.properties["b"] == "1")
    }

    @Test func theBeaconsKeyIsInTheQuery() throws {
        let body = #"{"batch":[{"type":"page","userId":"u"}],"writeKey":"body"}"#
        let beacon = try RudderFormat.beacon(wireRequest(body, kind: "batch", query: [("writeKey", "query")]))
        #expect(beacon.key == "query")
        #expect(beacon.items.count == 1)
        #expect(try RudderFormat.beacon(wireRequest(body, kind: "batch")).key == "body")
    }

    @Test func jitsusKeyIsInAHeader() throws {
        let body = #"{"type":"identify","userId":"u","writeKey":"body"}"#
        let fields = [("x-write-key", "header")]
        #expect(try JitsuFormat.envelope(wireRequest(body, kind: "identify", fields: fields)).key == "header")
        #expect(
            try JitsuFormat.envelope(wireRequest(body, kind: "page", query: [("writeKey", "query")])).key == "query")
        #expect(try JitsuFormat.envelope(wireRequest(body, kind: "page")).key == "body")
    }

    @Test(arguments: [
        ("identify", #"{"userId":"u","traits":{}}"#, "identify"), ("page", #"{"userId":"u"}"#, "page_view"),
        ("event", #"{"type":"page","userId":"u"}"#, "page_view"), ("event", #"{"event":"go","userId":"u"}"#, "go"),
        ("track", #"{"type":"page","event":"Product Viewed","userId":"u"}"#, "product_view"),
    ])
    func theRouteOfJitsuSaysTheType(_ kind: String, _ body: String, _ name: String) async throws {
        let result = try await collect(JitsuFormat.envelope(wireRequest(body, kind: kind)).items, .jitsu)
        #expect(result.events.map(\.name.text) == [name])
    }

    @Test func aTypeThatJitsuDoesNotHaveIsSetAside() async throws {
        let envelope = try JitsuFormat.envelope(wireRequest(#"{"userId":"u"}"#, kind: "dance"))
        #expect(try await collect(envelope.items, .jitsu).reasons == [.unknownType])
    }
}
