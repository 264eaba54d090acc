public import Base

/// A fact that does not fit with the others. It is kept and shown, and counts towards no number.
public struct OrderConflict: Sendable, Hashable {
    /// The raw value is the code on the wire.
    public enum Reason: String, Sendable, CaseIterable {
        case otherCurrency = "other_currency"
        case paidAfterCancel = "paid_after_cancel"
        case repeatedPayment = "repeated_payment"
        case sentAfterCancel = "sent_after_cancel"
        case cancelledAfterCompletion = "cancelled_after_completion"
        case refundWithoutPayment = "refund_without_payment"
        case refundAbovePaid = "refund_above_paid"
    }

    /// What else is known of the order that the fact does not fit with.
    public enum Obstacle: Sendable, Hashable {
        case currency(Currency)
        case cancelled(EventTime)
        case completed(EventTime)
        case payments(paid: Money, refunded: Money)
    }

    public let reason: Reason
    public let fact: OrderFact
    public let obstacle: Obstacle?  // Nil where the reason says it all.
    public let explanation: String  // Plain words with the numbers; no personal data.

    private init(_ reason: Reason, _ fact: OrderFact, _ obstacle: Obstacle? = nil, explanation: String) {
        self.reason = reason
        self.fact = fact
        self.obstacle = obstacle
        self.explanation = explanation
    }
}

extension OrderConflict {
    static func otherCurrency(_ fact: OrderFact, expected: Currency) -> Self {
        Self(
            .otherCurrency, fact, .currency(expected),
            explanation: "\(fact.told) is in another currency than the order, which is in \(expected.code)")
    }

    static func paidAfterCancel(_ fact: OrderFact, cancelledAt: EventTime) -> Self {
        Self(
            .paidAfterCancel, fact, .cancelled(cancelledAt),
            explanation: "\(fact.told), but the order was cancelled at \(cancelledAt.iso8601) and not made anew")
    }

    static func repeatedPayment(_ fact: OrderFact) -> Self {
        Self(
            .repeatedPayment, fact,
            explanation: "\(fact.told), as much as a payment before it, and the order is not known to cost more: "
                + "it seems to be the same payment, told twice")
    }

    static func sentAfterCancel(_ fact: OrderFact, cancelledAt: EventTime) -> Self {
        Self(
            .sentAfterCancel, fact, .cancelled(cancelledAt),
            explanation: "\(fact.told), but the order was cancelled at \(cancelledAt.iso8601)")
    }

    static func cancelledAfterCompletion(_ fact: OrderFact, completedAt: EventTime) -> Self {
        Self(
            .cancelledAfterCompletion, fact, .completed(completedAt),
            explanation: "\(fact.told), but it was completed at \(completedAt.iso8601): what comes back then is a "
                + "refund")
    }

    static func refundWithoutPayment(_ fact: OrderFact) -> Self {
        Self(
            .refundWithoutPayment, fact,
            explanation: "\(fact.told), but no payment of the order is known")
    }

    static func refundAbovePaid(_ fact: OrderFact, paid: Money, refunded: Money) -> Self {
        Self(
            .refundAbovePaid, fact, .payments(paid: paid, refunded: refunded),
            explanation: "\(fact.told), but of \(paid.decimalText) paid, \(refunded.decimalText) was given back before")
    }
}

extension OrderFact {
    fileprivate var told: String {
        let verb =
            switch kind {
            case .created: "made"
            case .paid: "paid"
            case .shipped: "shipped"
            case .completed: "completed"
            case .cancelled: "cancelled"
            case .refunded: "given back"
            }
        return "\(amount.map { "\($0.decimalText) was \(verb)" } ?? "the order was \(verb)") at \(time.iso8601)"
    }
}
