public import Base

/// All that is known of one order: facts, as they happened.
///
/// The standing is a function of the set of facts alone, so late facts and facts in any order end the same.
public struct Order: Sendable, Equatable {
    public private(set) var facts: [OrderFact]

    public init(facts: [OrderFact] = []) { self.facts = facts.sorted() }

    /// - Complexity: O(facts).
    public mutating func add(_ fact: OrderFact) {
        let place = facts.lastIndex { $0 < fact }.map { $0 + 1 } ?? 0
        facts.insert(fact, at: place)
    }

    /// - Complexity: O(facts), twice.
    public var standing: OrderStanding { OrderStanding(facts) }
}

/// What the facts of an order come to.
public struct OrderStanding: Sendable, Equatable {
    public private(set) var state: OrderState = .created
    public private(set) var currency: Currency?  // Nil where no amount is known.
    public private(set) var orderedMinor: Int64?  // What the order costs, as its making said last.
    public private(set) var paidMinor: Int64 = 0
    public private(set) var refundedMinor: Int64 = 0
    public private(set) var createdAt: EventTime?
    public private(set) var paidAt: EventTime?  // The first payment.
    public private(set) var shippedAt: EventTime?
    public private(set) var completedAt: EventTime?
    public private(set) var cancelledAt: EventTime?
    public private(set) var refundedAt: EventTime?  // The last refund.
    public private(set) var conflicts: [OrderConflict] = []

    private var payments: [Int64] = []

    /// - Parameter facts: As they happened.
    init(_ facts: [OrderFact]) {
        currency = Self.currency(of: facts)
        let making = facts.last { $0.kind == .created && $0.amount != nil && $0.amount?.currency == currency }
        orderedMinor = making?.amount?.minor
        for fact in facts where fact.kind != .refunded && isOfCurrency(fact) { take(fact) }
        // By date, but against all that was paid: the clocks of a shop and of its bank differ.
        for fact in facts where fact.kind == .refunded && isOfCurrency(fact) { refund(fact) }
        conflicts.sort { $0.fact < $1.fact }
        state = finalState
    }

    /// What was paid and neither given back nor cancelled.
    public var netMinor: Int64 { paidMinor - refundedMinor - cancelledMinor }

    /// What was paid of a cancelled order and is not yet given back.
    public var cancelledMinor: Int64 { cancelledAt == nil ? 0 : paidMinor - refundedMinor }

    /// Of the first payment, else of the making, else of a refund.
    private static func currency(of facts: [OrderFact]) -> Currency? {
        for kind in [OrderFact.Kind.paid, .created, .refunded] {
            if let amount = facts.lazy.filter({ $0.kind == kind }).compactMap(\.amount).first { return amount.currency }
        }
        return nil
    }

    private mutating func isOfCurrency(_ fact: OrderFact) -> Bool {
        guard let amount = fact.amount, let currency, amount.currency != currency else { return true }
        conflicts.append(.otherCurrency(fact, expected: currency))
        return false
    }

    private mutating func take(_ fact: OrderFact) {
        switch fact.kind {
        case .created:
            createdAt = createdAt ?? fact.time
            cancelledAt = nil  // Made anew.
        case .paid: pay(fact)
        case .shipped:
            if let cancelledAt { return conflicts.append(.sentAfterCancel(fact, cancelledAt: cancelledAt)) }
            shippedAt = shippedAt ?? fact.time
        case .completed:
            if let cancelledAt { return conflicts.append(.sentAfterCancel(fact, cancelledAt: cancelledAt)) }
            completedAt = completedAt ?? fact.time
        case .cancelled:
            if let completedAt { return conflicts.append(.cancelledAfterCompletion(fact, completedAt: completedAt)) }
            cancelledAt = cancelledAt ?? fact.time
        case .refunded: return
        }
    }

    /// Payments add up, such as a deposit and the rest. One as large as another counts only where the order is known
    /// to cost both: a page and a server often tell of the same payment.
    private mutating func pay(_ fact: OrderFact) {
        if let cancelledAt { return conflicts.append(.paidAfterCancel(fact, cancelledAt: cancelledAt)) }
        let minor = fact.amount?.minor ?? (paidAt == nil ? orderedMinor ?? 0 : 0)
        if fact.amount != nil, payments.contains(minor), paidMinor + minor > orderedMinor ?? 0 {
            return conflicts.append(.repeatedPayment(fact))
        }
        payments.append(minor)
        paidMinor += minor
        paidAt = paidAt ?? fact.time
    }

    /// One without an amount gives back all that is left.
    private mutating func refund(_ fact: OrderFact) {
        guard paidAt != nil else { return conflicts.append(.refundWithoutPayment(fact)) }
        let left = paidMinor - refundedMinor
        let minor = fact.amount?.minor ?? left
        guard minor <= left else {
            let amounts = [paidMinor, refundedMinor].map { minor in
                currency.flatMap { Money(minor: minor, currency: $0) }
            }
            guard let paid = amounts[0], let refunded = amounts[1] else { return }
            return conflicts.append(.refundAbovePaid(fact, paid: paid, refunded: refunded))
        }
        refundedMinor += minor
        refundedAt = fact.time
    }

    private var finalState: OrderState {
        if refundedAt != nil, refundedMinor == paidMinor { return .refunded }
        if cancelledAt != nil { return .cancelled }
        if refundedMinor > 0 { return .refundedInPart }
        if completedAt != nil { return .completed }
        if shippedAt != nil { return .shipped }
        return paidAt == nil ? .created : .paid
    }
}
