import Base
import Collect
import Domain
import Testing

@Suite struct SegmentFormatTests {
    private func collected(_ body: String, type: String) async throws -> (events: [Event], receipts: [Receipt]) {
        let world = try CollectWorld()
        let envelope = try SegmentFormat.envelope(request(body, type: type))
        let receipts = try await world.collect()(envelope.items, format: .segment, source: testSource).receipts
        return (world.collected, receipts)
    }

    private func request(_ body: String, type: String) -> WireRequest {
        var request = WireRequest()
        request.kind = type
        request.body = Array(body.utf8)
        return request
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let event: String, properties: String, name: String, subject: String?
        var testDescription: String { event }
    }

    static let cases = [
        Case(event: "Product Viewed", properties: #"{"product_id":"p1"}"#, name: "product_view", subject: "product:p1"),
        Case(event: "Product Added", properties: #"{"sku":"s1"}"#, name: "add_to_cart", subject: "product:s1"),
        Case(event: "product clicked", properties: #"{"product_id":5}"#, name: "product_click", subject: "product:5"),
        Case(event: "Order Refunded", properties: #"{"order_id":"o1"}"#, name: "order_refunded", subject: "order:o1"),
        Case(event: "Promotion Viewed", properties: #"{"promotion_id":"b"}"#, name: "exposure", subject: "creative:b"),
        Case(event: "Products Searched", properties: #"{"query":"红裙"}"#, name: "search", subject: "query:红裙"),
        Case(event: "Coupon Applied", properties: #"{"coupon_id":"c"}"#, name: "coupon_used", subject: "coupon:c"),
        Case(event: "Product List Viewed", properties: #"{"list_id":"l"}"#, name: "page_view", subject: "page:l"),
        Case(event: "Product List Filtered", properties: #"{"category":"x"}"#, name: "page_view", subject: "page:x"),
        Case(event: "Promotion Clicked", properties: #"{"promotion_id":"b"}"#, name: "click", subject: "creative:b"),
        Case(
            event: "Product Removed", properties: #"{"product_id":"p"}"#, name: "remove_from_cart", subject: "product:p"
        ),
        Case(event: "Cart Viewed", properties: #"{"cart_id":"c"}"#, name: "page_view", subject: "page:cart"),
        Case(event: "Checkout Started", properties: #"{"order_id":"o"}"#, name: "Checkout Started", subject: nil),
        Case(event: "Checkout Step Viewed", properties: #"{"step":2}"#, name: "page_view", subject: "page:checkout/2"),
        Case(event: "Checkout Step Viewed", properties: "{}", name: "page_view", subject: "page:checkout"),
        Case(
            event: "Checkout Step Completed", properties: #"{"step":2}"#, name: "Checkout Step Completed",
            subject: nil),
        Case(event: "Payment Info Entered", properties: "{}", name: "Payment Info Entered", subject: nil),
        Case(event: "Order Updated", properties: #"{"order_id":"o"}"#, name: "Order Updated", subject: nil),
        Case(event: "Order Cancelled", properties: #"{"order_id":"o"}"#, name: "order_cancelled", subject: "order:o"),
        Case(event: "Order Shipped", properties: #"{"order_id":"o"}"#, name: "order_shipped", subject: "order:o"),
        Case(event: "order delivered", properties: #"{"order_id":"o"}"#, name: "order_completed", subject: "order:o"),
        Case(event: "Coupon Entered", properties: #"{"coupon_id":"c"}"#, name: "coupon_claimed", subject: "coupon:c"),
        Case(event: "Coupon Denied", properties: #"{"coupon_id":"c"}"#, name: "Coupon Denied", subject: nil),
        Case(event: "Coupon Removed", properties: #"{"coupon_id":"c"}"#, name: "Coupon Removed", subject: nil),
        Case(
            event: "Product Added to Wishlist", properties: #"{"product_id":"p"}"#, name: "Product Added to Wishlist",
            subject: nil),
        Case(
            event: "Product Removed from Wishlist", properties: "{}", name: "Product Removed from Wishlist",
            subject: nil),
        Case(
            event: "Wishlist Product Added to Cart", properties: #"{"product_id":"p"}"#, name: "add_to_cart",
            subject: "product:p"),
        Case(event: "Product Shared", properties: #"{"product_id":"p"}"#, name: "share", subject: "product:p"),
        Case(event: "Cart Shared", properties: #"{"share_via":"email"}"#, name: "share", subject: "page:cart"),
        Case(event: "Product Reviewed", properties: #"{"product_id":"p"}"#, name: "Product Reviewed", subject: nil),
        Case(event: "Watched Replay", properties: "{}", name: "Watched Replay", subject: nil),
    ]

    @Test(arguments: cases)
    func namesOfTheSpecificationBecomeCanonical(_ c: Case) async throws {
        let body = """
            {"userId":"u","event":"\(c.event)","properties":\(c.properties),"messageId":"m",
             "timestamp":"2026-11-23T00:00:00Z"}
            """
        let event = try #require(try await collected(body, type: "track").events.first)
        #expect(event.name.text == c.name)
        #expect(event.subject?.description == c.subject)
        #expect(event.id.text == "m")
    }

    @Test func anOrderBringsItsProducts() async throws {
        let body = """
            {"userId":"u","event":"Order Completed","messageId":"m","timestamp":"2026-11-23T00:00:00Z","properties":
             {"order_id":"o1","total":"30.50","currency":"USD","products":[{"product_id":"a","price":10,"quantity":2},
             {"sku":"b"},{"name":"no id"}]}}
            """
        let (events, receipts) = try await collected(body, type: "track")
        #expect(receipts.count == 1)
        #expect(events.map(\.name.text) == ["order_paid", "product_purchased", "product_purchased"])
        #expect(events.map(\.id.text) == ["m", "m#1", "m#2"])
        #expect(events.map(\.value?.minor) == [3050, 2000, nil])
        #expect(events.map { $0.subject?.description } == ["order:o1", "product:a", "product:b"])
    }

    @Test func aBatchSharesItsContextAndCorrectsTheClock() async throws {
        let body = """
            {"batch":[{"type":"identify","userId":"u","traits":{"city":"杭州"},"messageId":"1"},
             {"type":"page","anonymousId":"v","name":"Home","properties":{"path":"/home"},"messageId":"2",
              "timestamp":"2026-11-23T09:59:00Z"},
             {"type":"alias","previousId":"v","userId":"u","messageId":"3"},
             {"type":"group","userId":"u","groupId":"g","messageId":"4"},
             {"type":"screen","userId":"u","name":"Cart","messageId":"5"},
             {"type":"dance","userId":"u","messageId":"6"},{"type":"track","userId":"u","messageId":"7"},7],
             "context":{"library":{"name":"analytics.js"}},"sentAt":"2026-11-23T10:00:00Z","writeKey":"qyw_x"}
            """
        let (events, receipts) = try await collected(body, type: "batch")
        #expect(events.map(\.name.text) == ["identify", "page_view", "alias", "group", "page_view"])
        #expect(events.map(\.channel.text) == Array(repeating: "web", count: 5))
        #expect(events[0].properties["city"] == "杭州")
        #expect(events[1].person.text == "v")
        #expect(events[1].time.iso8601 == "2026-11-23T23:59:00.000Z")  // Sent a minute after it happened.
        #expect(events[1].subject?.description == "page:/home")
        #expect(events[2].properties["previousId"] == "v")
        let reasons = receipts.compactMap { receipt -> QuarantineReason? in
            guard case .quarantined(let refusal, _) = receipt.status else { return nil }
            return refusal.reason
        }
        #expect(reasons == [.unknownType, .missingName, .notAnObject])
    }

    struct AddressCase: Sendable, CustomTestStringConvertible {
        let why: String, context: String, properties: String, want: JSON?
        var testDescription: String { why }
    }

    static let addressCases = [
        AddressCase(why: "nobody asked for it", context: "{}", properties: "{}", want: nil),
        AddressCase(why: "expressly not", context: #"{"direct":false}"#, properties: "{}", want: nil),
        AddressCase(why: "asked for", context: #"{"direct":true}"#, properties: "{}", want: "203.0.113.7"),
        AddressCase(why: "no properties", context: #"{"direct":true}"#, properties: "null", want: "203.0.113.7"),
        AddressCase(
            why: "the sender knows better", context: #"{"direct":true,"ip":"198.51.100.1"}"#, properties: "{}",
            want: "198.51.100.1"),
        AddressCase(
            why: "a property of that name", context: #"{"direct":true}"#, properties: #"{"ip":"x"}"#, want: "x"),
        AddressCase(
            why: "an address that nobody asked for", context: #"{"ip":"1.2.3.4"}"#, properties: "{}", want: nil),
    ]

    @Test(arguments: addressCases)
    func theAddressIsKeptOnlyWhereTheSenderAsksForIt(_ c: AddressCase) async throws {
        let message =
            #"{"userId":"u","event":"Order Completed","messageId":"m","context":\#(c.context),"#
            + #""properties":\#(c.properties)"#
        let bodies = [
            (type: "track", body: message + "}"),
            (type: "batch", body: #"{"batch":[\#(message),"type":"track"}]}"#),
            (
                type: "batch",
                body: #"{"batch":[{"type":"identify","userId":"u","traits":\#(c.properties)}],"#
                    + #""context":\#(c.context)}"#
            ),
        ]
        for (type, body) in bodies {
            var request = request(body, type: type)
            request.remoteAddress = "203.0.113.7"
            let world = try CollectWorld()
            _ = try await world.collect()(SegmentFormat.envelope(request).items, format: .segment, source: testSource)
            #expect(world.collected.first?.properties["ip"] == c.want)
        }
    }

    @Test func theWriteKeyOfTheBodyIsHandedOut() throws {
        let envelope = try SegmentFormat.envelope(request(#"{"batch":[],"writeKey":"qyw_x"}"#, type: "batch"))
        #expect(envelope.key == "qyw_x")
        #expect(envelope.items.isEmpty)
    }

    @Test func aBatchWithoutMessagesIsRefused() {
        #expect(throws: CollectError.wrongShape(expected: "`batch`, an array of messages", got: "none")) {
            _ = try SegmentFormat.envelope(request("{}", type: "batch"))
        }
    }
}
