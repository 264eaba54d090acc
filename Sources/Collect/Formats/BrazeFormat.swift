import Base
import Domain

/// Braze's `POST /users/track`: attributes, events and purchases of users.
///
/// Source: braze.com/docs/api/endpoints/user_data/post_user_track, …/objects_filters, and its e-commerce events.
public enum BrazeFormat {
    /// The lists of a request, in the order in which their elements are taken.
    public static let lists = ["attributes", "events", "purchases"]
    private static let identityFields: Set = ["external_id", "user_alias", "braze_id"]

    /// Each element becomes a request of its own, so that quarantine can replay it alone.
    public static func envelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        let json = try NativeFormat.parse(request.body)
        guard let body = json.objectValue else { throw .wrongShape(expected: "an object", got: json.kindName) }
        var items: [WireItem] = []
        for list in lists {
            guard let elements = body[list], elements != .null else { continue }
            guard let elements = elements.arrayValue else {
                throw .wrongShape(expected: "an object whose `\(list)` is an array", got: elements.kindName)
            }
            items += elements.map { item([(list, .array([$0]))]) }
        }
        return WireEnvelope(items: items, key: body["api_key"]?.stringValue)
    }

    private static func item(_ members: [(String, JSON)]) -> WireItem {
        item(.object(JSONObject(members.map { JSONObject.Member(name: $0, value: $1) })))
    }

    static func item(_ json: JSON) -> WireItem {
        let element = lists.lazy.compactMap { list in json[list]?.arrayValue?.first.map { (list, $0) } }.first
        guard let (list, value) = element, let object = value.objectValue else {
            let refusal = Refusal(.notAnObject, "an element of attributes, events or purchases must be an object")
            return WireItem(drafts: .failure(refusal), body: json.bytes)
        }
        return WireItem(drafts: drafts(object, in: list), body: json.bytes)
    }

    private static func drafts(_ object: JSONObject, in list: String) -> Result<[EventDraft], Refusal> {
        let draft = common(object, in: list)
        switch list {
        case "attributes": return .success([attributes(object, draft)])
        case "events": return event(object, draft)
        default: return purchase(object, draft)
        }
    }

    /// An alias and Braze's own id stand for a user who may not have signed in yet. An address is known by its hash,
    /// which names the person where nothing else does.
    private static func common(_ object: JSONObject, in list: String) -> EventDraft {
        var draft = EventDraft()
        let alias = object["user_alias"]
        let aliasID = alias?["alias_name"]?.stringValue.map { name in
            JSON.string("\(alias?["alias_label"]?.stringValue ?? ""):\(name)")
        }
        draft.identifiers = [
            EventDraft.Identifier(.login, object["external_id"]), EventDraft.Identifier(.anonymous, aliasID),
            EventDraft.Identifier(.anonymous, object["braze_id"]),
        ]
        draft.addContacts(in: object) { list == "attributes" ? [.member($0)] : nil }
        draft.time = object["time"].map(mended)
        draft.channel = "server"
        draft.properties = object["properties"]
        draft.decision = object["properties"]?["decision_id"]
        return draft
    }

    /// Braze's examples write an hour east of Greenwich as `+1:00`.
    private static func mended(_ time: JSON) -> JSON {
        guard let text = time.stringValue, let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }),
            text[sign...].count == 5, text[sign...].dropFirst(2).first == ":"
        else { return time }
        return .string("\(text[...sign])0\(text[sign...].dropFirst())")
    }

    private static func attributes(_ object: JSONObject, _ common: EventDraft) -> EventDraft {
        var draft = common
        draft.name = "identify"
        draft.time = nil  // A profile's `time` would be an attribute of the sender's own.
        draft.properties = .object(JSONObject(object.members.filter { !identityFields.contains($0.name) }))
        return draft
    }

    private static func event(_ object: JSONObject, _ common: EventDraft) -> Result<[EventDraft], Refusal> {
        guard let name = object["name"]?.stringValue, !name.isEmpty else {
            return .failure(Refusal(.missingName, "`name` is missing: say what happened"))
        }
        var draft = common
        draft.name = .string(name)
        let properties = object["properties"]?.objectValue ?? JSONObject()
        let order = SegmentVocabulary.identifier(properties, ["order_id"]).map { JSON.string("order:\($0)") }
        switch name {
        case "ecommerce.product_viewed":
            draft.name = "product_view"
            draft.subject = SegmentVocabulary.product(properties).map { .string($0) }
            return .success([draft])
        case "ecommerce.order_placed": draft.name = "order_paid"
        case "ecommerce.order_refunded": draft.name = "order_refunded"
        case "ecommerce.order_cancelled": draft.name = "order_cancelled"
        default: return .success([draft])
        }
        let currency = properties["currency"]
        draft.subject = order
        draft.value = properties["total_value"].map { SegmentFormat.money($0, currency) }
        guard draft.name == "order_paid" else { return .success([draft]) }
        let lines = (properties["products"]?.arrayValue ?? []).enumerated().compactMap { index, json -> EventDraft? in
            guard let product = json.objectValue, let subject = SegmentVocabulary.product(product) else { return nil }
            let value = product["price"]?.doubleValue.map { price in
                SegmentFormat.money(.double(price * (product["quantity"]?.doubleValue ?? 1)), currency)
            }
            return draft.orderLine(index + 1, of: product, subject: subject, value: value)
        }
        return .success([draft] + lines)
    }

    /// A purchase is one product paid for: an order of that value, which counts towards GMV, and its only line, which
    /// does not. A price below zero is how Braze writes a refund.
    private static func purchase(_ object: JSONObject, _ common: EventDraft) -> Result<[EventDraft], Refusal> {
        guard let product = SegmentVocabulary.identifier(object, ["product_id"]) else {
            return .failure(Refusal(.invalidSubject, "`product_id` is missing: say what was bought"))
        }
        guard let price = object["price"]?.doubleValue else {
            return .failure(Refusal(.invalidValue, "`price` must be a number in major units of `currency`"))
        }
        var draft = common
        let amount = abs(price) * (object["quantity"]?.doubleValue ?? 1)
        let value = SegmentFormat.money(.double(amount), object["currency"])
        var line = object["properties"]?.objectValue ?? JSONObject()
        draft.subject = SegmentVocabulary.identifier(line, ["order_id"]).map { .string("order:\($0)") }
        for name in ["product_id", "price", "quantity", "currency", "app_id"] {
            if let value = object[name] { line[name] = value }
        }
        draft.name = price < 0 ? "order_refunded" : "order_paid"
        draft.value = value
        draft.properties = .object(line)
        guard price >= 0 else { return .success([draft]) }
        return .success([draft, draft.orderLine(1, of: line, subject: "product:\(product)", value: value)])
    }
}
