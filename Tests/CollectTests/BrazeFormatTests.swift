import Base
import Collect
import Domain
import Testing

@Suite struct BrazeFormatTests {
    private func collected(_ body: String) async throws -> (events: [Event], reasons: [QuarantineReason]) {
        try await collect(BrazeFormat.envelope(wireRequest(body)).items, .braze)
    }

    /// The example of Braze's own page, its odd hour east of Greenwich included.
    static let documented = """
        {"attributes":[{"external_id":"user_identifier","string_attribute":"fruit","integer_attribute":25,
          "array_attribute":["banana","apple"]}],
         "events":[{"external_id":"user_identifier","app_id":"app","name":"watched_trailer",
          "time":"2013-07-16T19:20:30+1:00"}],
         "purchases":[{"external_id":"user_identifier","app_id":"app","product_id":"product_name","currency":"USD",
          "price":12.12,"quantity":6,"time":"2017-05-12T18:47:12Z","properties":{"integer_property":3}}]}
        """

    @Test func theDocumentedExampleIsRead() async throws {
        let (events, reasons) = try await collected(Self.documented)
        #expect(reasons == [])
        try #require(events.map(\.name.text) == ["identify", "watched_trailer", "order_paid", "product_purchased"])
        #expect(Set(events.map(\.person.text)) == ["user_identifier"])
        #expect(events[0].properties["array_attribute"] == ["banana", "apple"])
        #expect(events[0].properties["external_id"] == nil)
        #expect(events[1].time.iso8601 == "2013-07-16T18:20:30.000Z")
        #expect(events.map(\.value?.minor) == [nil, nil, 7272, 7272])
        #expect(events[3].subject?.description == "product:product_name")
        #expect(events[3].properties["integer_property"] == 3)
        #expect(events[2].subject == nil)
    }

    @Test func aRetryIsADuplicate() async throws {
        let event = #"{"external_id":"u","name":"go","time":"2026-11-23T00:00:00Z"}"#
        let purchase =
            #"{"external_id":"u","product_id":"p","currency":"CNY","price":1,"time":"2026-11-23T00:00:00Z"}"#
        let body = #"{"events":[\#(event),\#(event)],"purchases":[\#(purchase),\#(purchase)]}"#
        #expect(try await collected(body).events.map(\.name.text) == ["go", "order_paid", "product_purchased"])
    }

    struct PurchaseCase: Sendable, CustomTestStringConvertible {
        let why: String, fields: String, want: [String]
        var testDescription: String { why }
    }

    static let purchaseCases = [
        PurchaseCase(
            why: "one is the quantity", fields: #""product_id":"p","price":5"#,
            want: ["order_paid - 500", "product_purchased product:p 500"]),
        PurchaseCase(
            why: "an order's id among the properties",
            fields: #""product_id":"p","price":5,"properties":{"order_id":9}"#,
            want: ["order_paid order:9 500", "product_purchased product:p 500"]),
        PurchaseCase(
            why: "a price below zero is a refund", fields: #""product_id":"p","price":-2.5,"quantity":2"#,
            want: ["order_refunded - 500"]),
        PurchaseCase(
            why: "free", fields: #""product_id":"p","price":0"#,
            want: [
                "order_paid - 0", "product_purchased product:p 0",
            ]),
        PurchaseCase(why: "no product", fields: #""price":5"#, want: ["invalid_subject"]),
        PurchaseCase(why: "no price", fields: #""product_id":"p""#, want: ["invalid_value"]),
        PurchaseCase(
            why: "no currency of this world", fields: #""product_id":"p","price":5,"currency":"¥""#,
            want: [
                "invalid_value"
            ]),
    ]

    @Test(arguments: purchaseCases)
    func aPurchaseCountsOnceTowardsGMV(_ c: PurchaseCase) async throws {
        let result = try await collected(#"{"purchases":[{"external_id":"u",\#(c.fields)}]}"#)
        let told = result.events.map { "\($0.name) \($0.subject?.description ?? "-") \($0.value?.minor ?? -1)" }
        #expect(told + result.reasons.map(\.rawValue) == c.want)
    }

    @Test func recommendedEventsBecomeCanonical() async throws {
        let body = """
            {"events":[
              {"external_id":"u","name":"ecommerce.product_viewed","properties":{"product_id":"p","price":3}},
              {"external_id":"u","name":"ecommerce.order_placed","properties":{"order_id":"o","total_value":7.5,
               "currency":"USD","products":[{"product_id":"p","quantity":2,"price":3},{"product_id":"q"},5]}},
              {"external_id":"u","name":"ecommerce.order_refunded","properties":{"order_id":"o","total_value":1}},
              {"external_id":"u","name":"ecommerce.order_cancelled","properties":{"order_id":"o"}},
              {"external_id":"u","name":"ecommerce.cart_updated","properties":{"cart_id":"c"}}]}
            """
        let events = try await collected(body).events
        #expect(
            events.map { "\($0.name) \($0.subject?.description ?? "-") \($0.value?.minor ?? -1)" } == [
                "product_view product:p -1", "order_paid order:o 750", "product_purchased product:p 600",
                "product_purchased product:q -1", "order_refunded order:o 100", "order_cancelled order:o -1",
                "ecommerce.cart_updated - -1",
            ])
    }

    struct IdentityCase: Sendable, CustomTestStringConvertible {
        let fields: String, person: String, identifiers: [String]
        var testDescription: String { fields }
    }

    static let identityCases = [
        IdentityCase(
            fields: #""external_id":"u","email":"Ana @shop.cn""#, person: "u", identifiers: ["login u"]),
        IdentityCase(
            fields: #""external_id":"u","email":"Ana@shop.cn""#, person: "u",
            identifiers: ["login u", "email_hash \(ContactIdentifierTests.email)"]),
        IdentityCase(
            fields: #""external_id":"u","email":" Ana@shop.cn""#, person: "u",
            identifiers: ["login u", "email_hash \(ContactIdentifierTests.email)"]),
        IdentityCase(fields: #""external_id":7"#, person: "7", identifiers: ["login 7"]),
        IdentityCase(
            fields: #""user_alias":{"alias_name":"n","alias_label":"l"}"#, person: "l:n", identifiers: ["anonymous l:n"]
        ),
        IdentityCase(
            fields: #""braze_id":"b","user_alias":{"alias_name":"n","alias_label":"l"},"external_id":"""#, person: "b",
            identifiers: ["anonymous b", "anonymous l:n"]),
        IdentityCase(
            fields: #""external_id":null,"phone":"138 0013 8000""#, person: ContactIdentifierTests.phone,
            identifiers: ["phone_hash \(ContactIdentifierTests.phone)"]),
    ]

    @Test(arguments: identityCases)
    func aUserIsKnownByAnyOfBrazesIds(_ c: IdentityCase) async throws {
        let event = try #require(try await collected(#"{"events":[{"name":"go",\#(c.fields)}]}"#).events.first)
        #expect(event.person.text == c.person)
        #expect(event.identifiers.map { "\($0.kind.code) \($0.id)" } == c.identifiers)
    }

    @Test func badElementsAreSetAside() async throws {
        let body = #"{"attributes":[5],"events":[{"external_id":"u"},{"name":"go"}],"purchases":null}"#
        #expect(try await collected(body).reasons == [.notAnObject, .missingName, .missingPerson])
    }

    @Test func badRequestsAreRefused() throws {
        #expect(throws: CollectError.wrongShape(expected: "an object whose `events` is an array", got: "object")) {
            _ = try BrazeFormat.envelope(wireRequest(#"{"events":{}}"#))
        }
        #expect(throws: CollectError.wrongShape(expected: "an object", got: "array")) {
            _ = try BrazeFormat.envelope(wireRequest("[]"))
        }
        #expect(try BrazeFormat.envelope(wireRequest(#"{"api_key":"k"}"#)).key == "k")
    }
}
