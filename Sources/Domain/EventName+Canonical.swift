extension EventName {
    public static let exposure = EventName(validated: "exposure")
    public static let click = EventName(validated: "click")
    public static let pageView = EventName(validated: "page_view")
    public static let search = EventName(validated: "search")
    public static let productExposure = EventName(validated: "product_exposure")
    public static let productClick = EventName(validated: "product_click")
    public static let productView = EventName(validated: "product_view")
    public static let addToCart = EventName(validated: "add_to_cart")
    public static let orderCreated = EventName(validated: "order_created")
    public static let orderPaid = EventName(validated: "order_paid")
    public static let orderShipped = EventName(validated: "order_shipped")
    public static let orderCompleted = EventName(validated: "order_completed")
    public static let orderCancelled = EventName(validated: "order_cancelled")
    public static let orderRefunded = EventName(validated: "order_refunded")
    /// One product of a paid order. Its value is part of the order's and never counts towards GMV again.
    public static let productPurchased = EventName(validated: "product_purchased")
    public static let couponExposure = EventName(validated: "coupon_exposure")
    public static let couponClaimed = EventName(validated: "coupon_claimed")
    public static let couponUsed = EventName(validated: "coupon_used")
    public static let messageSent = EventName(validated: "message_sent")
    public static let identify = EventName(validated: "identify")
    public static let alias = EventName(validated: "alias")
    public static let group = EventName(validated: "group")
    public static let decision = EventName(validated: "decision")
    public static let audienceEntered = EventName(validated: "audience_entered")
    public static let audienceLeft = EventName(validated: "audience_left")

    /// Every name with a meaning of its own; wire formats map onto these.
    public static let canonical: Set<EventName> = Set(
        [
            "exposure", "click", "page_view", "page_stay", "search", "room_enter", "room_stay", "room_leave", "comment",
            "like", "share", "follow", "unfollow", "gift", "product_pinned", "product_exposure", "product_click",
            "product_view", "add_to_cart", "remove_from_cart", "order_created", "order_paid", "order_shipped",
            "order_completed", "order_cancelled", "order_refunded", "product_purchased", "coupon_exposure",
            "coupon_claimed", "coupon_used", "sign_up",
            "message_sent", "message_delivered", "message_opened", "message_clicked", "message_bounced",
            "unsubscribe", "ad_spend", "service_question", "service_answer", "identify", "alias", "group", "decision",
            "audience_entered", "audience_left",
        ].map(EventName.init(validated:)))

    /// Something offered was seen.
    public static let exposures: Set<EventName> = [.exposure, .productExposure, .couponExposure]
    /// The person took up what was offered.
    public static let positiveOutcomes: Set<EventName> = [
        .click, .productClick, .addToCart, .couponClaimed, .productPurchased,
    ]
}
