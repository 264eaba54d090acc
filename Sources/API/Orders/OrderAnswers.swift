import Base
import Domain
import Orders

// How orders, their days and what changed them are written.

extension JSON {
    static func money(_ minor: Int64?, _ currency: Currency?) -> JSON {
        guard let minor, let currency else { return .null }
        return ["minor": .int(minor), "currency": .string(currency.code)]
    }
}

extension KnownOrder {
    var row: JSONObject {
        let standing = order.standing
        let currency = standing.currency
        let isPaid = standing.paidAt != nil
        var object = JSONObject()
        object.append("order", .string(key.id))
        object.append("source", .string(key.source.text))
        object.append("person", .string(person.text))
        object.append("state", .string(standing.state.rawValue))
        object.append("ordered", .money(standing.orderedMinor, currency))
        object.append("paid", .money(isPaid ? standing.paidMinor : nil, currency))
        object.append("refunded", .money(isPaid ? standing.refundedMinor : nil, currency))
        object.append("net", .money(isPaid ? standing.netMinor : nil, currency))
        let times = [
            ("created_at", standing.createdAt), ("paid_at", standing.paidAt), ("shipped_at", standing.shippedAt),
            ("completed_at", standing.completedAt), ("cancelled_at", standing.cancelledAt),
            ("refunded_at", standing.refundedAt),
        ]
        for (name, time) in times { object.append(name, .time(time)) }
        object.append("conflicts", .count(standing.conflicts.count))
        return object
    }
}

extension OrderFact {
    /// - Parameters:
    ///   - event: That told it; nil where the journal has lost it.
    ///   - conflict: Why it does not count; nil where it does.
    func json(event: Event?, conflict: OrderConflict?) -> JSON {
        [
            "name": .string(kind.eventName.text), "time": .time(time),
            "amount": .money(amount?.minor, amount?.currency), "sequence": .int(Int64(clamping: sequence)),
            "received_at": .time(event?.receivedAt), "event": .text(event?.id.text),
            "properties": .object(event?.properties ?? JSONObject()),
            "conflict": conflict.map(\.json) ?? .null,
        ]
    }
}

extension OrderConflict {
    fileprivate var json: JSON {
        var object = JSONObject()
        object.append("reason", .string(reason.rawValue))
        object.append("explanation", .string(explanation))
        switch obstacle {
        case .currency(let currency)?: object.append("currency", .string(currency.code))
        case .cancelled(let time)?: object.append("cancelled_at", .time(time))
        case .completed(let time)?: object.append("completed_at", .time(time))
        case .payments(let paid, let refunded)?:
            object.append("paid", .money(paid.minor, paid.currency))
            object.append("refunded", .money(refunded.minor, refunded.currency))
        case nil: break
        }
        return .object(object)
    }
}

extension OrderTotals {
    func json(currency: Currency) -> JSON { .object(members(currency: currency)) }

    func members(currency: Currency) -> JSONObject {
        var object = JSONObject()
        object.append("currency", .string(currency.code))
        object.append("orders", .int(orderCount))
        object.append("refunded_orders", .int(refundedCount))
        object.append("cancelled_orders", .int(cancelledCount))
        object.append("gross_minor", .int(grossMinor))
        object.append("refunded_minor", .int(refundedMinor))
        object.append("cancelled_minor", .int(cancelledMinor))
        object.append("net_minor", .int(netMinor))
        return object
    }
}

extension DayTotals {
    var json: JSON {
        var object = totals.members(currency: currency)
        object.append("day", .string(day.description))
        object.append("restated", .bool(restatementCount > 0))
        object.append("restatements", .count(restatementCount))
        return .object(object)
    }
}

extension Restatement {
    func json(event: Event?) -> JSON {
        let changes = OrderMetric.allCases.filter(isChanged).map { metric -> JSON in
            ["metric": .string(metric.rawValue), "before": .int(before[metric]), "after": .int(after[metric])]
        }
        return [
            "id": .count(id), "day": .string(day.description), "currency": .string(currency.code),
            "changes": .array(changes), "received_at": .time(receivedAt), "source": .string(source.text),
            "name": .string(name.text), "order": .string(orderID), "event": .text(event?.id.text),
            "sequence": .int(Int64(clamping: sequence)), "sequence_last": .int(Int64(clamping: sequenceLast)),
            "facts": .count(factCount),
        ]
    }
}
