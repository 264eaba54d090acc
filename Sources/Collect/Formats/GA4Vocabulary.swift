import Base

/// The recommended events of Google Analytics 4 that mean what a canonical name means. The others stay as they are: a
/// checkout that was begun is no order yet.
enum GA4Vocabulary {
    typealias SubjectOf = @Sendable (JSONObject) -> String?

    struct Meaning: Sendable {
        enum About: Sendable {
            case whole(SubjectOf)  // One event, about what its parameters name.
            case eachItem(SubjectOf)  // One event for each of `items`.
            case eachPromotion  // One event for each promotion that the parameters or `items` name.
            case list  // As `eachItem`; without items, the page of the list was seen.
            case order  // Carries the order's value.
        }

        let name: String
        let about: About
    }

    /// Nil for a custom event, which keeps its name.
    static func meaning(of event: String) -> Meaning? { meanings[event] }

    private static let meanings: [String: Meaning] = [
        "page_view": Meaning(name: "page_view", about: .whole(page)),
        "screen_view": Meaning(name: "page_view", about: .whole(page)),
        "view_item_list": Meaning(name: "product_exposure", about: .list),
        "select_item": Meaning(name: "product_click", about: .eachItem(product)),
        "view_item": Meaning(name: "product_view", about: .eachItem(product)),
        "add_to_cart": Meaning(name: "add_to_cart", about: .eachItem(product)),
        "remove_from_cart": Meaning(name: "remove_from_cart", about: .eachItem(product)),
        "view_cart": Meaning(name: "page_view", about: .whole { _ in "page:cart" }),
        "purchase": Meaning(name: "order_paid", about: .order),
        "refund": Meaning(name: "order_refunded", about: .order),
        "view_promotion": Meaning(name: "exposure", about: .eachPromotion),
        "select_promotion": Meaning(name: "click", about: .eachPromotion),
        "search": Meaning(name: "search", about: .whole(query)),
        "view_search_results": Meaning(name: "search", about: .whole(query)),
        "share": Meaning(name: "share", about: .whole(shared)),
        "sign_up": Meaning(name: "sign_up", about: .whole { _ in nil }),
    ]

    static let product: SubjectOf = { item in id(item, ["item_id", "item_name"]).map { "product:\($0)" } }
    static let promotion: SubjectOf = { item in
        id(item, ["promotion_id", "creative_name", "promotion_name"]).map { "creative:\($0)" }
    }
    static let order: SubjectOf = { params in id(params, ["transaction_id"]).map { "order:\($0)" } }
    static let list: SubjectOf = { params in id(params, ["item_list_id", "item_list_name"]).map { "page:\($0)" } }
    private static let query: SubjectOf = { params in id(params, ["search_term"]).map { "query:\($0)" } }
    private static let page: SubjectOf = { params in
        id(params, ["page_path", "page_location", "screen_name", "firebase_screen", "page_title"])
            .map { "page:\($0.prefix(150))" }
    }
    private static let shared: SubjectOf = { params in
        id(params, ["item_id", "content_id"]).map {
            "\(params["content_type"] == "product" ? "product" : "item"):\($0)"
        }
    }

    private static func id(_ object: JSONObject, _ names: [String]) -> String? {
        SegmentVocabulary.identifier(object, names)
    }
}

extension GA4Vocabulary.Meaning {
    /// The events that one of Google's stands for.
    ///
    /// - Parameter draft: Under Google's name, with all parameters as its properties.
    func drafts(_ draft: EventDraft, _ params: JSONObject) -> [EventDraft] {
        var draft = draft
        draft.name = .string(name)
        let items = (params["items"]?.arrayValue ?? []).compactMap(\.objectValue)
        switch about {
        case .whole(let subject):
            draft.subject = subject(params).map { .string($0) }
            return [draft]
        case .eachItem(let subject):
            let each = items.compactMap { item in subject(item).map { Self.draft(draft, about: $0, item) } }
            guard each.isEmpty else { return each }
            draft.subject = subject(params).map { .string($0) }
            return [draft]
        case .eachPromotion: return Self.promotions(draft, params, items)
        case .list:
            let each = items.compactMap { item in
                GA4Vocabulary.product(item).map { Self.draft(draft, about: $0, item) }
            }
            guard each.isEmpty else { return each }
            draft.name = "page_view"
            draft.subject = GA4Vocabulary.list(params).map { .string($0) }
            return [draft]
        case .order: return order(draft, params, items)
        }
    }

    /// The parameters of the event, without the other items, and over them those of its item.
    private static func draft(_ draft: EventDraft, about subject: String, _ item: JSONObject) -> EventDraft {
        var draft = draft
        draft.subject = .string(subject)
        var properties = draft.properties?.objectValue ?? JSONObject()
        properties["items"] = nil
        for member in item.members { properties[member.name] = member.value }
        draft.properties = .object(properties)
        return draft
    }

    private static func promotions(_ draft: EventDraft, _ params: JSONObject, _ items: [JSONObject]) -> [EventDraft] {
        var draft = draft
        if let own = GA4Vocabulary.promotion(params) {
            draft.subject = .string(own)
            return [draft]
        }
        var seen: Set<String> = []
        let each = items.compactMap { item -> EventDraft? in
            guard let subject = GA4Vocabulary.promotion(item), seen.insert(subject).inserted else { return nil }
            return Self.draft(draft, about: subject, item)
        }
        return each.isEmpty ? [draft] : each
    }

    /// A purchase is known by its transaction, as Google knows it: sent again, it counts once.
    private func order(_ draft: EventDraft, _ params: JSONObject, _ items: [JSONObject]) -> [EventDraft] {
        var draft = draft
        let subject = GA4Vocabulary.order(params)
        let currency = params["currency"]
        draft.subject = subject.map { .string($0) }
        let prices = items.compactMap(Self.price)
        let sum = prices.isEmpty ? nil : JSON.double(prices.reduce(0, +))
        draft.value = (params["value"] ?? sum).map { SegmentFormat.money($0, currency) }
        guard name == "order_paid" else { return [draft] }
        draft.id = subject.map { .string("purchase-\($0)") }
        let lines = items.enumerated().compactMap { index, item in
            GA4Vocabulary.product(item).map { product in
                let value = Self.price(item).map { SegmentFormat.money(.double($0), currency) }
                return draft.orderLine(index + 1, of: item, subject: product, value: value)
            }
        }
        return [draft] + lines
    }

    private static func price(_ item: JSONObject) -> Double? {
        number(item["price"]).map { $0 * (number(item["quantity"]) ?? 1) }
    }

    private static func number(_ json: JSON?) -> Double? { json?.doubleValue ?? json?.stringValue.flatMap(Double.init) }
}
