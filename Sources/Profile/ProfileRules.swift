public import Base
internal import Domain

/// The periods by which a profile is made; the answer states them.
public struct ProfileRules: Sendable, Equatable {
    public var interestHalfLife = Milliseconds.days(30)
    public var responseWindow = Milliseconds.days(1)
    public var newWithin = Milliseconds.days(7)  // Since the first event.
    public var activeWithin = Milliseconds.days(14)  // Since the last one.
    public var dormantAfter = Milliseconds.days(60)
    public var habitsWithin = Milliseconds.days(90)
    public var spendingDays = 90

    public init() {}
}

extension EventName {
    /// How strongly an event speaks of an interest in its subject; 0 where it says nothing of it.
    var interest: Double { Self.interests[text] ?? 0 }

    private static let interests = [
        "page_view": 1.0, "product_view": 1, "product_click": 1, "click": 1, "room_enter": 1, "like": 1, "comment": 2,
        "share": 2, "coupon_claimed": 2, "follow": 3, "gift": 3, "add_to_cart": 3, "product_purchased": 5,
    ]

    /// Whether something was put before the person.
    var isTouch: Bool { Self.exposures.contains(self) || self == .messageSent }

    /// Whether the person answered to what was put before them.
    var isResponse: Bool { Self.positiveOutcomes.contains(self) || Self.responses.contains(text) }

    private static let responses: Set = [
        "message_opened", "message_clicked", "product_view", "room_enter", "coupon_used", "order_paid",
    ]

    /// Whether the person did it themselves, at its time.
    var isOwnAct: Bool { !isTouch && !Self.doneToThem.contains(text) }

    private static let doneToThem: Set = [
        "message_delivered", "message_bounced", "decision", "order_shipped", "order_completed", "order_refunded",
        "order_cancelled", "ad_spend", "product_pinned", "service_answer", "identify", "alias", "group",
    ]
}
