/// The name under which queries know a property: `campaign`, `city`.
public struct PropertyName: NameText {
    public static let utf8CountMax = 64
    public let text: String
    public init(validated text: String) { self.text = text }
}

/// A property of events that the timeline keeps beside its columns, so that queries may ask for it.
public struct IndexedProperty: Sendable, Hashable {
    public static let countMax = 64
    /// Longer texts are no values to group or filter by; they stay in the journal.
    public static let textUTF8CountMax = 128

    public let name: PropertyName
    /// Members of the event's properties, each reached by one name after the other; the first with a value counts.
    public let paths: [[String]]
    public let isIdentifier: Bool  // Whole numbers are the names of something and kept as texts.

    public init(name: PropertyName, paths: [[String]], isIdentifier: Bool = false) {
        self.name = name
        self.paths = paths
        self.isIdentifier = isIdentifier
    }

    /// The property of the same name at the top of an event's properties.
    public init(name: PropertyName) { self.init(name: name, paths: [[name.text]]) }
}

extension IndexedProperty {
    /// What campaigns, creatives, hosts and goods are told apart by, under the names that senders use for them.
    public static let standard: [IndexedProperty] = [
        known(
            "campaign", "campaign", "campaign_name", "campaign_id", "utm_campaign", "$utm_campaign",
            "context.campaign.name"),
        known("utm_source", "utm_source", "$utm_source", "context.campaign.source"),
        known("utm_medium", "utm_medium", "$utm_medium", "context.campaign.medium"),
        known("creative", "creative", "creative_id", "utm_content", "$utm_content", "context.campaign.content"),
        known("host", "host", "host_id", "anchor_id"),
        known("room", "room", "room_id"),
        known("show", "show", "show_id"),
        known("product", "product", "product_id", "sku"),
        known("category", "category", "product_category"),
        known("brand", "brand"),
        measured("price", "price"),
        measured("quantity", "quantity"),
        measured("seconds", "seconds", "duration_seconds", "duration"),
        known("platform", "platform", "$lib", "context.library.name"),
        known("os", "os", "$os", "context.os.name"),
        known("device", "device_type", "$device_type", "device", "context.device.type"),
        known("province", "province", "$province", "region"),
        known("city", "city", "$city"),
        known("variant", "variant", "$feature_flag_response"),
        known("payment_method", "payment_method"),
    ]

    private static func known(_ name: String, _ paths: String...) -> IndexedProperty {
        IndexedProperty(name: PropertyName(validated: name), paths: paths.map(steps), isIdentifier: true)
    }

    private static func measured(_ name: String, _ paths: String...) -> IndexedProperty {
        IndexedProperty(name: PropertyName(validated: name), paths: paths.map(steps))
    }

    private static func steps(_ path: String) -> [String] { path.split(separator: ".").map { String($0) } }
}
