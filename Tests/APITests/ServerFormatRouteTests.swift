import Base
import Collect
import Domain
import HTTPServer
import Testing

@testable import API

/// What clients of other systems hear.
@Suite("Formats of servers over HTTP")
struct ServerFormatRouteTests {
    private static let track: JSON = ["type": "track", "userId": "mei", "event": "Product Viewed"]

    private func text(_ response: HTTPResponse) -> String {
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("an error of Segment's routes has the `message` that clients read")
    func message() async throws {
        let response = try await World().ask(.post, "/v1/batch", as: nil, body: Array("{}".utf8))
        #expect(response.status == 401)
        #expect(try response.json["message"] == response.json["detail"])
        #expect(try response.json["code"] == "unauthenticated")
    }

    struct RudderCase: Sendable, CustomTestStringConvertible {
        let path: String, query: String, key: String?, body: String, status: Int, text: String
        var testDescription: String { "\(path) \(status) \(text)" }
    }

    static let rudderCases = [
        RudderCase(path: "/v1/merge", query: "", key: "write", body: #"{"userId":"u"}"#, status: 200, text: "OK"),
        RudderCase(
            path: "/v1/audiencelist", query: "", key: "write", body: #"{"userId":"u"}"#, status: 200, text: "OK"),
        RudderCase(path: "/v1/merge", query: "", key: "write", body: "{", status: 400, text: "invalid json"),
        RudderCase(path: "/v1/merge", query: "", key: "write", body: "", status: 400, text: "request body is nil"),
        RudderCase(path: "/v1/merge", query: "", key: "other", body: "{}", status: 401, text: "invalid write key"),
        RudderCase(
            path: "/v1/merge", query: "", key: nil, body: "{}", status: 401, text: "failed to read writekey from header"
        ),
        RudderCase(
            path: "/beacon/v1/batch", query: "writeKey=write", key: nil, body: #"{"batch":[{"type":"page"}]}"#,
            status: 200, text: "OK"),
        RudderCase(
            path: "/beacon/v1/batch", query: "writeKey=write", key: nil, body: #"{"batch":[]}"#, status: 400,
            text: "empty batch payload"),
        RudderCase(
            path: "/beacon/v1/batch", query: "writeKey=other", key: nil, body: #"{"batch":[]}"#, status: 401,
            text: "invalid write key"),
        RudderCase(
            path: "/beacon/v1/batch", query: "", key: nil, body: #"{"batch":[]}"#, status: 401,
            text: "failed to read writekey from query params"),
    ]

    @Test("RudderStack's own routes answer in its words", arguments: rudderCases)
    func rudder(_ c: RudderCase) async throws {
        let response = try await World().ask(.post, c.path, query: c.query, as: c.key, body: Array(c.body.utf8))
        #expect(response.status == c.status)
        #expect(text(response) == c.text)
        #expect(response.headers["Content-Type"]?.hasPrefix("text/plain") == true)
    }

    @Test("a refusal of RudderStack's routes tells when to try again")
    func rudderUnavailable() async throws {
        let world = try World()
        world.breakJournal()
        let response = try await world.ask(.post, "/v1/merge", as: "write", body: Array(#"{"userId":"u"}"#.utf8))
        #expect(response.status == 503)
        #expect(text(response) == "service unavailable")
        #expect(response.headers["Retry-After"] == "1")
    }

    @Test("the pixel is answered whatever becomes of the event, and nobody keeps it")
    func pixel() async throws {
        let world = try World()
        for (key, status) in [("write", 200), ("other", 401), ("", 401)] {
            let query = "writeKey=\(key)&anonymousId=a&event=Signed%20Up"
            let response = try await world.ask(.get, "/pixel/v1/track", query: query, as: nil)
            #expect(response.status == status)
            #expect(text(response).hasPrefix("GIF89a"))
            #expect(response.headers["Cache-Control"] == "no-store")
        }
        let page = try await world.ask(.get, "/pixel/v1/page", query: "writeKey=write&anonymousId=a", as: nil)
        #expect(page.headers["X-Quanyu-Receipt"]?.hasSuffix("accepted=1, duplicate=0, quarantined=0") == true)
        #expect(world.eventCount == 2)
        #expect(world.eventCount == 2)
        let head = await world.answer(.head, "/pixel/v1/page")
        #expect(head.status == 200)
        #expect(head.headers["X-Quanyu-Receipt"] == nil)
    }

    @Test("the version is told to whoever asks")
    func version() async throws {
        let world = try World { $0.version = "1.2.3" }
        #expect(try await world.ask(.get, "/version", as: nil).json == ["Version": "1.2.3"])
    }

    @Test(
        "Jitsu's clients hear `ok`, with the reason where it is not", arguments: ["/api/s/track", "/api/s/s2s/track"])
    func jitsu(_ path: String) async throws {
        let world = try World()
        let taken = try await world.ask(.post, path, query: "writeKey=write", as: nil, body: Self.track.bytes)
        #expect(taken.status == 200)
        #expect(try taken.json == ["ok": true])
        let refused = try await world.ask(.post, path, as: nil, body: Self.track.bytes)
        #expect(refused.status == 401)
        #expect(try refused.json == ["ok": false, "error": "no key"])
        #expect(world.eventCount == 1)
    }

    @Test("the Measurement Protocol is answered without a body, its validation with messages")
    func ga4() async throws {
        let world = try World()
        let body: JSON = ["client_id": "c", "events": [["name": "sign_up"], ["name": ""]]]
        let query = "measurement_id=G-1&api_secret=write"
        let taken = try await world.ask(.post, "/mp/collect", query: query, as: nil, body: body.bytes)
        #expect(taken.status == 204)
        #expect(text(taken) == "")
        #expect(taken.headers["X-Quanyu-Receipt"] == "r0; accepted=1, duplicate=0, quarantined=1")
        let refused = try await world.ask(.post, "/mp/collect", query: "api_secret=other", as: nil, body: body.bytes)
        #expect(refused.status == 401)
        let told = try await world.ask(.post, "/debug/mp/collect", as: nil, body: body.bytes)
        #expect(try told.json["validationMessages"]?.each("validationCode") == ["NAME_INVALID"])
        #expect(world.eventCount == 1)
    }

    @Test("Braze's clients hear how many of each were taken, and which were not")
    func braze() async throws {
        let world = try World()
        let body: JSON = [
            "attributes": [["external_id": "u", "city": "杭州"]],
            "events": [["external_id": "u", "name": "go"], ["external_id": "u"], ["name": "go"]],
        ]
        let response = try await world.ask(.post, "/users/track", as: "write", body: body.bytes)
        #expect(response.status == 201)
        let answer = try response.json
        #expect(answer["message"] == "success")
        #expect(answer["attributes_processed"] == 1)
        #expect(answer["events_processed"] == 1)
        #expect(answer["purchases_processed"] == nil)
        #expect(answer["errors"]?.each("input_array") == ["events", "events"])
        #expect(answer["errors"]?.each("index") == [1, 2])
        let whole = try await world.ask(.post, "/users/track", as: "write", body: Array(#"{"events":[]}"#.utf8))
        #expect(whole.status == 400)
        #expect(try whole.json["message"]?.stringValue?.hasPrefix("Valid data must be provided") == true)
        let keyInBody: JSON = ["api_key": "write", "events": [["external_id": "u", "name": "go"]]]
        #expect(try await world.ask(.post, "/users/track", as: nil, body: keyInBody.bytes).status == 201)
        let refused = try await world.ask(.post, "/users/track", as: "other", body: body.bytes)
        #expect(refused.status == 401)
        #expect(try refused.json == ["message": "no key", "errors": []])
    }

    @Test("a CloudEvent is answered as a webhook's receiver answers")
    func cloudevents() async throws {
        let world = try World()
        let good = #"{"specversion":"1.0","id":"1","source":"/s","type":"click","person":"p"}"#
        for (body, type, status) in [
            (good, "application/cloudevents+json", 204), ("[\(good),{}]", "application/cloudevents-batch+json", 202),
            ("{", "application/cloudevents+json", 400), ("x", "application/cloudevents+avro", 415),
        ] {
            let response = try await world.ask(
                .post, "/api/v1/cloudevents", as: "write", type: type, body: Array(body.utf8))
            #expect(response.status == status)
        }
        let query = "access_token=write"
        #expect(
            try await world.ask(.post, "/api/v1/cloudevents", query: query, as: nil, body: Array(good.utf8)).status
                == 204)
        #expect(world.eventCount == 1)
    }

    @Test("a sender of webhooks may ask whether it is welcome")
    func permission() async throws {
        let world = try World()
        let plain = try await world.ask(.options, "/api/v1/cloudevents", as: nil)
        #expect(plain.status == 204)
        #expect(plain.headers["Allow"] == "POST, OPTIONS")
        let headers: HTTPHeaders = ["WebHook-Request-Origin": "emitter.example.com", "WebHook-Request-Rate": "120"]
        let asked = await world.answer(.options, "/api/v1/cloudevents", headers)
        #expect(asked.status == 200)
        #expect(asked.headers["WebHook-Allowed-Origin"] == "emitter.example.com")
        #expect(asked.headers["WebHook-Allowed-Rate"] == "*")
    }
}
