import Base
import Domain

/// The Measurement Protocol of Google Analytics 4, on `/mp/collect`.
///
/// Source: developers.google.com/analytics/devguides/collection/protocol/ga4/reference, and …/reference/events.
public enum GA4Format {
    static let eventCountMax = 25  // In one request, as Google has it.
    static let sharedBytesMax = 32_768  // What all events of a request have in common, since each keeps it.

    /// Each event becomes a request of its own with all that the events share, so that quarantine can replay it alone.
    public static func envelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        let body = try NativeFormat.parse(request.body)
        guard var shared = body.objectValue, let events = shared["events"]?.arrayValue else {
            throw .wrongShape(expected: "an object with `events`, an array", got: body.kindName)
        }
        guard events.count <= eventCountMax else {
            throw .tooManyEvents(count: events.count, countMax: eventCountMax)
        }
        shared["events"] = nil
        let sharedBytes = JSON.object(shared).bytes.count
        guard sharedBytes <= sharedBytesMax else {
            throw .wrongShape(
                expected: "at most \(sharedBytesMax) bytes without its events", got: "\(sharedBytes) bytes")
        }
        let items = events.map { event in
            var single = shared
            single.append("events", .array([event]))
            return item(.object(single))
        }
        return WireEnvelope(items: items, key: request.parameter("api_secret"))
    }

    static func item(_ json: JSON) -> WireItem {
        guard let object = json.objectValue, let event = object["events"]?.arrayValue?.first?.objectValue else {
            let refusal = Refusal(.notAnObject, "an event must be an object with `name` and `params`")
            return WireItem(drafts: .failure(refusal), body: json.bytes)
        }
        return WireItem(drafts: drafts(event, of: object), body: json.bytes)
    }

    private static func drafts(_ event: JSONObject, of body: JSONObject) -> Result<[EventDraft], Refusal> {
        guard let name = event["name"]?.stringValue, !name.isEmpty else {
            return .failure(Refusal(.missingName, "`name` is missing: say what happened"))
        }
        let json = event["params"] ?? .null
        guard let params = json == .null ? JSONObject() : json.objectValue else {
            return .failure(Refusal(.invalidProperties, "`params` must be an object, not \(json.kindName)"))
        }
        var draft = EventDraft()
        draft.name = .string(name)
        draft.identifiers = identifiers(body)
        draft.channel = body["app_instance_id"] == nil ? "web" : "app"
        draft.decision = params["decision_id"]
        let micros = event["timestamp_micros"] ?? body["timestamp_micros"]
        draft.time = micros.map(milliseconds)
        var properties = params
        for (name, value) in [("timestamp_micros", micros), ("consent", body["consent"])] {
            if let value { properties[name] = value }  // The microseconds tell events of one millisecond apart.
        }
        if let all = body["user_properties"]?.objectValue { properties["user_properties"] = values(of: all) }
        draft.properties = .object(properties)
        return .success(GA4Vocabulary.meaning(of: name)?.drafts(draft, params) ?? [draft])
    }

    private static func identifiers(_ body: JSONObject) -> [EventDraft.Identifier] {
        var identifiers = [
            EventDraft.Identifier(.login, body["user_id"]), EventDraft.Identifier(.anonymous, body["client_id"]),
            EventDraft.Identifier(.device, body["app_instance_id"]),
        ]
        for (kind, name) in [(PersonIdentifier.Kind.emailHash, "email_address"), (.phoneHash, "phone_number")] {
            guard let hashes = body["user_data"]?["sha256_\(name)"] else { continue }
            identifiers += (hashes.arrayValue ?? [hashes]).map { EventDraft.Identifier(kind, $0) }
        }
        return identifiers
    }

    /// Google's own examples write the number as text.
    private static func milliseconds(_ micros: JSON) -> JSON {
        guard let count = micros.intValue ?? micros.stringValue.flatMap(Int64.init) else { return micros }
        return .int(count / 1000)
    }

    /// `{"tier": {"value": "gold"}}` says `{"tier": "gold"}`.
    private static func values(of properties: JSONObject) -> JSON {
        .object(JSONObject(properties.members.map { .init(name: $0.name, value: $0.value["value"] ?? $0.value) }))
    }
}
