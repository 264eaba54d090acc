import Base
import Domain

extension OrderTable {
    /// Forgets the orders of some people, and what some events told of others. Days that are over are restated, by the
    /// time at which the erasure was asked for.
    ///
    /// - Parameters:
    ///   - sequence: Of the erasure in the journal.
    ///   - events: By their place in the journal.
    /// - Complexity: O(orders).
    mutating func erase(
        at sequence: UInt64, askedAt: EventTime, people isErased: (PersonID) -> Bool, events: Set<UInt64>
    ) {
        guard sequence >= sequenceEnd else { return }
        sequenceEnd = sequence + 1
        var kept: [Record] = []
        kept.reserveCapacity(records.count)
        var erasedKeys: Set<OrderKey> = []
        for record in records {
            var rest = record
            rest.order = Order(
                facts: isErased(record.person) ? [] : record.order.facts.filter { !events.contains($0.sequence) })
            if rest.order != record.order {
                erasedKeys.insert(record.key)
                let (before, after) = (record.order.standing, rest.order.standing)
                move(from: before, to: after, because: .erasure(askedAt), sequence, record.key)
                rest.summary = summary(of: rest.order, after)
            }
            if !rest.order.facts.isEmpty { kept.append(rest) }
        }
        guard !erasedKeys.isEmpty else { return }
        replace(records: kept)
        restatements.forget(orders: erasedKeys)
    }
}
