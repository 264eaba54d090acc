import Base
import Collect
import Domain
import Testing

@Suite struct GA4FormatTests {
    private func collected(
        _ events: String, _ shared: String = #""client_id":"c.1","timestamp_micros":"1795305600000000""#
    ) async throws -> (events: [Event], reasons: [QuarantineReason]) {
        let request = wireRequest("{\(shared),\"events\":[\(events)]}")
        return try await collect(GA4Format.envelope(request).items, .ga4)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let event: String, params: String, want: [String]
        var testDescription: String { "\(event) \(params)" }
    }

    static let items = #""items":[{"item_id":"a"},{"item_name":"b"},{"price":1}]"#
    static let cases = [
        Case(event: "page_view", params: #"{"page_location":"https://x/y"}"#, want: ["page_view page:https://x/y"]),
        Case(event: "screen_view", params: #"{"screen_name":"Cart"}"#, want: ["page_view page:Cart"]),
        Case(event: "page_view", params: "{}", want: ["page_view"]),
        Case(
            event: "view_item_list", params: "{\(items)}",
            want: ["product_exposure product:a", "product_exposure product:b"]),
        Case(event: "view_item_list", params: #"{"item_list_id":"l"}"#, want: ["page_view page:l"]),
        Case(event: "select_item", params: #"{"items":[{"item_id":"a"}]}"#, want: ["product_click product:a"]),
        Case(event: "view_item", params: #"{"items":[{"item_id":7}]}"#, want: ["product_view product:7"]),
        Case(event: "view_item", params: #"{"item_id":"p"}"#, want: ["product_view product:p"]),
        Case(event: "view_item", params: #"{"items":"none"}"#, want: ["product_view"]),
        Case(event: "add_to_cart", params: "{\(items)}", want: ["add_to_cart product:a", "add_to_cart product:b"]),
        Case(event: "remove_from_cart", params: #"{"items":[{"item_id":"a"}]}"#, want: ["remove_from_cart product:a"]),
        Case(event: "view_cart", params: "{\(items)}", want: ["page_view page:cart"]),
        Case(event: "refund", params: #"{"transaction_id":"t"}"#, want: ["order_refunded order:t"]),
        Case(
            event: "view_promotion", params: #"{"promotion_id":"P","items":[{"item_id":"a"}]}"#,
            want: ["exposure creative:P"]),
        Case(
            event: "view_promotion",
            params: #"{"items":[{"promotion_id":"P","item_id":"a"},{"promotion_id":"P"},{"creative_name":"Q"}]}"#,
            want: ["exposure creative:P", "exposure creative:Q"]),
        Case(event: "select_promotion", params: #"{"promotion_name":"N"}"#, want: ["click creative:N"]),
        Case(event: "select_promotion", params: "{}", want: ["click"]),
        Case(event: "search", params: #"{"search_term":"红裙"}"#, want: ["search query:红裙"]),
        Case(event: "view_search_results", params: #"{"search_term":"t"}"#, want: ["search query:t"]),
        Case(event: "share", params: #"{"content_type":"product","item_id":"p"}"#, want: ["share product:p"]),
        Case(event: "share", params: #"{"content_type":"image","item_id":"C"}"#, want: ["share item:C"]),
        Case(event: "sign_up", params: #"{"method":"WeChat"}"#, want: ["sign_up"]),
        Case(event: "begin_checkout", params: "{\(items)}", want: ["begin_checkout"]),
        Case(event: "login", params: "{}", want: ["login"]),
        Case(event: "tutorial_begin", params: "null", want: ["tutorial_begin"]),
    ]

    @Test(arguments: cases)
    func recommendedEventsBecomeCanonical(_ c: Case) async throws {
        let result = try await collected(#"{"name":"\#(c.event)","params":\#(c.params)}"#)
        #expect(
            result.events.map { [$0.name.text, $0.subject?.description].compactMap { $0 }.joined(separator: " ") }
                == c.want)
        #expect(result.reasons == [])
    }

    static let purchase = """
        {"name":"purchase","params":{"transaction_id":"T_12345","value":30.03,"currency":"USD","tax":4.9,
         "items":[{"item_id":"SKU_1","price":10.01,"quantity":3},{"item_id":"SKU_1","price":"10.01","quantity":"3"},
         {"item_id":"SKU_2"}]}}
        """

    @Test func aPurchaseBringsItsProducts() async throws {
        let events = try await collected(Self.purchase).events
        #expect(events.map(\.name.text) == ["order_paid"] + Array(repeating: "product_purchased", count: 3))
        #expect(
            events.map { $0.subject?.description } == [
                "order:T_12345", "product:SKU_1", "product:SKU_1", "product:SKU_2",
            ])
        #expect(events.map(\.value?.minor) == [3003, 3003, 3003, nil])
        #expect(
            events.map(\.id.text) == [
                "purchase-order:T_12345", "purchase-order:T_12345#1", "purchase-order:T_12345#2",
                "purchase-order:T_12345#3",
            ])
    }

    @Test func aPurchaseWithoutATransactionKeepsEqualLinesApart() async throws {
        let line = #"{"item_id":"a","price":2}"#
        let events = try await collected(#"{"name":"purchase","params":{"items":[\#(line),\#(line)]}}"#).events
        #expect(events.map(\.value?.minor) == [400, 200, 200])
        #expect(events.map { $0.properties["line"] } == [nil, 1, 2])
    }

    @Test func aPurchaseSentTwiceCountsOnceAlsoWithoutATime() async throws {
        let events = try await collected(Self.purchase + "," + Self.purchase, #""client_id":"c""#).events
        #expect(events.count == 4)
    }

    @Test func aRetryIsKnownByContentAndMicroseconds() async throws {
        func event(_ micros: Int) -> String { #"{"name":"go","timestamp_micros":\#(micros),"params":{}}"# }
        let one = event(1_795_305_600_000_001)
        let events = try await collected([one, one, event(1_795_305_600_000_002)].joined(separator: ",")).events
        #expect(events.map { $0.properties["timestamp_micros"] } == [1_795_305_600_000_001, 1_795_305_600_000_002])
        #expect(Set(events.map(\.time.unixMs)) == [1_795_305_600_000])
    }

    @Test func whatEventsShareIsRead() async throws {
        let shared = """
            "client_id":"c.1","user_id":"u","timestamp_micros":"1795305600123456",
            "user_properties":{"tier":{"value":"gold"}},"consent":{"ad_user_data":"GRANTED"},
            "user_data":{"sha256_email_address":["e1"],"sha256_phone_number":"p1"}
            """
        let event = try #require(
            try await collected(#"{"name":"go","params":{"decision_id":"d1"}}"#, shared).events.first)
        #expect(event.person.text == "u")
        #expect(
            event.identifiers.map { "\($0.kind.code) \($0.id)" } == [
                "login u", "phone_hash p1", "email_hash e1", "anonymous c.1",
            ])
        #expect(event.time.unixMs == 1_795_305_600_123)
        #expect(event.properties["user_properties"] == ["tier": "gold"])
        #expect(event.properties["consent"] == ["ad_user_data": "GRANTED"])
        #expect(event.decision?.text == "d1")
        #expect(event.channel.text == "web")
    }

    @Test func anAppIsKnownByItsInstance() async throws {
        let event = try await collected(#"{"name":"go"}"#, #""app_instance_id":"i""#).events.first
        #expect(event?.channel.text == "app")
        #expect(event?.identifiers.map(\.kind) == [.device])
    }

    @Test func anItemsOwnFieldsStandBesideThoseOfTheEvent() async throws {
        let params = #"{"currency":"EUR","coupon":"all","items":[{"item_id":"a","coupon":"one"},{"item_id":"b"}]}"#
        let events = try await collected(#"{"name":"add_to_cart","params":\#(params)}"#).events
        #expect(events.map { $0.properties["coupon"] } == ["one", "all"])
        #expect(events.map { $0.properties["currency"] } == ["EUR", "EUR"])
        #expect(events.map { $0.properties["items"] } == [nil, nil])
    }

    @Test func badEventsAreSetAside() async throws {
        let bad = #"{"params":{}},5,{"name":""},{"name":"x","params":[]},{"name":"x","timestamp_micros":"soon"}"#
        #expect(
            try await collected(bad).reasons == [
                .missingName, .notAnObject, .missingName, .invalidProperties, .invalidTime,
            ])
        #expect(try await collected(#"{"name":"x"}"#, #""nobody":1"#).reasons == [.missingPerson])
    }

    @Test func theSecretIsTheKey() throws {
        let query = [("measurement_id", "G-1"), ("api_secret", "qyw_x")]
        #expect(try GA4Format.envelope(wireRequest(#"{"events":[]}"#, query: query)).key == "qyw_x")
    }

    @Test func aRequestIsBounded() {
        let events = Array(repeating: #"{"name":"x"}"#, count: 26).joined(separator: ",")
        #expect(throws: CollectError.tooManyEvents(count: 26, countMax: 25)) {
            _ = try GA4Format.envelope(wireRequest(#"{"events":[\#(events)]}"#))
        }
        let long = String(repeating: "x", count: 40_000)
        #expect(throws: CollectError.self) {
            _ = try GA4Format.envelope(wireRequest(#"{"user_id":"\#(long)","events":[{"name":"x"}]}"#))
        }
        #expect(throws: CollectError.wrongShape(expected: "an object with `events`, an array", got: "array")) {
            _ = try GA4Format.envelope(wireRequest("[]"))
        }
    }

    @Test func validationTellsWhatIsWrong() throws {
        let collect = try CollectWorld().collect()
        func codes(_ body: String) -> [String] {
            GA4Validation.messages(wireRequest(body)) { items throws(CollectError) in
                try collect.trial(items, source: testSource)
            }.map { "\($0.fieldPath) \($0.code.rawValue)" }
        }
        let params = (0..<26).map { "\"p\($0)\":1" }.joined(separator: ",")
        let many = Array(repeating: #"{"name":"x"}"#, count: 26).joined(separator: ",")
        #expect(codes(#"{"client_id":"c","events":[{"name":"ok"}]}"#) == [])
        #expect(codes(#"{"client_id":"c","events":[{"name":"_bad"}]}"#) == ["events NAME_INVALID"])
        #expect(codes(#"{"client_id":"c","events":[{}]}"#) == ["events NAME_INVALID"])
        #expect(
            codes(#"{"client_id":"c","events":[{"name":"x","params":{\#(params)}}]}"#) == [
                "events EXCEEDED_MAX_ENTITIES"
            ])
        #expect(codes(#"{"client_id":"c","events":[\#(many)]}"#) == ["events EXCEEDED_MAX_ENTITIES"])
        #expect(codes(#"{"events":[{"name":"x"}]}"#) == ["client_id VALUE_REQUIRED", "events[0] VALUE_INVALID"])
        #expect(
            codes(#"{"client_id":"c","timestamp_micros":5,"events":[{"name":"x"}]}"#) == [
                "events[0] VALUE_INVALID"
            ])
        #expect(codes("{") == ["client_id VALUE_REQUIRED", " VALUE_INVALID"])
        #expect(codes(#"{"client_id":"c"}"#) == ["events VALUE_INVALID"])
    }
}
