import Base
import Collect
import Domain
import HTTPServer
import TestSupport
import Testing

@testable import API

@Suite struct WebhookRouteTests {
    private static let mapping: JSON = [
        "records": [
            [
                "fields": [
                    "id": ["template": "{order.number}"], "person": "order.buyer.id", "name": ["const": "order_paid"],
                    "value": ["amount": ["number": "/order/total"], "currency": ["const": "CNY"]],
                ]
            ]
        ]
    ]
    private static let body: JSON = ["order": ["number": "A1", "buyer": ["id": "li"], "total": "¥9.90"]]

    private func world(check: JSON = ["kind": "none"], secret: JSON = .null, mapping: JSON = mapping) async throws
        -> World
    {
        let world = try World()
        let declared: JSON = ["mapping": mapping, "check": check, "secret": secret]
        let answer = try await world.ask(
            .put, "/api/v1/webhooks/shop-a", type: "application/json", body: declared.bytes)
        try #require(answer.status == 200)
        return world
    }

    @Test func nestedJSONBecomesAnEventOfTheWebhooksOwnSource() async throws {
        let world = try await world()
        let answer = try await world.ask(.post, "/api/v1/hooks/shop-a", as: nil, body: Self.body.bytes)
        #expect(answer.status == 200)
        #expect(answer.headers["X-Quanyu-Receipt"]?.contains("accepted=1") == true)
        let page = try await world.get("/api/v1/people/li")
        #expect(page.text.contains("order_paid") && page.text.contains("990"))
        let again = try await world.ask(.post, "/api/v1/hooks/shop-a", as: nil, body: Self.body.bytes)
        #expect(try again.json["duplicate"] == 1)
    }

    struct Signed: Sendable, CustomTestStringConvertible {
        let why: String, check: JSON, header: (String, String)?
        var query = ""
        let status: Int
        var testDescription: String { why }
    }

    private static let key = "s3cret"
    private static let digest = SHA256.hmac(body.bytes, key: Array(key.utf8))
    private static let github: JSON = ["kind": "hmac", "header": "X-Hub-Signature-256", "prefix": "sha256="]
    private static let shopify: JSON = ["kind": "hmac", "header": "X-Shopify-Hmac-SHA256", "encoding": "base64"]
    private static let stripe: JSON = ["kind": "timestamped", "header": "Stripe-Signature"]

    private static func stamped(_ seconds: Int64, _ key: String) -> String {
        let digest = SHA256.hmac(Array("\(seconds).".utf8) + body.bytes, key: Array(key.utf8))
        return "t=\(seconds),v1=00,v1=\(Hex.encode(digest))"
    }

    private static let now = ManualClock().now.unixMs / 1000

    static let signed = [
        Signed(
            why: "GitHub's signature", check: github,
            header: ("X-Hub-Signature-256", "sha256=" + Hex.encode(digest)), status: 200),
        Signed(
            why: "another signature", check: github,
            header: ("X-Hub-Signature-256", "sha256=" + Hex.encode(SHA256.digest([]))), status: 401),
        Signed(why: "no signature", check: github, header: nil, status: 401),
        Signed(
            why: "a signature without its prefix", check: github, header: ("X-Hub-Signature-256", Hex.encode(digest)),
            status: 401),
        Signed(
            why: "Shopify's signature", check: shopify, header: ("X-Shopify-Hmac-SHA256", Base64.encode(digest)),
            status: 200),
        Signed(
            why: "Stripe's signature, the second of two", check: stripe,
            header: ("Stripe-Signature", stamped(now, key)), status: 200),
        Signed(
            why: "Stripe's signature of an hour ago", check: stripe,
            header: ("Stripe-Signature", stamped(now - 3600, key)), status: 401),
        Signed(
            why: "Stripe's signature by another secret", check: stripe,
            header: ("Stripe-Signature", stamped(now, "other")), status: 401),
        Signed(why: "no time in it", check: stripe, header: ("Stripe-Signature", "v1=00"), status: 401),
        Signed(
            why: "a shared token", check: ["kind": "token", "header": "X-Token", "prefix": ""],
            header: ("X-Token", key), status: 200),
        Signed(
            why: "a token in the query", check: ["kind": "query_token", "parameter": "k"], header: nil,
            query: "k=s3cret", status: 200),
        Signed(
            why: "another token in the query", check: ["kind": "query_token", "parameter": "k"], header: nil,
            query: "k=s3cre", status: 401),
    ]

    @Test(arguments: signed)
    func theSenderProvesItselfOrIsRefused(_ c: Signed) async throws {
        let world = try await world(check: c.check, secret: .string(Self.key))
        var headers: HTTPHeaders = [:]
        if let (name, value) = c.header { headers[name] = value }
        let answer = try await world.ask(
            .post, "/api/v1/hooks/shop-a", query: c.query, as: nil, headers: headers, body: Self.body.bytes)
        #expect(answer.status == c.status)
        #expect(world.eventCount == (c.status == 200 ? 1 : 0))
    }

    @Test func aSecretIsNeverShownAndStaysWhereNoneIsSent() async throws {
        let world = try await world(check: Self.github, secret: .string(Self.key))
        let list = try await world.get("/api/v1/webhooks")
        #expect(list["webhooks"]?[0]?["has_secret"] == true && !list.text.contains(Self.key))
        let changed: JSON = ["mapping": Self.mapping, "check": Self.github]
        _ = try await world.ask(
            .put, "/api/v1/webhooks/shop-a", type: "application/json", body: changed.bytes)
        let answer = try await world.ask(
            .post, "/api/v1/hooks/shop-a", as: nil,
            headers: ["X-Hub-Signature-256": "sha256=" + Hex.encode(Self.digest)], body: Self.body.bytes)
        #expect(answer.status == 200)
        #expect(!world.audit.contains { JSON.object($0.detail).text.contains(Self.key) })
    }

    @Test func whatIsRefusedCanBeTriedAgainOnceTheMappingIsMended() async throws {
        let broken: JSON = ["records": [["fields": ["name": ["const": "order_paid"], "person": "nobody"]]]]
        let world = try await world(mapping: broken)
        let answer = try await world.ask(.post, "/api/v1/hooks/shop-a", as: nil, body: Self.body.bytes)
        #expect(try answer.json["quarantined"] == 1)
        let replayed = try await world.post("/api/v1/quarantine/replay", ["ids": [1]])
        #expect(replayed["quarantined"] == 1)
        let mended: JSON = ["mapping": Self.mapping, "check": ["kind": "none"]]
        _ = try await world.ask(.put, "/api/v1/webhooks/shop-a", type: "application/json", body: mended.bytes)
        #expect(try await world.post("/api/v1/quarantine/replay", ["ids": [1]])["accepted"] == 1)
    }

    @Test func aListInTheBodyIsTakenElementByElementAndTheAnswerIsTheOneDeclared() async throws {
        let world = try World()
        let declared: JSON = [
            "mapping": [
                "elements": "/data/orders",
                "records": [
                    ["when": "paid", "fields": ["person": "who", "name": ["const": "order_paid"], "id": "n"]]
                ],
            ], "check": ["kind": "none"], "answer": ["status": 202, "type": "text/plain", "body": "success"],
        ]
        _ = try await world.ask(.put, "/api/v1/webhooks/w", type: "application/json", body: declared.bytes)
        let body =
            #"{"data":{"orders":[{"who":"a","n":"1","paid":1},{"who":"b","n":"2","paid":0},{"n":"3","paid":1}]}}"#
        let answer = try await world.ask(.post, "/api/v1/hooks/w", as: nil, body: Array(body.utf8))
        #expect(answer.status == 202 && answer.headers["Content-Type"] == "text/plain")
        #expect(answer.headers["X-Quanyu-Receipt"]?.contains("accepted=1, duplicate=0, quarantined=1") == true)
        let none = try await world.ask(.post, "/api/v1/hooks/w", as: nil, body: Array(#"{"ping":1}"#.utf8))
        #expect(none.status == 202 && world.eventCount == 1)
    }

    static let refused: [JSON] = [
        ["check": ["kind": "none"]], ["mapping": mapping, "check": ["kind": "magic"]],
        ["mapping": mapping, "check": github],
        ["mapping": ["into": "catalog", "records": [["fields": ["subject": "x"]]]], "check": ["kind": "none"]],
        ["mapping": ["records": []], "check": ["kind": "none"]],
        ["mapping": mapping, "check": ["kind": "none"], "answer": ["status": 500]],
    ]

    @Test(arguments: refused)
    func aWebhookThatIsNoneIsRefused(body: JSON) async throws {
        let world = try World()
        let answer = try await world.ask(
            .put, "/api/v1/webhooks/shop-a", type: "application/json", body: body.bytes)
        #expect(answer.status == 400)
    }

    @Test func onlyThoseWhoOperateDeclareAndWhatIsGoneTakesNothing() async throws {
        let world = try await world()
        let body: JSON = ["mapping": Self.mapping, "check": ["kind": "none"]]
        let refused = try await world.ask(
            .put, "/api/v1/webhooks/other", as: "read", type: "application/json", body: body.bytes)
        #expect(refused.status == 403)
        #expect(try await world.ask(.delete, "/api/v1/webhooks/shop-a").status == 204)
        #expect(try await world.ask(.delete, "/api/v1/webhooks/shop-a").status == 404)
        let answer = try await world.ask(.post, "/api/v1/hooks/shop-a", as: nil, body: Self.body.bytes)
        #expect(answer.status == 404)
        #expect(world.audit.map(\.action) == [.webhookSaved, .webhookRemoved])
    }

    @Test func aMappingIsTriedWithoutAnythingBeingTaken() async throws {
        let world = try World()
        let tried = try await world.post(
            "/api/v1/mapping-trial", ["mapping": Self.mapping, "body": [Self.body, ["order": [:]]]])
        #expect(tried["elements"]?.each("status") == ["accepted", "quarantined"])
        #expect(tried["elements"]?[0]?["records"]?[0]?["person"] == "li")
        #expect(tried["elements"]?[1]?["reason"] == "missing_person")
        #expect(world.eventCount == 0)
        let text = try await world.post(
            "/api/v1/mapping-trial", ["mapping": Self.mapping, "body": .string(Self.body.text)])
        #expect(text["elements"]?.each("status") == ["accepted"])
    }

    @Test func mappingsAreKeptUnderANameAndGuessedFromRows() async throws {
        let world = try World()
        let saved = try await world.ask(
            .put, "/api/v1/mappings/orders", type: "application/json", body: (["mapping": Self.mapping] as JSON).bytes)
        #expect(saved.status == 200)
        #expect(try await world.get("/api/v1/mappings")["mappings"]?.each("name") == ["orders"])
        #expect(try await world.ask(.delete, "/api/v1/mappings/orders").status == 204)
        let guess = try await world.post("/api/v1/mapping-guess", ["rows": [["用户ID": 1, "手机号": "13800138000"]]])
        #expect(guess["columns"]?.each("role") == ["person", "phone"])
        #expect(guess["mapping"]?["records"]?[0]?["fields"]?["ids"]?["phone_hash"] == ["hash": "手机号", "as": "phone"])
    }
}
