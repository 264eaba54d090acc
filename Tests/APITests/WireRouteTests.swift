import Base
import Collect
import Domain
import HTTPServer
import Testing

@testable import API

@Suite("Formats of other systems over HTTP")
struct WireRouteTests {
    private static let postHogEvent: JSON = ["api_key": "write", "event": "joined", "distinct_id": "ana"]

    @Test(
        "PostHog's routes take events with and without a slash at their end",
        arguments: [
            "/e", "/e/", "/capture/", "/track", "/engage/", "/i/v0/e", "/i/v0/e/", "/i/v0/ai/batch/", "/batch",
            "/batch/",
        ])
    func postHog(path: String) async throws {
        let world = try World()
        let response = try await world.ask(.post, path, as: nil, body: Self.postHogEvent.bytes)
        #expect(response.status == 200)
        #expect(try response.json == ["status": "Ok"])
        #expect(response.headers["X-Quanyu-Receipt"] == "r0; accepted=1, duplicate=0, quarantined=0")
        #expect(world.eventCount == 1)
    }

    @Test("PostHog's clients hear of a refusal in plain text")
    func postHogRefusals() async throws {
        let world = try World()
        let cases: [(body: String, key: String?, status: Int)] = [
            (#"{"event":"x","distinct_id":"a"}"#, nil, 401),
            (#"{"event":"x","distinct_id":"a","api_key":"phx_personal"}"#, nil, 401),
            (#"{"event":"x","distinct_id":"a","api_key":"read"}"#, nil, 403),
            (#"[{"event":"x","api_key":"write"},{"event":"x","api_key":"other"}]"#, nil, 401),
            (#"[{"event":"x","api_key":"write"},{"event":"x","api_key":"other"}]"#, "write", 400),
            ("{", "write", 400), ("[]", "write", 400),
        ]
        for (body, key, status) in cases {
            let response = try await world.ask(.post, "/batch", as: key, body: Array(body.utf8))
            #expect(response.status == status)
            #expect(response.headers["Content-Type"] == "text/plain; charset=utf-8")
        }
        #expect(world.eventCount == 0)
        let get = try await world.ask(
            .get, "/e", query: "data=" + Base64.encode(Self.postHogEvent.bytes).prefix { $0 != "=" }, as: nil)
        #expect(get.status == 200)
    }

    @Test("PostHog's recordings are answered as taken, counted as rejected and not kept", arguments: ["/s", "/s/"])
    func postHogRecordings(path: String) async throws {
        let world = try World()
        let body: JSON = [["event": "$snapshot", "distinct_id": "ana", "properties": ["token": "write"]]]
        let response = try await world.ask(.post, path, as: nil, body: body.bytes)
        #expect(response.status == 200)
        #expect(try response.json == ["status": "Ok"])
        #expect(world.eventCount == 0)
        let sources = try await world.get("/api/v1/sources")["sources"]
        #expect(sources?[0]?["rejected"] == 1)
        #expect(sources?[0]?["reasons"] == ["recording_not_kept": 1])
    }

    @Test("PostHog's second API tells what became of each event, and refuses in problem details")
    func postHogAnalytics() async throws {
        let world = try World()
        let path = "/i/v1/analytics/events"
        let body: JSON = ["batch": [["event": "joined", "uuid": "u1", "distinct_id": "a"], ["uuid": "u2"]]]
        let response = try await world.ask(.post, path, as: "write", body: body.bytes)
        #expect(response.status == 200)
        #expect(try response.json["results"]?["u1"] == ["result": "ok"])
        #expect(try response.json["results"]?["u2"]?["result"] == "warning")
        #expect(world.eventCount == 1)
        let refused = try await world.ask(.post, path, as: nil, body: body.bytes)
        #expect(refused.status == 401)
        #expect(try refused.json["detail"] != nil)
    }

    @Test("PostHog's feature flags are answered as none, in every version of the answer")
    func flags() async throws {
        let world = try World()
        let body = Array(#"{"token":"write","distinct_id":"ana"}"#.utf8)
        let cases: [(path: String, query: String, name: String, empty: JSON)] = [
            ("/flags", "v=2", "flags", [:]), ("/flags/", "v=4", "flags", [:]), ("/flags", "", "featureFlags", [:]),
            ("/decide", "v=1", "featureFlags", []), ("/decide/", "", "featureFlags", []),
            ("/decide", "v=2", "featureFlags", [:]), ("/decide", "v=3", "featureFlagPayloads", [:]),
            ("/decide", "v=4", "flags", [:]),
        ]
        for (path, query, name, empty) in cases {
            let response = try await world.ask(.post, path, query: query, as: nil, body: body)
            #expect(response.status == 200)
            #expect(try response.json[name] == empty)
            #expect(try response.json["errorsWhileComputingFlags"] == false)
            #expect(try (response.json["sessionRecording"] == false) == path.hasPrefix("/decide"))
        }
        let configured = try await world.ask(.post, "/flags", query: "v=2&config=true", as: nil, body: body)
        #expect(try configured.json["supportedCompression"] == ["gzip", "gzip-js"])
        #expect(try await world.ask(.post, "/flags", as: nil, body: Array("{}".utf8)).status == 401)
        #expect(try await world.ask(.post, "/flags", as: nil, body: Array("{".utf8)).status == 400)
    }

    private static let record = #"{"type":"track","event":"Buy","distinct_id":"ana"}"#

    @Test("Sensors' clients get an empty answer or a picture")
    func sensors() async throws {
        let world = try World()
        let form = "data=" + Base64.encode(Array(Self.record.utf8)).split(separator: "=").joined()
        let plain = try await world.ask(
            .post, "/sa", query: "token=write&project=default", as: nil, type: "application/x-www-form-urlencoded",
            body: Array(form.utf8))
        #expect(plain.status == 200)
        #expect(plain.headers["X-Quanyu-Receipt"]?.contains("accepted=1") == true)
        let picture = try await world.ask(.get, "/sa.gif", query: form + "&token=write", as: nil)
        #expect(picture.headers["Content-Type"] == "image/gif")
        guard case .bytes(let bytes) = picture.body else {
            Issue.record("no picture")
            return
        }
        #expect(bytes.starts(with: Array("GIF89a".utf8)))
        #expect(try await world.ask(.post, "/sa", as: nil, body: Array(form.utf8)).status == 401)
        #expect(try await world.ask(.post, "/sa", query: "token=write", as: nil, body: [0x7B]).status == 400)
    }

    @Test("Sensors' debugging tells what is wrong, and on a dry run takes nothing")
    func sensorsDebug() async throws {
        let world = try World()
        let bad = Array(#"{"type":"track","event":"9","distinct_id":"ana"}"#.utf8)
        let dry = try await world.ask(
            .post, "/debug", headers: ["Dry-Run": "true"], body: Array(Self.record.utf8))
        #expect(dry.status == 200)
        let refused = try await world.ask(.post, "/debug", headers: ["Dry-Run": "true"], body: bad)
        #expect(refused.status == 400)
        guard case .bytes(let bytes) = refused.body else {
            Issue.record("no reason")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("invalid_name: "))
        #expect(world.eventCount == 0)
        #expect(try await world.get("/api/v1/quarantine")["total"] == 0)
        #expect(try await world.ask(.post, "/debug", body: Array(Self.record.utf8)).status == 200)
        #expect(world.eventCount == 1)
        #expect(try await world.ask(.post, "/debug", body: bad).status == 400)
        #expect(try await world.get("/api/v1/quarantine")["total"] == 1)
    }

    @Test("Snowplow's trackers send with the application's id as the key, or with another")
    func snowplow() async throws {
        let world = try World()
        let body: JSON = ["schema": "iglu:x", "data": [["e": "pv", "uid": "ana", "url": "/tea", "aid": "write"]]]
        let posted = try await world.ask(
            .post, "/com.snowplowanalytics.snowplow/tp2", as: nil, body: body.bytes)
        #expect(posted.status == 200)
        let query = "e=pv&uid=ana&url=%2Ftea&aid=shop&key="
        #expect(try await world.ask(.get, "/i", query: query + "write", as: nil).status == 200)
        #expect(try await world.ask(.get, "/i", query: query + "nonsense", as: nil).status == 401)
        #expect(try await world.ask(.get, "/i", query: query.replacing("&key=", with: ""), as: nil).status == 401)
        #expect(world.eventCount == 2)
    }

    @Test("Douyin's push needs both the key and the signature; its probe needs neither")
    func douyin() async throws {
        let world = try World { $0.douyinSecret = "oh" }
        let body = Array(#"[{"msg_id":"1","sec_openid":"o1","content":"茶"}]"#.utf8)
        let signed = "x-msg-type=live_comment&x-nonce-str=1&x-roomid=268&x-timestamp=2"
        let signature = Base64.encode(MD5.digest(Array(signed.utf8) + body + Array("oh".utf8)))
        let headers: HTTPHeaders = [
            "x-msg-type": "live_comment", "x-nonce-str": "1", "x-roomid": "268", "x-timestamp": "2",
            "x-signature": signature,
        ]
        var forged = headers
        forged["x-roomid"] = "269"
        #expect(try await world.ask(.head, "/douyin/live", as: nil).status == 200)
        for (query, headers, status) in [
            ("key=write", headers, 200), ("key=nonsense", headers, 401), ("", headers, 401), ("key=write", forged, 401),
        ] {
            let response = try await world.ask(
                .post, "/douyin/live", query: query, as: nil, headers: headers, body: body)
            #expect(response.status == status)
            if query == "key=write", status == 401 { #expect(try response.json["code"] == "not_signed") }
        }
        #expect(world.eventCount == 1)
        let person = try await world.get("/api/v1/people/o1")
        #expect(person["events"]?.each("name") == ["comment"])
        let without = try World()
        let refused = try await without.ask(
            .post, "/douyin/live", as: "write", headers: headers, body: body)
        #expect(try refused.json["code"] == "not_signed")
    }

    @Test("a source's own secret for Douyin's push counts before the setting, is noted, and never shown")
    func douyinSecretOfASource() async throws {
        let world = try World { $0.douyinSecret = "of all" }
        let path = "/api/v1/sources/shop/douyin-secret"
        let body = Array(#"[{"msg_id":"1","sec_openid":"o1"}]"#.utf8)
        func push(signedWith secret: String) async throws -> Int {
            let signed = "x-msg-type=live_like&x-nonce-str=1&x-roomid=268&x-timestamp=2"
            let headers: HTTPHeaders = [
                "x-msg-type": "live_like", "x-nonce-str": "1", "x-roomid": "268", "x-timestamp": "2",
                "x-signature": Base64.encode(MD5.digest(Array(signed.utf8) + body + Array(secret.utf8))),
            ]
            return try await world.ask(
                .post, "/douyin/live", query: "key=write", as: nil, headers: headers, body: body
            ).status
        }
        let given = JSON.object(JSONObject([.init(name: "secret", value: "its own")])).bytes
        #expect(try await push(signedWith: "of all") == 200)
        #expect(try await world.ask(.put, path, as: "read", type: "application/json", body: given).status == 403)
        #expect(try await world.ask(.put, path, type: "application/json", body: given).status == 204)
        #expect(try await push(signedWith: "of all") == 401)
        #expect(try await push(signedWith: "its own") == 200)
        let shown = try await world.get("/api/v1/sources")
        #expect(shown["douyin_secrets"] == ["shop"] && !shown.text.contains("its own"))
        #expect(try await world.ask(.delete, path).status == 204)
        #expect(try await world.ask(.delete, path).status == 404)
        #expect(try await push(signedWith: "of all") == 200)
        #expect(world.audit.map(\.action) == [.douyinSecretSet, .douyinSecretCleared])
        for bad in [#"{"secret":""}"#, #"{"secret":5}"#, "{}", #"{"secret":"x","more":1}"#] {
            let refused = try await world.ask(.put, path, type: "application/json", body: Array(bad.utf8))
            #expect(refused.status == 400)
        }
        let reserved = try await world.ask(
            .put, "/api/v1/sources/quanyu/douyin-secret", type: "application/json", body: given)
        #expect(reserved.status == 400)
    }

    @Test("a link sends no events in the name of whoever is signed in and follows it")
    func links() async throws {
        let world = try World()
        let session: HTTPHeaders = ["Cookie": "session=admin"]
        let queries = [
            "/e": #"data={"event":"x","distinct_id":"a"}"#, "/i": "e=pv&uid=a", "/sa": "data=" + Self.record,
        ]
        for (path, query) in queries {
            #expect(try await world.ask(.get, path, query: query, as: nil, headers: session).status == 401)
            #expect(try await world.ask(.get, path, query: query, as: "admin").status == 200)
        }
        #expect(world.eventCount == 3)
    }

    @Test("what a body turns out to stand for has the bound of bodies")
    func bomb() async throws {
        // 100,000 spaces before `{}`, compressed with Python's `gzip.compress`.
        let bomb = try #require(
            Base64.decode(
                ("H4sIAAAAAAACA+3BQREAAAwCoCr29Oy+GnsACQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPBVd8ndMT6ihgEA").utf8
            ))
        let world = try World()
        let allowance = BodyAllowance(bytesMax: 65_536)
        let response = try await world.ask(.post, "/e", as: "write", body: bomb, allowance: allowance)
        #expect(response.status == 413)
        let full = try await world.ask(
            .post, "/e", as: "write", body: bomb, allowance: BodyAllowance { _ in false })
        #expect(full.status == 503)
        #expect(full.headers["Retry-After"] == "1")
    }
}
