/// What the orders of a day come to, in one currency's minor units. Everything stands on the day of an order's first
/// payment: a refund or a cancel that comes later changes that day.
public struct OrderTotals: Sendable, Hashable {
    public var orderCount: Int64 = 0  // Paid.
    public var refundedCount: Int64 = 0  // Of these, with anything given back.
    public var cancelledCount: Int64 = 0  // Of these, cancelled after the payment.
    public var grossMinor: Int64 = 0  // Paid.
    public var refundedMinor: Int64 = 0
    public var cancelledMinor: Int64 = 0  // Paid, of cancelled orders, less what was given back.

    public init() {}

    /// What one order adds to the day of its first payment; nothing where it is not paid.
    public init(of order: OrderStanding) {
        guard order.paidAt != nil else { return }
        orderCount = 1
        refundedCount = order.refundedMinor > 0 || order.refundedAt != nil ? 1 : 0
        cancelledCount = order.cancelledAt == nil ? 0 : 1
        grossMinor = order.paidMinor
        refundedMinor = order.refundedMinor
        cancelledMinor = order.cancelledMinor
    }

    public var netMinor: Int64 { grossMinor &- refundedMinor &- cancelledMinor }

    /// Amounts wrap past 64 bits, so that what was added can always be taken away again.
    public static func += (lhs: inout Self, rhs: Self) { lhs.combine(rhs) { $0 &+ $1 } }
    public static func -= (lhs: inout Self, rhs: Self) { lhs.combine(rhs) { $0 &- $1 } }

    private mutating func combine(_ other: Self, _ join: (Int64, Int64) -> Int64) {
        orderCount = join(orderCount, other.orderCount)
        refundedCount = join(refundedCount, other.refundedCount)
        cancelledCount = join(cancelledCount, other.cancelledCount)
        grossMinor = join(grossMinor, other.grossMinor)
        refundedMinor = join(refundedMinor, other.refundedMinor)
        cancelledMinor = join(cancelledMinor, other.cancelledMinor)
    }
}

/// A number of a day that can be asked for. The raw value is its word on the wire.
public enum OrderMetric: String, Sendable, CaseIterable {
    case orders, gross, refunded, cancelled, net
}

extension OrderTotals {
    public subscript(metric: OrderMetric) -> Int64 {
        switch metric {
        case .orders: orderCount
        case .gross: grossMinor
        case .refunded: refundedMinor
        case .cancelled: cancelledMinor
        case .net: netMinor
        }
    }
}
