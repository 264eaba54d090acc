import Base
import Domain

/// One record of Sensors Analytics and the event that it is.
struct SensorsRecord {
    private static let reserved: Set<String> = [
        "distinct_id", "original_id", "time", "properties", "id", "first_id", "second_id", "users", "events", "event",
        "event_id", "device_id", "user_id", "date", "datetime",
    ]
    private static let nameCountMax = 100
    private static let identityKinds: [String: PersonIdentifier.Kind] = [
        "$identity_login_id": .login, "$identity_anonymous_id": .anonymous, "$identity_cookie_id": .anonymous,
        "$identity_mp_id": .anonymous, "$identity_mp_openid": .openid, "$identity_mp_unionid": .unionid,
        "$identity_android_id": .device, "$identity_android_uuid": .device, "$identity_idfa": .device,
        "$identity_idfv": .device, "$identity_ios_uuid": .device, "$identity_harmony_uuid": .device,
    ]
    private static let appLibraries = ["iOS", "Android", "HarmonyOS", "Flutter", "ReactNative"]
    private static let pageViews = ["$pageview", "$MPViewScreen", "$AppViewScreen"]
    /// Items belong to nobody, and an event needs somebody.
    private static let catalogue: JSON = "catalogue"

    private let record: JSONObject
    private let properties: JSONObject

    init(_ record: JSONObject) {
        self.record = record
        var properties = record["properties"]?.objectValue ?? JSONObject()
        for name in ["identities", "crc_matches", "project"] where properties[name] == nil {
            properties[name] = record[name]
        }
        self.properties = properties
    }

    var drafts: Result<[EventDraft], Refusal> {
        if let json = record["properties"], json != .null, json.objectValue == nil {
            return .failure(Refusal(.invalidProperties, "`properties` must be an object, not \(json.kindName)"))
        }
        let type = record["type"]?.stringValue ?? ""
        switch type {
        case "track": return track
        case "track_signup": return .success([identified(as: "identify", by: record["original_id"])])
        case "track_id_bind": return .success([identified(as: "alias", by: nil)])
        case "track_id_unbind": return .success([identified(as: "$UnbindID", by: nil)])
        case "profile_set":
            var draft = identified(as: "identify", by: nil)
            draft.addContacts(in: record["properties"]?.objectValue)
            return .success([draft])
        case "profile_set_once", "profile_increment", "profile_append", "profile_unset", "profile_delete":
            return .success([identified(as: type, by: nil)])
        case "item_set", "item_delete": return item(type)
        default:
            let detail =
                "`type` must be track, track_signup, track_id_bind, track_id_unbind, profile_… or item_…, "
                + "not \(type.isEmpty ? "absent" : String(type.prefix(40)))"
            return .failure(Refusal(.unknownType, detail))
        }
    }

    private var track: Result<[EventDraft], Refusal> {
        guard let name = record["event"]?.stringValue, !name.isEmpty else {
            return .failure(Refusal(.missingName, "`event` is missing: a track record says what happened"))
        }
        guard Self.isName(name) else {
            let rule = "letters, digits, _ and $, up to \(Self.nameCountMax), not a digit first, no reserved word"
            return .failure(Refusal(.invalidName, "`event` must be \(rule)"))
        }
        var draft = identified(as: name, by: nil)
        if Self.pageViews.contains(name) {
            draft.name = "page_view"
            draft.subject =
                ["$url_path", "$screen_name"].lazy.compactMap { SubjectText.make(.page, properties[$0]) }.first
                ?? SubjectText.page(address: properties["$url"])
        }
        return .success([draft])
    }

    /// - Parameter original: The id from before a sign-up.
    private func identified(as name: String, by original: JSON?) -> EventDraft {
        var draft = EventDraft()
        draft.name = .string(name)
        let identities = record["identities"]?.objectValue?.members ?? []
        let known = identities.compactMap { member in
            Self.identityKinds[member.name].map { EventDraft.Identifier($0, member.value) }
        }
        // With several identities, a client without a login writes one of them out as `key+value`.
        let composed = identities.contains { member in
            Self.identityKinds[member.name] != nil
                && record["distinct_id"]?.stringValue == "\(member.name)+\(member.value.stringValue ?? "")"
        }
        let distinctID = composed ? nil : record["distinct_id"].flatMap(Self.text)
        let isLogin =
            properties["$is_login_id"] == true || record["type"] == "track_signup"
            || distinctID != nil && distinctID == record["login_id"]
        draft.person = distinctID
        draft.identifiers =
            [
                EventDraft.Identifier(isLogin ? .login : .anonymous, distinctID),
                EventDraft.Identifier(.login, record["login_id"]),
                EventDraft.Identifier(.anonymous, record["anonymous_id"]),
                EventDraft.Identifier(.anonymous, original),
            ] + known
        draft.addContacts(in: record["identities"]?.objectValue) { [.member("identities"), .member($0)] }
        complete(&draft)
        return draft
    }

    private func item(_ type: String) -> Result<[EventDraft], Refusal> {
        guard let subject = SubjectText.make(.item, record["item_id"]) else {
            return .failure(Refusal(.invalidSubject, "`item_id` is missing: say which item"))
        }
        var draft = EventDraft()
        draft.name = .string(type)
        draft.person = Self.catalogue
        draft.subject = subject
        complete(&draft)
        var properties = properties
        properties["item_type"] = record["item_type"]
        draft.properties = .object(properties)
        return .success([draft])
    }

    private func complete(_ draft: inout EventDraft) {
        draft.time = WireTime.milliseconds(record["time"])
        draft.sentAt = WireTime.milliseconds(record["_flush_time"])
        if let track = record["_track_id"].flatMap(Self.text)?.stringValue, let time = draft.time?.intValue {
            draft.id = .string("\(track)-\(time)")
        }
        draft.channel = channel
        draft.decision = properties["decision_id"]
        draft.properties = .object(properties)
    }

    private var channel: JSON {
        if let named = properties["channel"]?.stringValue { return .string(named) }
        let library = record["lib"]?["$lib"]?.stringValue ?? properties["$lib"]?.stringValue ?? ""
        if library == "js" { return "web" }
        if library.contains("Mini") { return "mini_program" }
        return Self.appLibraries.contains(library) ? "app" : "server"
    }

    private static func text(_ json: JSON) -> JSON? {
        (json.stringValue ?? json.intValue.map(String.init)).map { .string($0) }
    }

    private static func isName(_ name: String) -> Bool {
        let lower = name.lowercased()
        guard let first = name.utf8.first, name.utf8.count <= nameCountMax, !reserved.contains(lower),
            !lower.hasPrefix("user_group"), !lower.hasPrefix("user_tag")
        else { return false }
        return !(0x30...0x39).contains(first)
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
            }
    }
}
