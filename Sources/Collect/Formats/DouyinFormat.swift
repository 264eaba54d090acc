import Base
import Domain

/// Douyin's push of a live room's messages, on the route `/douyin/live`.
///
/// Source: developer.open-douyin.com, 直播间互动数据推送.
public enum DouyinFormat {
    private static let signedHeaders = ["x-msg-type", "x-nonce-str", "x-roomid", "x-timestamp"]
    private static let names = [
        "live_comment": "comment", "live_like": "like", "live_gift": "gift", "live_follow": "follow",
        "live_enter_room": "room_enter",
    ]

    /// - Parameter secret: The one set with the push in Douyin's console; empty where none is known, and then nothing
    ///   is taken.
    public static func envelope(_ request: WireRequest, secret: String) throws(CollectError) -> WireEnvelope {
        guard !secret.isEmpty else {
            throw .notSigned(reason: "no secret is set to check it with, for this source or as `douyin_secret`")
        }
        guard let sent = request.header("x-signature").flatMap({ Base64.decode($0.utf8) }),
            Proof.isEqual(sent, signature(request, secret: secret))
        else { throw .notSigned(reason: "`x-signature` is missing or another one") }
        guard let messages = try NativeFormat.parse(request.body).arrayValue else {
            throw .wrongShape(expected: "an array of messages", got: "another value")
        }
        let (type, room) = (request.header("x-msg-type"), request.header("x-roomid"))
        let items = messages.map { message -> WireItem in
            guard var object = message.objectValue else { return item(message) }
            object["msg_type"] = type.map { .string($0) }
            object["room_id"] = room.map { .string($0) }
            return item(.object(object))
        }
        return WireEnvelope(items: items, key: request.parameter("key"))
    }

    /// The push's headers in the order of their names, its body, and the secret.
    static func signature(_ request: WireRequest, secret: String) -> [UInt8] {
        let headers = signedHeaders.map { "\($0)=\(request.header($0) ?? "")" }.joined(separator: "&")
        return MD5.digest(Array(headers.utf8) + request.body + Array(secret.utf8))
    }

    /// One message, with the type and the room that its push's headers gave.
    static func item(_ json: JSON) -> WireItem {
        guard let message = json.objectValue else {
            let refusal = Refusal(.notAnObject, "a message must be an object, not \(json.kindName)")
            return WireItem(drafts: .failure(refusal), body: json.bytes)
        }
        guard let type = message["msg_type"]?.stringValue, !type.isEmpty else {
            return WireItem(drafts: .failure(Refusal(.unknownType, "`x-msg-type` is missing")), body: json.bytes)
        }
        var draft = EventDraft()
        draft.id = message["msg_id"]
        draft.person = message["sec_openid"]
        draft.identifiers = [EventDraft.Identifier(.openid, message["sec_openid"])]
        draft.name = .string(names[type] ?? type)
        draft.channel = "live"
        draft.time = WireTime.milliseconds(message["timestamp"])
        draft.subject = SubjectText.make(.room, message["room_id"])
        let consumed = ["msg_id", "sec_openid", "timestamp"]
        draft.properties = .object(JSONObject(message.members.filter { !consumed.contains($0.name) }))
        return WireItem(drafts: .success([draft]), body: json.bytes)
    }
}
