public import Base
public import Domain

/// What is held of a source's day beside what the platform says: how whole the feed is.
public struct Reconciliation: Sendable, Equatable {
    public let source: SourceName
    public let day: CalendarDay
    public let currency: Currency
    public let held: OrderTotals
    public let platform: PlatformTotal

    /// Held of what the platform counts, orders where it counts them, else their amount. Above 1 where more is held;
    /// nil where the platform says 0.
    public var completeness: Double? {
        if let count = platform.orderCount { return Self.share(held.orderCount, of: count) }
        return amountCompleteness
    }

    /// Paid amounts held of what the platform says was paid.
    public var amountCompleteness: Double? { Self.share(held.grossMinor, of: platform.grossMinor) }

    public var orderCountDifference: Int64? { platform.orderCount.map { held.orderCount &- $0 } }
    public var grossDifferenceMinor: Int64 { held.grossMinor &- platform.grossMinor }
    public var refundedDifferenceMinor: Int64? { platform.refundedMinor.map { held.refundedMinor &- $0 } }

    private static func share(_ held: Int64, of whole: Int64) -> Double? {
        whole > 0 ? Double(held) / Double(whole) : nil
    }
}

extension OrderBook {
    /// Each of the platforms' totals beside what is held, in the same order.
    public func reconcile(_ totals: [PlatformTotal]) -> [Reconciliation] {
        totals.map { total in
            let held = self.totals(total.day...total.day, source: total.source).first { $0.currency == total.currency }
            return Reconciliation(
                source: total.source, day: total.day, currency: total.currency, held: held?.totals ?? OrderTotals(),
                platform: total)
        }
    }
}
