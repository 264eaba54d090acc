import Base
import Collect
import Domain
import Testing

@Suite struct DouyinFormatTests {
    private func request(type: String = "live_comment", signature: String, _ body: String) -> WireRequest {
        WireRequest(
            "live", query: [("key", "k")],
            headers: [
                "x-nonce-str": "123456", "x-timestamp": "1795392000000", "x-roomid": "268", "x-msg-type": type,
                "x-signature": signature,
            ], body)
    }

    private func signed(_ body: String, type: String = "live_comment") -> WireRequest {
        let headers = "x-msg-type=\(type)&x-nonce-str=123456&x-roomid=268&x-timestamp=1795392000000"
        return request(type: type, signature: Base64.encode(MD5.digest(Array("\(headers)\(body)oh".utf8))), body)
    }

    private func collected(_ request: WireRequest) async throws -> FormatWorld {
        try await FormatWorld(try DouyinFormat.envelope(request, secret: "oh"), .douyin)
    }

    @Test(arguments: [
        ("live_comment", "comment"), ("live_like", "like"), ("live_gift", "gift"), ("live_follow", "follow"),
        ("live_enter_room", "room_enter"), ("live_fansclub", "live_fansclub"),
    ])
    func everyTypeOfMessageHasItsName(type: String, name: String) async throws {
        let body = """
            [{"msg_id":"1","sec_openid":"o1","timestamp":1795392000000,"content":"茶","gift_value":100},
             {"msg_id":"2","sec_openid":"o1","timestamp":1795392000},{"msg_id":"1","sec_openid":"o1"}]
            """
        let world = try await collected(signed(body, type: type))
        #expect(world.events.map(\.name.text) == [name, name])
        #expect(world.events.map(\.id.text) == ["1", "2"])
        let event = try #require(world.events.first)
        #expect(event.ids == ["openid:o1"])
        #expect(event.subject?.description == "room:268")
        #expect(event.channel.text == "live")
        #expect(event.properties["content"] == "茶")
        #expect(event.value == nil)
        #expect(Set(world.events.map(\.time.iso8601)) == ["2026-11-23T00:00:00.000Z"])
    }

    /// Made with Python's hashlib and base64.
    @Test func aSignatureOfAnotherProgramIsTaken() throws {
        let sent = request(signature: "dOLuYmnUnE3aJOUHZOHfyw==", "[]")
        #expect(try DouyinFormat.envelope(sent, secret: "oh").key == "k")
    }

    @Test func whatIsNotSignedIsRefused() {
        let body = #"[{"msg_id":"1","sec_openid":"o1"}]"#
        var changed = signed(body)
        changed.body = Array(#"[{"msg_id":"2","sec_openid":"o1"}]"#.utf8)
        for (request, secret) in [
            (signed(body), "other"), (signed(body), ""), (changed, "oh"), (request(signature: "", body), "oh"),
            (request(signature: "%", body), "oh"), (WireRequest("live", body), "oh"),
        ] {
            #expect(throws: CollectError.self) { _ = try DouyinFormat.envelope(request, secret: secret) }
        }
        #expect(throws: CollectError.wrongShape(expected: "an array of messages", got: "another value")) {
            _ = try DouyinFormat.envelope(signed("{}"), secret: "oh")
        }
    }

    @Test func aBadMessageIsSetAsideAlone() async throws {
        let world = try await collected(signed(#"[{"msg_id":"1"},5,{"sec_openid":"o"}]"#))
        #expect(world.reasons == [.missingPerson, .notAnObject, nil])
        #expect(world.quarantined[0] == ["msg_id": "1", "msg_type": "live_comment", "room_id": "268"])
    }
}
