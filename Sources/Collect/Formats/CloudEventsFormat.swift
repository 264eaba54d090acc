import Base
import Domain

/// CloudEvents 1.0 over HTTP: structured, in batches, and in binary mode.
///
/// Source: the CloudEvents specification 1.0.2 with its JSON format and HTTP protocol binding.
public enum CloudEventsFormat {
    public static let structuredType = "application/cloudevents+json"
    public static let batchType = "application/cloudevents-batch+json"
    static let longIDKey = HashKey(bytes: Array("quanyu.cloudevnt".utf8))  // Names ids; it keeps no secret.

    /// Headers that begin with `ce-` say that the body is the data alone; otherwise the whole event stands in it.
    public static func envelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        let key = request.parameter("access_token")
        if request.mediaType != structuredType, request.mediaType != batchType,
            let event = try CloudEventsBinary.event(request)
        {
            return WireEnvelope(items: [item(.object(event))], key: key)
        }
        switch try NativeFormat.parse(request.body) {
        case .array(let events): return WireEnvelope(items: events.map(item), key: key)
        case .object(let event): return WireEnvelope(items: [item(.object(event))], key: key)
        case let other: throw .wrongShape(expected: "an event or an array of them", got: other.kindName)
        }
    }

    static func item(_ json: JSON) -> WireItem {
        guard let event = json.objectValue else {
            let refusal = Refusal(.notAnObject, "an event must be an object, not \(json.kindName)")
            return WireItem(drafts: .failure(refusal), body: json.bytes)
        }
        do throws(Refusal) {
            return WireItem(drafts: .success([try draft(event)]), body: json.bytes)
        } catch {
            return WireItem(drafts: .failure(error), body: json.bytes)
        }
    }

    private static let ownAttributes: Set = [
        "specversion", "id", "type", "time", "datacontenttype", "data", "data_base64", "person",
    ]

    private static func draft(_ event: JSONObject) throws(Refusal) -> EventDraft {
        guard event["specversion"] == "1.0" else {
            throw Refusal(.unknownType, "`specversion` must be \"1.0\"")
        }
        guard let type = event["type"]?.stringValue, !type.isEmpty else {
            throw Refusal(.missingName, "`type` is missing: say what happened")
        }
        var draft = EventDraft()
        draft.id = .string(try id(event))
        draft.name = .string(type)
        draft.time = event["time"]
        let data = try CloudEventsBinary.data(of: event)
        let object = data.objectValue
        draft.identifiers = try NativeFormat.identifiers(object?["ids"]).get()
        draft.person = person(event, object, hasIDs: !draft.identifiers.isEmpty)
        draft.channel = object?["channel"]?.stringValue.map { .string($0) } ?? "server"
        draft.decision = object?["decision"]?.stringValue.map { .string($0) }
        if let value = object?["value"], value["currency"] != nil { draft.value = value }
        var context = JSONObject(event.members.filter { !ownAttributes.contains($0.name) })
        if let text = event["subject"]?.stringValue, Subject(text) != nil {
            draft.subject = .string(text)
            context["subject"] = nil
        } else if let text = object?["subject"]?.stringValue, Subject(text) != nil {
            draft.subject = .string(text)
        }
        var properties = object ?? JSONObject(data == .null ? [] : [.init(name: "data", value: data)])
        for name in ["person", "ids"] { properties[name] = nil }
        properties["cloudevent"] = .object(context)
        draft.properties = .object(properties)
        return draft
    }

    /// An event is known by `source` and `id` together. A source is a URI reference and holds no space, so that no two
    /// pairs read the same; a pair too long for an id is known by its hash.
    private static func id(_ event: JSONObject) throws(Refusal) -> String {
        guard let source = event["source"]?.stringValue, let id = event["id"]?.stringValue, !source.isEmpty,
            !id.isEmpty
        else { throw Refusal(.invalidID, "`source` and `id` must be texts: together they are the event's id") }
        let pair = "\(source) \(id)"
        guard pair.utf8.count > EventID.utf8CountMax, let key = longIDKey else { return pair }
        return "cloudevent-" + Hash128(of: Array(pair.utf8), key: key).hex
    }

    /// The extension attribute `person`, or `data.person`, or whom the Auth Context extension names as a user.
    private static func person(_ event: JSONObject, _ data: JSONObject?, hasIDs: Bool) -> JSON? {
        if let person = event["person"] ?? data?["person"], person != .null { return person }
        guard !hasIDs, let kind = event["authtype"]?.stringValue, ["user", "app_user"].contains(kind) else {
            return nil
        }
        return event["authid"]
    }
}
