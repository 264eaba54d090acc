public import Base
public import Domain
import Kernels

/// Who bought when, how often and for how much.
public struct BuyerQuery: Sendable, Hashable {
    public let order: EventFilter
    public let refund: EventFilter?  // Its value is taken off; nil for gross.
    public let currency: Currency
    public let range: Range<EventTime>

    public init(order: EventFilter, refund: EventFilter?, currency: Currency, range: Range<EventTime>) {
        self.order = order
        self.refund = refund
        self.currency = currency
        self.range = range
    }
}

public struct BuyerResult: Sendable, Equatable {
    public let buyers: [Buyer]  // With at least one order, by when the first of their ids came.
    public let ordersLeftOut: Int  // Orders of the range without a value in the currency.
}

public struct Buyer: Sendable, Equatable {
    public let code: UInt32  // Of the person, for this snapshot.
    public let lastOrder: EventTime
    public let orders: Int
    public let minor: Int64  // Orders less refunds, in minor units.

    public init(code: UInt32, lastOrder: EventTime, orders: Int, minor: Int64) {
        self.code = code
        self.lastOrder = lastOrder
        self.orders = orders
        self.minor = minor
    }
}

extension TimelineSnapshot {
    /// - Complexity: One pass over the events.
    public func buyers(_ query: BuyerQuery) -> BuyerResult {
        let code = dictionaries.withTables { tables in
            (1..<UInt8(max(1, counts.currencies))).first { tables.currency(of: $0) == query.currency }
        }
        let timesMs = query.range.lowerBound.unixMs..<query.range.upperBound.unixMs
        let partials = scan(
            matching: [query.order] + (query.refund.map { [$0] } ?? []),
            start: { FoundBuyers() },
            visit: { found, people in
                var figures = [BuyerFigures](repeating: BuyerFigures(), count: people.people.count)
                var span = figures.mutableSpan
                let extras = people.rows.extras
                found.ordersLeftOut += buyerFigures(
                    people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span, masks: people.masks.span,
                    extras: people.listed(extras.rows).span, minors: extras.table.minors.span,
                    currencies: extras.table.currencies.span,
                    currency: code ?? .max, timesMs: timesMs, into: &span)
                for (person, one) in figures.enumerated() where one.orders > 0 {
                    found.buyers.append(
                        Buyer(
                            code: people.firstCode(person), lastOrder: EventTime(clampingUnixMs: one.lastMs),
                            orders: one.orders, minor: one.minor))
                }
            })
        return BuyerResult(
            buyers: partials.flatMap(\.buyers).sorted { $0.code < $1.code },
            ordersLeftOut: partials.reduce(0) { $0 + $1.ordersLeftOut })
    }

    public func person(_ buyer: Buyer) -> PersonID { person(of: buyer.code) }
}

/// What one thread found.
private struct FoundBuyers: Sendable {
    var buyers: [Buyer] = []
    var ordersLeftOut = 0
}
