import Base
import Domain

/// PostHog's capture API, on the routes `/e`, `/capture`, `/track`, `/engage`, `/i/v0/e`, `/i/v0/ai/batch`, `/batch`,
/// and `/s` for recordings of sessions, which are not kept.
///
/// Source: posthog.com/docs/api/capture; PostHog's `rust/capture` (router.rs, v0_request.rs, payload/common.rs).
public enum PostHogFormat {
    private static let distinctIDCountMax = 200  // Characters; PostHog cuts here too.
    private static let keyNames = ["api_key", "token", "$token"]

    /// One event, an array of events, or a batch; gzip and base64 are known by the bytes, whatever the query says.
    public static func envelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        let payload = try payload(request)
        var shared = JSONObject()
        let elements: [JSON]
        if let array = payload.arrayValue {
            elements = array
        } else {
            shared = payload.objectValue ?? JSONObject()
            guard shared["batch"] == nil || shared["batch"]?.arrayValue != nil else {
                throw .wrongShape(expected: "`batch`, an array of events", got: shared["batch"]?.kindName ?? "none")
            }
            elements = shared["batch"]?.arrayValue ?? [payload]
        }
        let key = try key(of: elements, shared, request)
        let sentAt = shared["sent_at"] ?? request.parameter("_").flatMap { Int64($0) }.map { .int($0) }
        let items = elements.map { element -> WireItem in
            guard let object = element.objectValue else { return item(element) }
            let event = alone(object, sentAt: sentAt, key: key, isEngage: request.kind == "engage")
            return request.kind == "s" ? recording(event) : item(.object(event))
        }
        return WireEnvelope(items: items, key: key)
    }

    /// The project's key in a request about feature flags, which is wrapped as events are.
    public static func projectKey(_ request: WireRequest) throws(CollectError) -> String? {
        try key(of: [], try payload(request).objectValue ?? JSONObject(), request)
    }

    /// One event; what it shared with its batch is in it already, so that quarantine can replay it alone.
    static func item(_ json: JSON) -> WireItem {
        guard let object = json.objectValue else {
            let refusal = Refusal(.notAnObject, "an event must be an object, not \(json.kindName)")
            return WireItem(drafts: .failure(refusal), body: json.bytes)
        }
        return object["event"] == "$snapshot"
            ? recording(object) : WireItem(drafts: drafts(object), body: json.bytes)
    }

    /// A piece of a session's recording: what a page showed, and nothing that happened.
    private static func recording(_ event: JSONObject) -> WireItem {
        let refusal = Refusal(.recordingNotKept, "recordings of sessions are not kept: turn them off", isKept: false)
        return WireItem(drafts: .failure(refusal), json: .object(event))
    }

    private static func payload(_ request: WireRequest) throws(CollectError) -> JSON {
        var bytes = request.body
        if let form = request.form(naming: ["data"]), let data = form.first(where: { $0.name == "data" }) {
            bytes = Array(data.value.utf8)
        } else if bytes.isEmpty, let data = request.parameter("data") {
            bytes = Array(data.utf8)
        }
        return try NativeFormat.parse(try request.unwrapped(bytes))
    }

    /// All tokens of a request must be one: it goes to one project.
    private static func key(
        of elements: [JSON], _ shared: JSONObject, _ request: WireRequest
    ) throws(CollectError) -> String? {
        var keys = Set(keyNames.compactMap { shared[$0]?.stringValue })
        for object in elements.compactMap(\.objectValue) {
            let inside = object["properties"]
            let key = keyNames.compactMap { object[$0]?.stringValue }.first ?? inside?["token"]?.stringValue
            if let key { keys.insert(key) }
        }
        guard keys.count <= 1 else {
            throw .wrongShape(expected: "events of one project", got: "\(keys.count) project tokens")
        }
        return keys.first ?? request.parameter("token") ?? request.parameter("api_key")
    }

    /// The event as it stands without its request, and without the key.
    private static func alone(_ event: JSONObject, sentAt: JSON?, key: String?, isEngage: Bool) -> JSONObject {
        var event = event
        for name in keyNames where event[name] != nil { event[name] = nil }
        if let key, var properties = event["properties"]?.objectValue, properties["token"]?.stringValue == key {
            properties["token"] = nil
            event["properties"] = .object(properties)
        }
        if event["sent_at"] == nil, let sentAt { event["sent_at"] = sentAt }
        if isEngage, event["event"] == nil { event["event"] = "$identify" }
        return event
    }
}

extension PostHogFormat {
    private static func drafts(_ event: JSONObject) -> Result<[EventDraft], Refusal> {
        guard let name = event["event"]?.stringValue, !name.isEmpty else {
            return .failure(Refusal(.missingName, "`event` is missing: say what happened"))
        }
        if let json = event["properties"], json != .null, json.objectValue == nil {
            return .failure(Refusal(.invalidProperties, "`properties` must be an object, not \(json.kindName)"))
        }
        var properties = event["properties"]?.objectValue ?? JSONObject()
        for shared in ["$set", "$set_once"] where properties[shared] == nil { properties[shared] = event[shared] }
        var draft = common(event, properties)
        switch name {
        case "$pageview":
            draft.name = "page_view"
            draft.subject =
                SubjectText.make(.page, properties["$pathname"])
                ?? SubjectText.page(address: properties["$current_url"])
        case "$screen":
            draft.name = "page_view"
            draft.subject = SubjectText.make(.page, properties["$screen_name"])
        case "$identify":
            let anonymous = properties["$anon_distinct_id"] ?? event["$anon_distinct_id"]
            draft.identifiers.append(EventDraft.Identifier(.anonymous, distinctID(anonymous)))
            draft = identified(draft, properties)
        case "$set": draft = identified(draft, properties)
        case "$create_alias", "$merge_dangerously":
            draft.name = "alias"
            draft.identifiers.append(EventDraft.Identifier(.login, distinctID(properties["alias"])))
        case "$groupidentify": draft.name = "group"
        default: return .success(SegmentFormat.drafts(named: name, .object(properties), draft))
        }
        return .success([draft])
    }

    private static func identified(_ draft: EventDraft, _ properties: JSONObject) -> EventDraft {
        var draft = draft
        draft.name = "identify"
        draft.contactPlaces = draft.contactPlaces.map { $0.first == .member("$set") ? Array($0.dropFirst()) : $0 }
        draft.properties = .object(traits(properties))
        return draft
    }

    /// What is set of a person stands in `properties` itself, as in the other formats.
    private static func traits(_ properties: JSONObject) -> JSONObject {
        var traits = properties
        traits["$set"] = nil
        for member in properties["$set"]?.objectValue?.members ?? [] { traits[member.name] = member.value }
        return traits
    }

    private static func common(_ event: JSONObject, _ properties: JSONObject) -> EventDraft {
        var draft = EventDraft()
        let given = [
            event["distinct_id"], event["$distinct_id"], properties["distinct_id"], properties["$distinct_id"],
        ]
        let id = given.lazy.compactMap(distinctID).first
        let device = distinctID(properties["$device_id"])
        let isAnonymous =
            properties["$is_identified"] == false || properties["$process_person_profile"] == false || id == device
        draft.person = id
        draft.identifiers = [
            EventDraft.Identifier(isAnonymous ? .anonymous : .login, id), EventDraft.Identifier(.device, device),
        ]
        draft.id = [event["uuid"], properties["$insert_id"]].compactMap { $0 }.first { $0 != .null }
        if properties["$ignore_sent_at"] != true { draft.sentAt = event["sent_at"] }
        draft.time = event["timestamp"]
        if let offset = event["offset"]?.intValue, draft.time == nil || draft.time == .null {
            draft.time = happened(offset, before: draft.sentAt)
        }
        draft.channel = channel(properties)
        draft.decision = properties["decision_id"]
        draft.properties = .object(properties)
        for set in ["$set", "$set_once"] {
            draft.addContacts(in: properties[set]?.objectValue) { [.member(set), .member($0)] }
        }
        return draft
    }

    /// Nil where that cannot be told: the event then happened when it was received.
    private static func happened(_ offsetMs: Int64, before sentAt: JSON?) -> JSON? {
        let sent = sentAt?.intValue ?? sentAt?.stringValue.flatMap { EventTime(iso8601: $0)?.unixMs }
        return sent.flatMap { $0.subtractingReportingOverflow(offsetMs).overflow ? nil : .int($0 - offsetMs) }
    }

    /// As PostHog does: what is no text is written as JSON, and 200 characters are kept. Nil where nothing is left.
    private static func distinctID(_ json: JSON?) -> JSON? {
        guard let json, json != .null else { return nil }
        let text = json.stringValue ?? json.text
        let kept = text.drop(while: \.isWhitespace).unicodeScalars.prefix(distinctIDCountMax)
        var id = String(String.UnicodeScalarView(kept))
        while id.last?.isWhitespace == true { id.removeLast() }
        return id.isEmpty ? nil : .string(id)
    }

    private static func channel(_ properties: JSONObject) -> JSON {
        if let named = properties["channel"]?.stringValue { return .string(named) }
        switch properties["$lib"]?.stringValue {
        case "web"?, "js"?: return "web"
        case "posthog-ios"?, "posthog-android"?, "posthog-react-native"?, "posthog-flutter"?: return "app"
        default: return "server"
        }
    }
}
