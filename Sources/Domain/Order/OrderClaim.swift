public import Base

/// Why what a table says of an order cannot be so.
public struct OrderContradiction: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String  // Plain words with the numbers; no personal data.
}

/// What a platform's table says of one order as it stands: the facts follow from it.
public struct OrderClaim: Sendable, Equatable {
    public enum Status: Sendable, CaseIterable {
        case awaitingPayment, paid, shipped, completed, cancelled
        case refunding  // Asked for, not yet given back.
        case refunded
    }

    public var status: Status?
    public var ordered: Money?  // What the order costs.
    public var paid: Money?  // All payments so far.
    public var refunded: Money?  // All refunds so far.
    public var createdAt: EventTime?
    public var paidAt: EventTime?
    public var shippedAt: EventTime?
    public var completedAt: EventTime?
    public var cancelledAt: EventTime?
    public var refundedAt: EventTime?
    public var updatedAt: EventTime?  // Stands in for a time that is not told.

    public init() {}
}

/// A fact that a claim adds to what is known, before it is an event.
public struct ClaimedFact: Sendable, Equatable {
    public let kind: OrderFact.Kind
    public let time: EventTime
    public let amount: Money?
    /// Tells it from the others of its kind, also on the next import: the sum up to it, for what may happen in parts.
    public let mark: String

    public func fact(sequence: UInt64) -> OrderFact {
        OrderFact(kind: kind, time: time, amount: amount, sequence: sequence)
    }
}

extension OrderClaim {
    /// What is new in it; nothing where all is known.
    ///
    /// - Parameter order: What is known.
    /// - Throws: Where the claim is at odds with itself, or says less than what is known.
    public func facts(missingFrom order: Order) throws(OrderContradiction) -> [ClaimedFact] {
        try checkItself()
        let known = order.standing
        try check(against: known)
        let payments = try paymentFacts(known)
        let facts = try createdFacts(order) + payments + stepFacts(known) + refundFacts(known, payments)
        var after = order
        for fact in facts { after.add(fact.fact(sequence: .max)) }
        let before = Set(known.conflicts.map(\.fact))
        if let conflict = after.standing.conflicts.first(where: { $0.fact.sequence == .max }) {
            throw OrderContradiction(description: conflict.explanation)
        }
        if let conflict = after.standing.conflicts.first(where: { !before.contains($0.fact) }) {
            throw OrderContradiction(description: conflict.explanation)
        }
        return facts
    }

    private var isPaid: Bool {
        switch status {
        case .paid, .shipped, .completed, .refunding, .refunded: true
        case .awaitingPayment: false
        case .cancelled, nil: paidAt != nil || (paid?.minor ?? 0) > 0
        }
    }

    /// The latest of the times that are told; for a step without one of its own.
    private var timeLatest: EventTime? {
        updatedAt ?? [createdAt, paidAt, shippedAt, completedAt, cancelledAt, refundedAt].compactMap { $0 }.max()
    }

    private func checkItself() throws(OrderContradiction) {
        if status == .awaitingPayment, paidAt != nil || (paid?.minor ?? 0) > 0 {
            throw OrderContradiction(description: "the order awaits payment, yet a payment is told")
        }
        if let refunded, let paid, refunded.minor > paid.minor {
            throw OrderContradiction(
                description: "\(refunded.decimalText) given back is more than \(paid.decimalText) paid")
        }
        if let refunded, refunded.minor > 0, !isPaid {
            throw OrderContradiction(description: "\(refunded.decimalText) given back, yet no payment is told")
        }
    }

    private func check(against known: OrderStanding) throws(OrderContradiction) {
        if let currency = known.currency, let other = [paid, ordered, refunded].compactMap({ $0 }).first,
            other.currency != currency
        {
            throw OrderContradiction(
                description: "the amounts are in \(other.currency.code), those known of the order in \(currency.code)")
        }
        if !isPaid, status == .awaitingPayment, known.paidAt != nil {
            throw OrderContradiction(
                description: "the order awaits payment, yet it is known to be paid: is the table an older one?")
        }
        try checkNotLess(paid, than: known.paidMinor, "paid")
        if status != .refunding { try checkNotLess(refunded, than: known.refundedMinor, "given back") }
    }

    private func checkNotLess(_ amount: Money?, than minor: Int64, _ verb: String) throws(OrderContradiction) {
        guard let amount, amount.minor < minor, let known = Money(minor: minor, currency: amount.currency) else {
            return
        }
        throw OrderContradiction(
            description: "\(amount.decimalText) \(verb), yet \(known.decimalText) is known: is the table an older one?")
    }

    private func createdFacts(_ order: Order) -> [ClaimedFact] {
        guard let createdAt, !order.facts.contains(where: { $0.kind == .created }) else { return [] }
        return [ClaimedFact(kind: .created, time: createdAt, amount: ordered, mark: "")]
    }

    private func paymentFacts(_ known: OrderStanding) throws(OrderContradiction) -> [ClaimedFact] {
        guard isPaid else { return [] }
        let total = paid ?? (known.paidAt == nil ? ordered : nil)
        let left = total.flatMap { Money(minor: $0.minor - known.paidMinor, currency: $0.currency) }
        guard known.paidAt == nil || (left?.minor ?? 0) > 0 else { return [] }
        return [
            ClaimedFact(
                kind: .paid, time: try time(paidAt ?? createdAt, "payment"), amount: left, mark: Self.mark(total))
        ]
    }

    private func stepFacts(_ known: OrderStanding) throws(OrderContradiction) -> [ClaimedFact] {
        let steps: [(OrderFact.Kind, Status, told: EventTime?, known: EventTime?, name: String)] = [
            (.shipped, .shipped, shippedAt, known.shippedAt, "shipping"),
            (.completed, .completed, completedAt, known.completedAt, "completion"),
            (.cancelled, .cancelled, cancelledAt, known.cancelledAt, "cancel"),
        ]
        var facts: [ClaimedFact] = []
        for step in steps where step.known == nil && (step.told != nil || status == step.1) {
            facts.append(ClaimedFact(kind: step.0, time: try time(step.told, step.name), amount: nil, mark: ""))
        }
        return facts
    }

    private func refundFacts(
        _ known: OrderStanding, _ payments: [ClaimedFact]
    ) throws(OrderContradiction) -> [ClaimedFact] {
        guard status != .refunding else { return [] }
        let paidMinor = payments.reduce(known.paidMinor) { $0 + ($1.amount?.minor ?? 0) }
        let currency = known.currency ?? payments.first?.amount?.currency
        let whole = currency.flatMap { Money(minor: paidMinor, currency: $0) }
        guard let total = refunded ?? (status == .refunded ? whole : nil), total.minor > known.refundedMinor,
            let part = Money(minor: total.minor - known.refundedMinor, currency: total.currency)
        else { return [] }
        return [
            ClaimedFact(kind: .refunded, time: try time(refundedAt, "refund"), amount: part, mark: Self.mark(total))
        ]
    }

    private func time(_ told: EventTime?, _ step: String) throws(OrderContradiction) -> EventTime {
        guard let time = told ?? timeLatest else {
            throw OrderContradiction(description: "the time of the \(step) is not told, nor any other")
        }
        return time
    }

    private static func mark(_ total: Money?) -> String { total.map { "\($0.minor)\($0.currency.code)" } ?? "" }
}
