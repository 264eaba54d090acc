import Domain

/// What a person can do with a subject that says they want it.
enum Touch: Sendable, Equatable {
    case purchase, cart, claim, click, view

    /// Of these kinds a decision can choose; orders, pages and queries are none of them.
    static let kinds: Set<Subject.Kind> = [.product, .item, .coupon, .creative, .room, .show, .campaign, .message]
    /// Co-occurrences counted for one touch, so that a long session costs no more than a short one.
    static let togetherCountMax = 20

    /// Nil for any other event.
    init?(_ name: EventName) {
        switch name {
        case .productPurchased: self = .purchase
        case .addToCart: self = .cart
        case .couponClaimed: self = .claim
        case .click, .productClick: self = .click
        case .productView: self = .view
        default: return nil
        }
    }

    /// Share of a purchase that it counts for in popularity and co-occurrence.
    var weight: Double {
        switch self {
        case .purchase: 1
        case .cart, .claim: 0.4
        case .click: 0.2
        case .view: 0.1
        }
    }

    /// Whether it answers a decision that it names.
    var isPositive: Bool { self != .view }
}
