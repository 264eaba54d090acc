/// Where an order stands. The raw value is its word on the wire.
public enum OrderState: String, Sendable, CaseIterable {
    case created  // Or known by nothing that counts.
    case paid
    case shipped
    case completed
    case cancelled
    case refundedInPart = "refunded_in_part"
    case refunded  // All that was paid.
}
