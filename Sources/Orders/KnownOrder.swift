public import Base
public import Domain

/// An order, and whose it is.
public struct KnownOrder: Sendable, Equatable {
    public let key: OrderKey
    public let person: PersonID  // Of the first event that told of it.
    public let order: Order
    public let factCountLost: Int  // Past the bound of facts of one order.
}

/// What a day's orders come to.
public struct DayTotals: Sendable, Equatable {
    public let day: CalendarDay
    public let currency: Currency
    public let source: SourceName?  // Nil: all sources.
    public let totals: OrderTotals
    public let restatementCount: Int  // How often it was changed after it was over; of all sources.
}

/// A number of a past day that a late fact changed.
public struct Restatement: Sendable, Equatable {
    public internal(set) var id: Int  // Ascending from 1.
    public let day: CalendarDay
    public let currency: Currency
    public let before: OrderTotals  // Of the day, of all sources.
    public internal(set) var after: OrderTotals
    public let source: SourceName  // Who told it.
    public let name: EventName  // What was told.
    public internal(set) var orderID: String  // Of the first order that it is about; empty where that was erased.
    public let sequence: UInt64  // Of the first event.
    public internal(set) var sequenceLast: UInt64
    public internal(set) var factCount: Int  // Events of one kind that came in one request stand together.
    public let receivedAt: EventTime

    public func isChanged(_ metric: OrderMetric) -> Bool { before[metric] != after[metric] }
}
