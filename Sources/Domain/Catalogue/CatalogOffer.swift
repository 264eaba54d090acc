public import Base

/// What is offered, beside its words: what it costs, how many there are, when and where.
public struct CatalogOffer: Sendable, Equatable {
    public var price: Money?
    public var cost: Money?  // To us, of one.
    public var stock: Int64?  // At least 0; nil: not counted.
    public var startAt: EventTime?  // Of a show, or of a coupon's validity.
    public var endAt: EventTime?
    public var host = ""  // Of a room or show.
    public var terms = ""  // Of a coupon, such as 满 200 减 30.
    public var channel = ""  // That a creative is made for.
    public var form = ""  // Of a creative: poster, clip, copy, …
    public var images: [String] = []  // Addresses.
    public var discontinuedAt: EventTime?  // No longer offered; kept, since events still name it.

    public init() {}
}

/// An item of the catalogue as it stands.
public struct CatalogEntry: Sendable, Equatable {
    public let item: CatalogItem
    public let offer: CatalogOffer
    public let updatedAt: EventTime?  // Nil for what was never changed since such times are kept.

    public init(item: CatalogItem, offer: CatalogOffer, updatedAt: EventTime?) {
        self.item = item
        self.offer = offer
        self.updatedAt = updatedAt
    }
}

/// What is to be changed of an item; nil leaves it as it is. An item that is not there is made.
public struct CatalogPatch: Sendable, Equatable {
    public static let imageCountMax = 20
    public static let textUTF8CountMax = 1000

    public let subject: Subject
    public var title: String?
    public var category: String?
    public var brand: String?
    public var price: Money?
    public var cost: Money?
    public var stock: Int64?
    public var startAt: EventTime?
    public var endAt: EventTime?
    public var host: String?
    public var terms: String?
    public var channel: String?
    public var form: String?
    public var images: [String]?
    public var isDiscontinued: Bool?

    public init(_ subject: Subject) { self.subject = subject }

    /// The item after the change.
    ///
    /// - Parameter time: Since when it is so.
    public func applied(to entry: CatalogEntry?, at time: EventTime) -> CatalogEntry {
        let old = entry?.item
        let item = CatalogItem(
            subject: subject, title: title ?? old?.title ?? subject.id, category: category ?? old?.category ?? "",
            brand: brand ?? old?.brand ?? "")
        var offer = entry?.offer ?? CatalogOffer()
        offer.price = price ?? offer.price
        offer.cost = cost ?? offer.cost
        offer.stock = stock ?? offer.stock
        offer.startAt = startAt ?? offer.startAt
        offer.endAt = endAt ?? offer.endAt
        offer.host = host ?? offer.host
        offer.terms = terms ?? offer.terms
        offer.channel = channel ?? offer.channel
        offer.form = form ?? offer.form
        offer.images = images ?? offer.images
        if let isDiscontinued { offer.discontinuedAt = isDiscontinued ? offer.discontinuedAt ?? time : nil }
        return CatalogEntry(item: item, offer: offer, updatedAt: time)
    }
}

/// A number of an item that changed.
public struct CatalogChange: Sendable, Equatable, Identifiable {
    /// The raw value is what is stored, and the word on the wire.
    public enum Metric: String, Sendable, CaseIterable {
        case price, cost  // Minor units.
        case stock
        case discontinued  // 1 from then on, 0 where it is offered again.
    }

    public let id: Int64
    public let time: EventTime  // Since when it is so.
    public let metric: Metric
    public let value: Int64
    public let currency: Currency?  // Of a price or cost.
    public let origin: String  // Who said so: `user:ana`, `import:shop`.
    public let notedAt: EventTime

    public init(
        id: Int64, time: EventTime, metric: Metric, value: Int64, currency: Currency?, origin: String,
        notedAt: EventTime
    ) {
        self.id = id
        self.time = time
        self.metric = metric
        self.value = value
        self.currency = currency
        self.origin = origin
        self.notedAt = notedAt
    }
}
