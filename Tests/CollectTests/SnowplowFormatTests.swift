import Base
import Collect
import Domain
import Testing

@Suite struct SnowplowFormatTests {
    private func collected(_ events: String) async throws -> FormatWorld {
        let body = """
            {"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[\(events)]}
            """
        return try await FormatWorld(try SnowplowFormat.envelope(WireRequest("tp2", body)), .snowplow)
    }

    private static func text(_ json: String) -> String { JSON.string(json).text }

    private static func selfDescribing(_ schema: String, _ data: String) -> String {
        let inner = #"{"schema":"iglu:\#(schema)/jsonschema/1-0-0","data":\#(data)}"#
        return #"{"schema":"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0","data":\#(inner)}"#
    }

    private static func contexts(_ entities: [(schema: String, data: String)]) -> String {
        let texts = entities.map { #"{"schema":"iglu:\#($0.schema)/jsonschema/1-0-0","data":\#($0.data)}"# }
        return """
            {"schema":"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1",
             "data":[\(texts.joined(separator: ","))]}
            """
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, event: String, name: String, subject: String?, minor: Int64?
        var testDescription: String { why }
    }

    static let cases = [
        Case(
            why: "a page view", event: #""e":"pv","url":"https://shop.example/tea?a=b","page":"Tea""#,
            name: "page_view", subject: "page:/tea", minor: nil),
        Case(
            why: "a page ping", event: #""e":"pp","url":"https://shop.example/tea","pp_may":"90""#, name: "page_ping",
            subject: "page:/tea", minor: nil),
        Case(
            why: "a structured event", event: #""e":"se","se_ca":"tea","se_ac":"brew","se_va":"2""#, name: "brew",
            subject: nil, minor: nil),
        Case(
            why: "a transaction", event: #""e":"tr","tr_id":"o1","tr_tt":"30.50","tr_cu":"EUR""#, name: "order_paid",
            subject: "order:o1", minor: 3050),
        Case(
            why: "its item", event: #""e":"ti","ti_id":"o1","ti_sk":"p1","ti_pr":"10.25","ti_qu":"2","ti_cu":"EUR""#,
            name: "product_purchased", subject: "product:p1", minor: 2050),
        Case(
            why: "a self-describing event of one's own",
            event: #""e":"ue","ue_pr":"# + text(selfDescribing("com.acme/tea_brewed", #"{"minutes":3}"#)),
            name: "tea_brewed", subject: nil, minor: nil),
        Case(
            why: "one in URL-safe base64 without padding",
            event: #""e":"ue","ue_px":""# + base64(selfDescribing("com.acme/tea_brewed", #"{"note":"茶?>"}"#)) + "\"",
            name: "tea_brewed", subject: nil, minor: nil),
        Case(
            why: "something put into the cart",
            event: #""e":"ue","ue_pr":"#
                + text(selfDescribing("com.snowplowanalytics.snowplow/add_to_cart", #"{"sku":"p1","quantity":1}"#)),
            name: "add_to_cart", subject: "product:p1", minor: nil),
        Case(
            why: "the same name of another vendor",
            event: #""e":"ue","ue_pr":"# + text(selfDescribing("com.acme/screen_view", #"{"name":"x"}"#)),
            name: "screen_view", subject: nil, minor: nil),
        Case(
            why: "a screen",
            event: #""e":"ue","ue_pr":"#
                + text(selfDescribing("com.snowplowanalytics.mobile/screen_view", #"{"name":"Cart","id":"1"}"#)),
            name: "page_view", subject: "page:Cart", minor: nil),
        Case(
            why: "a search",
            event: #""e":"ue","ue_pr":"#
                + text(selfDescribing("com.snowplowanalytics.snowplow/site_search", #"{"terms":["green","tea"]}"#)),
            name: "search", subject: "query:green tea", minor: nil),
        Case(
            why: "a refund",
            event: #""e":"ue","ue_pr":"# + text(ecommerce("refund")) + #","co":"#
                + text(contexts([(shop + "refund", #"{"transaction_id":"o1","refund_amount":5,"currency":"EUR"}"#)])),
            name: "order_refunded", subject: "order:o1", minor: 500),
        Case(
            why: "a promotion",
            event: #""e":"ue","ue_pr":"# + text(ecommerce("promo_click")) + #","co":"#
                + text(contexts([(shop + "promotion", #"{"id":"b1"}"#)])),
            name: "click", subject: "creative:b1", minor: nil),
        Case(
            why: "a step of the checkout", event: #""e":"ue","ue_pr":"# + text(ecommerce("checkout_step")),
            name: "checkout_step", subject: nil, minor: nil),
    ]

    private static let shop = "com.snowplowanalytics.snowplow.ecommerce/"

    private static func ecommerce(_ type: String) -> String {
        selfDescribing(shop + "snowplow_ecommerce_action", #"{"type":"\#(type)"}"#)
    }

    private static func base64(_ text: String) -> String {
        let safe = Base64.encode(Array(text.utf8)).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        return String(safe.filter { $0 != "=" })
    }

    @Test(arguments: cases)
    func everyKindOfEventIsRead(_ c: Case) async throws {
        let world = try await collected(#"{"uid":"u","duid":"d","eid":"e1","dtm":"1795392000000",\#(c.event)}"#)
        #expect(world.reasons == [nil])
        let event = try #require(world.events.first)
        #expect(event.name.text == c.name)
        #expect(event.subject?.description == c.subject)
        #expect(event.value?.minor == c.minor)
        #expect(event.id.text == "e1")
        #expect(event.ids == ["login:u", "anonymous:d"])
        #expect(event.time.iso8601 == "2026-11-23T00:00:00.000Z")
    }

    @Test func aTransactionBringsItsProducts() async throws {
        let contexts = Self.contexts([
            (Self.shop + "transaction", #"{"transaction_id":"o1","revenue":30,"currency":"EUR"}"#),
            (Self.shop + "product", #"{"id":"a","price":10,"quantity":2,"currency":"EUR"}"#),
            (Self.shop + "product", #"{"id":"b","price":10,"currency":"EUR"}"#),
        ])
        let world = try await collected(
            """
            {"e":"ue","uid":"u","eid":"e1","ue_pr":\(Self.text(Self.ecommerce("transaction"))),
             "co":\(Self.text(contexts))}
            """)
        #expect(world.events.map(\.name.text) == ["order_paid", "product_purchased", "product_purchased"])
        #expect(world.events.map(\.id.text) == ["e1", "e1#1", "e1#2"])
        #expect(world.events.map(\.value?.minor) == [3000, 2000, 1000])
        #expect(world.events[1].properties["id"] == "a")
        let products = try await collected(
            """
            {"e":"ue","uid":"u","eid":"e1","ue_pr":\(Self.text(Self.ecommerce("list_view"))),
             "co":\(Self.text(contexts))}
            """)
        #expect(products.events.map { $0.subject?.description } == ["product:a", "product:b"])
        #expect(products.events.map(\.name.text) == ["product_exposure", "product_exposure"])
    }

    @Test func thePersonIsTheUserOrElseTheBrowserOrTheInstallation() async throws {
        let session = Self.contexts([
            ("com.snowplowanalytics.snowplow/client_session", #"{"userId":"i1","sessionId":"s"}"#)
        ])
        let world = try await collected(
            """
            {"e":"pv","duid":"d","tnuid":"n"},{"e":"pv","p":"mob","cx":"\(Self.base64(session))"},{"e":"pv"}
            """)
        #expect(world.events.map(\.person.text) == ["d", "i1"])
        #expect(world.events.map(\.ids) == [["device:n", "anonymous:d"], ["anonymous:i1"]])
        #expect(world.events.map(\.channel.text) == ["server", "app"])
        #expect(world.reasons == [nil, nil, .missingPerson])
    }

    @Test func theClockIsCorrectedButATrueTimeIsBelieved() async throws {
        let world = try await collected(
            """
            {"e":"pv","uid":"u","dtm":"1700000000000","stm":"1700000060000"},
            {"e":"pv","uid":"u","dtm":"1700000000000","stm":"1700000060000","ttm":"1795392000000"}
            """)
        #expect(world.events.map(\.time.iso8601) == ["2026-11-23T23:59:00.000Z", "2026-11-23T00:00:00.000Z"])
    }

    @Test func aBadEventIsSetAsideAlone() async throws {
        let world = try await collected(
            """
            {"e":"pv","uid":"u"},{"uid":"u"},{"e":"xx","uid":"u"},{"e":"se","uid":"u"},{"e":"ue","uid":"u"},
            {"e":"ue","uid":"u","ue_px":"%"},{"e":"ue","uid":"u","ue_pr":"{"},{"e":"pv","uid":"u","cx":"Z"},5,
            {"e":"tr","uid":"u","tr_id":"o","tr_tt":"lots"}
            """)
        #expect(
            world.reasons == [
                nil, .unknownType, .unknownType, .missingName, .malformedJSON, .malformedJSON, .malformedJSON,
                .malformedJSON, .notAnObject, .invalidValue,
            ])
    }

    @Test func theApplicationsIDIsTheKeyUnlessThereIsAnother() async throws {
        let query = [("e", "pv"), ("uid", "u"), ("aid", "shop"), ("url", "/a b")]
        let envelope = try SnowplowFormat.envelope(WireRequest("i", query: query))
        #expect(envelope.key == "shop")
        let asked = try SnowplowFormat.envelope(WireRequest("i", query: query + [("key", "k")]))
        #expect(asked.key == "k")
        let kept = try await FormatWorld(asked, .snowplow).events.map(\.properties)
        #expect(kept.map { $0["aid"] } == ["shop"])
        #expect(kept.map { $0["key"] } == [nil])
        #expect(try await FormatWorld(envelope, .snowplow).events.map { $0.properties["aid"] } == [nil])
    }

    @Test(arguments: ["", "5", "{}", #"{"data":{}}"#])
    func whatHoldsNoEventsIsRefused(body: String) {
        #expect(throws: CollectError.self) { _ = try SnowplowFormat.envelope(WireRequest("tp2", body)) }
    }
}
