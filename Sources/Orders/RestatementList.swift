import Base
import Domain

/// The restatements, oldest first, up to a bound; events of one kind that came in one request and changed one day stand
/// together, so that a table of a million orders leaves some rows, not a million.
struct RestatementList: Sendable {
    /// What was told, or that it is to be forgotten.
    struct Reason {
        let source: SourceName
        let name: EventName
        let receivedAt: EventTime
        let isErasure: Bool

        init(_ event: Event) {
            (source, name, receivedAt, isErasure) = (event.source, event.name, event.receivedAt, false)
        }

        private init(erasedAt time: EventTime) {
            (source, name, receivedAt, isErasure) = (.quanyu, Self.erasedName, time, true)
        }

        static func erasure(_ time: EventTime) -> Reason { Reason(erasedAt: time) }

        private static let erasedName = EventName(validated: "person_erased")
    }

    struct Cause {
        let reason: Reason
        let sequence: UInt64
        let orderID: String
    }

    private struct Key: Hashable, Sendable {
        let day: OrderTable.DayKey
        let source: SourceName
        let name: EventName
    }

    private(set) var rows: [Restatement] = []
    private(set) var countDropped = 0
    private var open: [Key: Int] = [:]  // Ids of the rows of the newest request.
    private var openReceivedAt: EventTime?

    init() {}

    /// - Parameter rows: As a snapshot held them.
    init(rows: [Restatement], countDropped: Int) {
        self.rows = rows
        self.countDropped = countDropped
        openReceivedAt = rows.last?.receivedAt
        for row in rows.reversed().prefix(while: { $0.receivedAt == rows.last?.receivedAt }) {
            let key = Key(
                day: OrderTable.DayKey(day: row.day, currency: row.currency), source: row.source, name: row.name)
            if open[key] == nil { open[key] = row.id }
        }
    }

    /// - Returns: 1 for a new row, 0 where the change stands with one before it.
    mutating func add(
        day: OrderTable.DayKey, before: OrderTotals, after: OrderTotals, _ cause: Cause, countMax: Int
    ) -> Int {
        let event = cause.reason
        if openReceivedAt != event.receivedAt {
            open.removeAll(keepingCapacity: true)
            openReceivedAt = event.receivedAt
        }
        let key = Key(day: day, source: event.source, name: event.name)
        if let id = open[key], let place = place(of: id), rows[place].after == before {
            rows[place].after = after
            rows[place].sequenceLast = cause.sequence
            rows[place].factCount += 1
            return 0
        }
        let id = countDropped + rows.count + 1
        rows.append(
            Restatement(
                id: id, day: day.day, currency: day.currency, before: before, after: after, source: event.source,
                name: event.name, orderID: cause.orderID, sequence: cause.sequence, sequenceLast: cause.sequence,
                factCount: 1, receivedAt: event.receivedAt))
        open[key] = id
        if rows.count > countMax + Self.slack {
            countDropped += Self.slack
            rows.removeFirst(Self.slack)
        }
        return 1
    }

    /// Leaves the changes of numbers, without the numbers of some orders.
    mutating func forget(orders: Set<OrderKey>) {
        for place in rows.indices where orders.contains(OrderKey(source: rows[place].source, id: rows[place].orderID)) {
            rows[place].orderID = ""
        }
    }

    /// Nil for a row that was dropped.
    private func place(of id: Int) -> Int? {
        let place = id - countDropped - 1
        return rows.indices.contains(place) ? place : nil
    }

    private static let slack = 1000  // Dropped at once, so that dropping costs little a row.
}
