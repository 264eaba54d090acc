import Base
import Domain

/// Segment's HTTP tracking API, on the routes `/v1/{track,identify,page,screen,group,alias,batch,import}`, and what
/// RudderStack adds to it: the types `merge` and `audiencelist`, and traits within `context`.
///
/// Source: segment.com/docs/connections/sources/catalog/libraries/server/http-api; the e-commerce v2 events;
/// rudderstack.com/docs/api/http-api.
public enum SegmentFormat {
    /// The request's `kind` is the last part of the route; `batch` and `import` carry many messages.
    public static func envelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        guard case .object(let object) = try NativeFormat.parse(request.body) else {
            throw .wrongShape(expected: "an object", got: "another value")
        }
        let writeKey = object["writeKey"]?.stringValue
        guard request.kind == "batch" || request.kind == "import" else {
            var message = object
            message["type"] = .string(request.kind)
            message["writeKey"] = nil
            return WireEnvelope(items: [item(located(SegmentMessage(message), request))], key: writeKey)
        }
        guard let batch = object["batch"]?.arrayValue else {
            throw .wrongShape(
                expected: "`batch`, an array of messages", got: object["batch"]?.kindName ?? "none")
        }
        let shared = object["context"]?.objectValue ?? JSONObject()
        let items = batch.map { json in
            guard var message = json.objectValue else { return item(json) }
            if message["sentAt"] == nil, let sentAt = object["sentAt"] { message["sentAt"] = sentAt }
            return item(located(SegmentMessage(message, shared: shared), request))
        }
        return WireEnvelope(items: items, key: writeKey)
    }

    /// One message that stands alone, as quarantine replays it.
    static func item(_ json: JSON) -> WireItem {
        guard let object = json.objectValue else {
            return WireItem(
                drafts: .failure(Refusal(.notAnObject, "a message must be an object, not \(json.kindName)")),
                json: json)
        }
        return item(SegmentMessage(object))
    }

    private static func item(_ message: SegmentMessage) -> WireItem {
        WireItem(drafts: drafts(message).map { withAddress($0, of: message) }, message: message)
    }

    /// A sender that sends straight from the person's device says so by `context.direct`: then the address that the
    /// request came from is the person's, and stands in the message as if the sender had written it. Else none is kept.
    private static func located(_ message: SegmentMessage, _ request: WireRequest) -> SegmentMessage {
        guard message.context("direct") == true, message.context("ip") == nil, !request.remoteAddress.isEmpty else {
            return message
        }
        var message = message
        message.setContext("ip", to: .string(request.remoteAddress))
        return message
    }

    private static func withAddress(_ drafts: [EventDraft], of message: SegmentMessage) -> [EventDraft] {
        guard message.context("direct") == true, let address = message.context("ip"), var first = drafts.first
        else { return drafts }
        let properties = first.properties ?? .null
        guard var object = properties == .null ? JSONObject() : properties.objectValue, object["ip"] == nil else {
            return drafts
        }
        object["ip"] = address
        first.properties = .object(object)
        return [first] + drafts.dropFirst()
    }

    private static func drafts(_ message: SegmentMessage) -> Result<[EventDraft], Refusal> {
        var draft = common(message)
        switch message["type"]?.stringValue {
        case "track": return track(message, draft)
        case "page", "screen":
            draft.name = "page_view"
            draft.subject = pageSubject(message)
            draft.properties = merging(message["properties"], ["name", "category"], of: message)
        case "identify":
            draft.name = "identify"
            draft.addContacts(in: traits(message)?.objectValue)
            draft.properties = merging(traits(message), ["anonymousId"], of: message)
        case "group":
            draft.name = "group"
            draft.properties = merging(message["traits"], ["groupId"], of: message)
        case "alias":
            draft.name = "alias"
            draft.identifiers.append(EventDraft.Identifier(.login, message["previousId"]))
            draft.properties = merging(nil, ["previousId"], of: message)
        case "merge":
            draft.name = "identify"
            draft.addContacts(in: merged(message)) { _ in [.member("mergeProperties"), .element, .member("value")] }
            draft.properties = merging(nil, ["mergeProperties"], of: message)
        case "audiencelist":
            draft.name = "audiencelist"
            draft.properties = message["properties"]
        case let other:
            let detail =
                "`type` must be track, identify, page, screen, group, alias, merge or audiencelist, not "
                + (other ?? "absent")
            return .failure(Refusal(.unknownType, detail))
        }
        return .success([draft])
    }

    private static func common(_ message: SegmentMessage) -> EventDraft {
        var draft = EventDraft()
        draft.id = message["messageId"]
        draft.person = [message["userId"], message["anonymousId"]].compactMap { $0 }.first { $0 != .null && $0 != "" }
        draft.identifiers = [
            EventDraft.Identifier(.login, message["userId"]),
            EventDraft.Identifier(.anonymous, message["anonymousId"]),
            EventDraft.Identifier(.device, message.context("device")?["id"]),
        ]
        draft.time = message["timestamp"] ?? message["originalTimestamp"]
        draft.sentAt = message["sentAt"]
        draft.channel = channel(message)
        draft.decision = message["properties"]?["decision_id"]
        return draft
    }

    /// The sender's own word, or else what its library tells: a browser, an app, a server.
    private static func channel(_ message: SegmentMessage) -> JSON {
        if let named = message["properties"]?["channel"]?.stringValue { return .string(named) }
        switch message["channel"]?.stringValue {
        case "browser"?: return "web"
        case "mobile"?: return "app"
        case let named?: return .string(named)
        case nil: break
        }
        switch message.context("library")?["name"]?.stringValue {
        case "analytics.js"?, "@segment/analytics-next"?: return "web"
        case "analytics-ios"?, "analytics-android"?, "analytics-react-native"?, "analytics-kotlin"?, "analytics-swift"?:
            return "app"
        default: return "server"
        }
    }

    private static func track(_ message: SegmentMessage, _ common: EventDraft) -> Result<[EventDraft], Refusal> {
        guard let event = message["event"]?.stringValue, !event.isEmpty else {
            return .failure(Refusal(.missingName, "`event` is missing: a track message says what happened"))
        }
        return .success(drafts(named: event, message["properties"], common))
    }

    /// The event, with its canonical meaning where the e-commerce specification gives it one, and for a paid order its
    /// products behind it.
    static func drafts(named event: String, _ json: JSON?, _ common: EventDraft) -> [EventDraft] {
        var draft = common
        let meaning = SegmentVocabulary.meaning(of: event)
        let properties = json?.objectValue ?? JSONObject()
        draft.name = .string(meaning?.name ?? event)
        draft.properties = json
        guard let meaning else { return [draft] }
        draft.subject = meaning.subject(properties).map { .string($0) }
        if meaning.carriesOrderValue { draft.value = orderValue(properties) }
        return [draft] + (meaning.name == "order_paid" ? orderLines(properties, of: draft) : [])
    }

    private static func orderValue(_ properties: JSONObject) -> JSON? {
        guard let amount = properties["total"] ?? properties["revenue"] ?? properties["value"] else { return nil }
        return money(amount, properties["currency"])
    }

    /// An amount may be a text, as in most formats that were a query once.
    static func money(_ amount: JSON, _ currency: JSON?) -> JSON {
        var value = JSONObject()
        value.append("amount", amount.stringValue.flatMap(Double.init).map { .double($0) } ?? amount)
        if let currency { value.append("currency", currency) }
        return .object(value)
    }

    /// One `product_purchased` for each product of a paid order, known by the order's id and its place in it.
    private static func orderLines(_ properties: JSONObject, of order: EventDraft) -> [EventDraft] {
        (properties["products"]?.arrayValue ?? []).enumerated().compactMap { index, json in
            guard let product = json.objectValue, let subject = SegmentVocabulary.product(product) else { return nil }
            var line = order
            line.id = order.id?.stringValue.map { .string("\($0)#\(index + 1)") }
            line.name = "product_purchased"
            line.subject = .string(subject)
            line.properties = json
            let quantity = product["quantity"]?.doubleValue ?? 1
            line.value = product["price"]?.doubleValue.map { money(.double($0 * quantity), properties["currency"]) }
            return line
        }
    }

    private static func pageSubject(_ message: SegmentMessage) -> JSON? {
        let properties = message["properties"]
        let page = [properties?["path"], properties?["url"], message["name"]].compactMap { $0?.stringValue }.first
        return page.map { .string("page:\($0.prefix(150))") }
    }

    /// RudderStack's clients write them into `context`.
    private static func traits(_ message: SegmentMessage) -> JSON? {
        guard let traits = message["traits"], traits != .null else { return message.context("traits") }
        return traits
    }

    /// RudderStack's `[{"type": "email", "value": …}]` as an object.
    private static func merged(_ message: SegmentMessage) -> JSONObject {
        let pairs = (message["mergeProperties"]?.arrayValue ?? []).compactMap { pair -> JSONObject.Member? in
            guard let type = pair["type"]?.stringValue, let value = pair["value"] else { return nil }
            return JSONObject.Member(name: type, value: value)
        }
        return JSONObject(pairs)
    }

    private static func merging(_ json: JSON?, _ names: [String], of message: SegmentMessage) -> JSON {
        if let json, json != .null, json.objectValue == nil { return json }
        var object = json?.objectValue ?? JSONObject()
        for name in names { if let value = message[name], value != .null { object[name] = value } }
        return .object(object)
    }
}
