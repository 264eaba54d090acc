import Base

/// The names of Segment's e-commerce specification (v2) that mean what a canonical name means. The others stay as they
/// are: a coupon that was denied was not used, a checkout that was begun is no order yet.
enum SegmentVocabulary {
    struct Meaning: Sendable {
        let name: String
        let subject: @Sendable (JSONObject) -> String?
        var carriesOrderValue = false
    }

    /// Nil for a custom event, which keeps its name.
    static func meaning(of event: String) -> Meaning? { meanings[event.lowercased()] }

    static func product(_ properties: JSONObject) -> String? {
        identifier(properties, ["product_id", "sku", "id"]).map { "product:\($0)" }
    }

    private static let meanings: [String: Meaning] = [
        "products searched": Meaning(name: "search") { query in identifier(query, ["query"]).map { "query:\($0)" } },
        "product list viewed": Meaning(name: "page_view", subject: list),
        "product list filtered": Meaning(name: "page_view", subject: list),
        "promotion viewed": Meaning(name: "exposure", subject: promotion),
        "promotion clicked": Meaning(name: "click", subject: promotion),
        "product clicked": Meaning(name: "product_click", subject: product),
        "product viewed": Meaning(name: "product_view", subject: product),
        "product added": Meaning(name: "add_to_cart", subject: product),
        "wishlist product added to cart": Meaning(name: "add_to_cart", subject: product),
        "product removed": Meaning(name: "remove_from_cart", subject: product),
        "product shared": Meaning(name: "share", subject: product),
        "cart viewed": Meaning(name: "page_view") { _ in "page:cart" },
        "cart shared": Meaning(name: "share") { _ in "page:cart" },
        "checkout step viewed": Meaning(name: "page_view", subject: checkoutStep),
        "order completed": Meaning(name: "order_paid", subject: order, carriesOrderValue: true),
        "order shipped": Meaning(name: "order_shipped", subject: order, carriesOrderValue: true),
        "order delivered": Meaning(name: "order_completed", subject: order, carriesOrderValue: true),
        "order refunded": Meaning(name: "order_refunded", subject: order, carriesOrderValue: true),
        "order cancelled": Meaning(name: "order_cancelled", subject: order, carriesOrderValue: true),
        "coupon applied": Meaning(name: "coupon_used", subject: coupon),
        "coupon entered": Meaning(name: "coupon_claimed", subject: coupon),
        "signed up": Meaning(name: "sign_up") { _ in nil },
    ]

    private static let order: @Sendable (JSONObject) -> String? = { properties in
        identifier(properties, ["order_id", "checkout_id"]).map { "order:\($0)" }
    }
    private static let coupon: @Sendable (JSONObject) -> String? = { properties in
        identifier(properties, ["coupon_id", "coupon_name", "coupon"]).map { "coupon:\($0)" }
    }
    private static let promotion: @Sendable (JSONObject) -> String? = { properties in
        identifier(properties, ["promotion_id", "creative", "name"]).map { "creative:\($0)" }
    }
    private static let checkoutStep: @Sendable (JSONObject) -> String? = { properties in
        "page:checkout" + (identifier(properties, ["step"]).map { "/\($0.prefix(40))" } ?? "")
    }
    private static let list: @Sendable (JSONObject) -> String? = { properties in
        identifier(properties, ["list_id", "category"]).map { "page:\($0)" }
    }

    /// The first of the named properties that is a text or a whole number.
    static func identifier(_ properties: JSONObject, _ names: [String]) -> String? {
        names.lazy.compactMap { properties[$0] }
            .compactMap { $0.stringValue ?? $0.intValue.map(String.init) }
            .first { !$0.isEmpty }
    }
}
