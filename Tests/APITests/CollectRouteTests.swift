import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("Events over HTTP")
struct CollectRouteTests {
    @Test("each element has its receipt, and a retry is a duplicate")
    func receipts() async throws {
        let world = try World()
        let event: JSON = ["person": "ana", "name": "click", "id": "e1"]
        let first = try await world.send(event, ["person": "ana"])
        #expect(first["receipts"]?.each("status") == ["accepted", "quarantined"])
        #expect(first["receipts"]?[1]?["reason"] == "missing_name")
        #expect(first["receipts"]?[1]?["quarantine_id"] == 1)
        #expect(first["accepted"] == 1)
        let again = try await world.post("/api/v1/events", event, as: "write")
        #expect(again["receipts"]?.each("status") == ["duplicate"])
        let none = try await world.send(["name": "click"], status: 422)
        #expect(none["quarantined"] == 1)
    }

    @Test("one event a line is read, and a broken line is set aside alone")
    func lines() async throws {
        let world = try World()
        let body = Array(#"{"person":"a","name":"click"}"#.utf8) + [0x0A] + Array(#"{"person":"#.utf8)
        let response = try await world.ask(
            .post, "/api/v1/events", type: "application/x-ndjson; charset=utf-8", body: body)
        #expect(response.status == 200)
        #expect(try response.json["receipts"]?.each("status") == ["accepted", "quarantined"])
    }

    struct BadBody: Sendable, CustomTestStringConvertible {
        let why: String, body: String, type: String?, status: Int, code: JSON
        var testDescription: String { why }
    }

    static let badBodies = [
        BadBody(why: "broken JSON", body: #"{"person": "#, type: nil, status: 400, code: "malformed_json"),
        BadBody(why: "nothing", body: "", type: "application/json", status: 400, code: "malformed_json"),
        BadBody(why: "a number", body: "5", type: "application/json", status: 400, code: "wrong_shape"),
        BadBody(why: "no event", body: "[]", type: "text/plain", status: 400, code: "empty"),
        BadBody(
            why: "too many events", body: "[" + String(repeating: "{},", count: 10_000) + "{}]", type: nil, status: 413,
            code: "too_many_events"),
        BadBody(
            why: "a form", body: "a=b", type: "application/x-www-form-urlencoded", status: 415,
            code: "unsupported_media_type"),
    ]

    @Test("a bad body is refused with its reason", arguments: badBodies)
    func badBody(_ bad: BadBody) async throws {
        let world = try World()
        let response = try await world.ask(.post, "/api/v1/events", type: bad.type, body: Array(bad.body.utf8))
        #expect(response.status == bad.status)
        #expect(try response.json["code"] == bad.code)
        #expect(try response.json["detail"]?.stringValue?.isEmpty == false)
    }

    @Test("nothing is acknowledged that is not on disk")
    func broken() async throws {
        let world = try World()
        world.breakJournal()
        let answer = try await world.send(["person": "a", "name": "click"], status: 503)
        #expect(answer["code"] == "unavailable")
    }

    @Test("a message of Segment is answered as Segment does, with the counts in a header")
    func segment() async throws {
        let world = try World()
        let batch: JSON = [
            "batch": [
                ["type": "track", "userId": "mei", "event": "Product Viewed", "properties": ["product_id": "p1"]],
                ["type": "track", "userId": "mei"],
            ]
        ]
        let response = try await world.ask(.post, "/v1/batch", as: "write", body: batch.bytes)
        #expect(try response.json == ["success": true])
        #expect(response.headers["X-Quanyu-Receipt"] == "r0; accepted=1, duplicate=0, quarantined=1")
        let receipt = try await world.get("/api/v1/receipts/r0")
        #expect(receipt["format"] == "segment")
        #expect(receipt["receipts"]?.each("status") == ["accepted", "quarantined"])
        let person = try await world.get("/api/v1/people/mei")
        #expect(person["events"]?.each("name") == ["product_view"])
        #expect(person["events"]?.each("title") == ["Tea p1"])
    }

    @Test("Segment's key may come in the body; without one, or with a wrong one, nothing is taken")
    func segmentKey() async throws {
        let world = try World()
        for (key, status) in [("write", 200), ("read", 403), ("nonsense", 401), (nil, 401)] as [(String?, Int)] {
            var message: JSONObject = JSONObject()
            message.append("userId", "mei")
            message.append("event", "Signed Up")
            if let key { message.append("writeKey", .string(key)) }
            let response = try await world.ask(.post, "/v1/track", as: nil, body: JSON.object(message).bytes)
            #expect(response.status == status)
        }
        #expect(world.eventCount == 1)
        let broken = try await world.ask(.post, "/v1/track", as: nil, body: Array("{".utf8))
        #expect(broken.status == 401)
        #expect(try await world.ask(.post, "/v1/track", body: Array("{".utf8)).status == 400)
        #expect(try await world.ask(.post, "/v1/track", type: "text/xml", body: Array("{}".utf8)).status == 415)
    }

    @Test("a receipt is shown to its own source and to readers, for as long as receipts are kept")
    func keptReceipts() async throws {
        let world = try World()
        let answer = try await world.send(["person": "a", "name": "click"])
        let path = "/api/v1/receipts/\(answer["receipt"]?.stringValue ?? "")"
        for (key, status) in [("write", 200), ("read", 200), ("nonsense", 401)] {
            #expect(try await world.ask(.get, path, as: key).status == status)
        }
        for other in ["r9", "r", "r-1", "x1", "r00"] {
            #expect(try await world.ask(.get, "/api/v1/receipts/\(other)").status == 404)
        }
        world.pass(.days(31))
        #expect(try await world.ask(.get, path).status == 404)
    }

    struct PageCase: Sendable, CustomTestStringConvertible {
        let why: String, header: String?, query: String, status: Int, code: String?
        var testDescription: String { why }
    }

    static let pageCases = [
        PageCase(why: "a write key in the address", header: nil, query: "key=write", status: 200, code: nil),
        PageCase(why: "the first of two", header: nil, query: "key=write&key=nonsense", status: 200, code: nil),
        PageCase(
            why: "an administrator's key in the address", header: nil, query: "key=admin", status: 403,
            code: "key_in_address"),
        PageCase(why: "a key that may not", header: nil, query: "key=read", status: 403, code: "forbidden"),
        PageCase(why: "an unknown key", header: nil, query: "key=none", status: 401, code: "unauthenticated"),
        PageCase(why: "an empty key", header: nil, query: "key=", status: 401, code: "unauthenticated"),
        PageCase(
            why: "a bad header is not made good by the address", header: "none", query: "key=write", status: 401,
            code: "unauthenticated"),
        PageCase(why: "the header alone counts", header: "admin", query: "key=none", status: 200, code: nil),
    ]

    @Test("a page sends text with its write key in the address", arguments: pageCases)
    func fromPages(_ c: PageCase) async throws {
        let world = try World()
        let event = Array(#"[{"person":"a","name":"click"}]"#.utf8)
        let question = Array(#"{"person":"a","surface":"home","count":1,"candidates":["product:1"]}"#.utf8)
        for (path, body) in [("/api/v1/events", event), ("/api/v1/decide", question)] {
            let response = try await world.ask(
                .post, path, query: c.query, as: c.header, type: "text/plain;charset=UTF-8", body: body)
            #expect(response.status == c.status)
            if let code = c.code { #expect(try response.json["code"] == .string(code)) }
        }
        #expect(try await world.ask(.get, "/api/v1/receipts/r0", query: "key=admin", as: nil).status == 401)
    }

    @Test("a key opens only its own doors")
    func doors() async throws {
        let world = try World()
        let body = Array(#"{"person":"a","name":"click"}"#.utf8)
        #expect(try await world.ask(.post, "/api/v1/events", as: "read", body: body).status == 403)
        #expect(try await world.ask(.post, "/api/v1/events", as: nil, body: body).status == 401)
        #expect(try await world.ask(.get, "/api/v1/overview", as: "write").status == 403)
        #expect(try await world.ask(.post, "/api/v1/quarantine/replay", as: "read").status == 403)
        #expect(try await world.ask(.get, "/metrics", as: "read").status == 200)
        #expect(try await world.ask(.get, "/metrics", as: nil).status == 401)
    }
}
