public import Base

/// One thing that happened to an order.
public struct OrderFact: Hashable, Sendable {
    /// In the order in which they count where they happened at the same moment.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case created, paid, shipped, completed, cancelled, refunded
    }

    public let kind: Kind
    public let time: EventTime
    public let amount: Money?  // Of what was ordered, paid or given back; nil where it was not told.
    public let sequence: UInt64  // Where the journal holds the event that told it.

    public init(kind: Kind, time: EventTime, amount: Money? = nil, sequence: UInt64) {
        self.kind = kind
        self.time = time
        self.amount = amount
        self.sequence = sequence
    }
}

extension OrderFact.Kind {
    public var eventName: EventName {
        switch self {
        case .created: .orderCreated
        case .paid: .orderPaid
        case .shipped: .orderShipped
        case .completed: .orderCompleted
        case .cancelled: .orderCancelled
        case .refunded: .orderRefunded
        }
    }

    /// Nil for an event that is none of an order.
    public init?(_ name: EventName) {
        guard name.text.utf8.first == UInt8(ascii: "o"), let kind = Self.byName[name] else { return nil }
        self = kind
    }

    private static let byName = Dictionary(uniqueKeysWithValues: Self.allCases.map { ($0.eventName, $0) })
}

extension OrderFact: Comparable {
    /// As they happened; never by when they were told. Facts that are the same here are interchangeable.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        let (left, right) = (lhs.amount?.minor ?? -1, rhs.amount?.minor ?? -1)
        return (lhs.time, lhs.kind.rawValue, left, lhs.amount?.currency.code ?? "", lhs.sequence)
            < (rhs.time, rhs.kind.rawValue, right, rhs.amount?.currency.code ?? "", rhs.sequence)
    }
}
