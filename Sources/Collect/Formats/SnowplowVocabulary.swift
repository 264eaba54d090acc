import Base
import Domain

/// The meaning of Snowplow's own self-describing events; any other keeps the name of its schema.
enum SnowplowVocabulary {
    private static let vendors = ["com.snowplowanalytics.", "com.google.tag-manager."]

    /// - Parameters:
    ///   - event: `schema` and `data`.
    ///   - common: With the event's properties, to which those of `data` are added.
    static func drafts(_ event: JSON, _ contexts: [JSON], _ common: EventDraft) -> [EventDraft] {
        let schema = event["schema"]?.stringValue ?? ""
        let data = event["data"]?.objectValue ?? JSONObject()
        var draft = common
        draft.name = name(ofSchema: schema).map { .string($0) }
        var properties = common.properties?.objectValue ?? JSONObject()
        for member in data.members { properties[member.name] = member.value }
        properties["schema"] = .string(schema)
        draft.properties = .object(properties)
        if let decision = data["decision_id"] { draft.decision = decision }
        guard vendors.contains(where: { schema.hasPrefix("iglu:\($0)") }) else { return [draft] }
        switch name(ofSchema: schema) {
        case "add_to_cart", "remove_from_cart": draft.subject = SubjectText.make(.product, data["sku"])
        case "screen_view":
            draft.name = "page_view"
            draft.subject = SubjectText.make(.page, data["name"])
        case "site_search":
            draft.name = "search"
            let terms = data["terms"]?.arrayValue?.compactMap(\.stringValue).joined(separator: " ")
            draft.subject = SubjectText.make(.query, terms.map { .string($0) })
        case "snowplow_ecommerce_action": return ecommerce(data["type"]?.stringValue ?? "", contexts, draft)
        default: break
        }
        return [draft]
    }

    /// `iglu:vendor/name/format/version`.
    static func name(ofSchema schema: String) -> String? {
        let parts = schema.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 4 && schema.hasPrefix("iglu:") ? String(parts[1]) : nil
    }

    /// The data of the first context of this name.
    static func entity(_ name: String, in contexts: [JSON]) -> JSON? { entities(name, in: contexts).first }

    private static func entities(_ name: String, in contexts: [JSON]) -> [JSON] {
        contexts.filter { Self.name(ofSchema: $0["schema"]?.stringValue ?? "") == name }.compactMap { $0["data"] }
    }
}

extension SnowplowVocabulary {
    private static let productEvents = [
        "product_view": "product_view", "list_view": "product_exposure", "list_click": "product_click",
        "add_to_cart": "add_to_cart", "remove_from_cart": "remove_from_cart",
    ]
    private static let promotionEvents = ["promo_view": "exposure", "promo_click": "click"]

    /// Source: docs.snowplow.io Ecommerce events and entities: the event holds its type, the contexts all else.
    private static func ecommerce(_ type: String, _ contexts: [JSON], _ draft: EventDraft) -> [EventDraft] {
        let products = entities("product", in: contexts)
        if let name = productEvents[type] {
            return each(products, of: draft, named: name) { SubjectText.make(.product, $0["id"]) }
        }
        if let name = promotionEvents[type] {
            return each(entities("promotion", in: contexts), of: draft, named: name) {
                SubjectText.make(.creative, $0["id"])
            }
        }
        var event = draft
        switch type {
        case "transaction":
            let order = entity("transaction", in: contexts)
            event.name = "order_paid"
            event.subject = SubjectText.make(.order, order?["transaction_id"])
            event.value = order?["revenue"].map { SegmentFormat.money($0, order?["currency"]) }
            return [event] + lines(products, of: event)
        case "refund":
            let refund = entity("refund", in: contexts)
            event.name = "order_refunded"
            event.subject = SubjectText.make(.order, refund?["transaction_id"])
            event.value = refund?["refund_amount"].map { SegmentFormat.money($0, refund?["currency"]) }
        default: event.name = .string(type.isEmpty ? "snowplow_ecommerce_action" : type)
        }
        return [event]
    }

    /// One event for each entity; without any, the event alone.
    private static func each(
        _ entities: [JSON], of draft: EventDraft, named name: String, subject: (JSON) -> JSON?
    ) -> [EventDraft] {
        var event = draft
        event.name = .string(name)
        guard !entities.isEmpty else { return [event] }
        return entities.enumerated().map { index, entity in
            var one = event
            if index > 0 { one.id = numbered(event.id, index) }
            one.subject = subject(entity)
            return one
        }
    }

    private static func lines(_ products: [JSON], of order: EventDraft) -> [EventDraft] {
        products.enumerated().compactMap { index, product in
            guard let subject = SubjectText.make(.product, product["id"]) else { return nil }
            var line = order
            line.id = numbered(order.id, index + 1)
            line.name = "product_purchased"
            line.subject = subject
            line.value = SnowplowFormat.lineValue(product["price"], product["quantity"], product["currency"])
            line.properties = product
            return line
        }
    }

    private static func numbered(_ id: JSON?, _ number: Int) -> JSON? {
        id?.stringValue.map { .string("\($0)#\(number)") }
    }
}
