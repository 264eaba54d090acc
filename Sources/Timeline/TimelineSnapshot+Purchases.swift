public import Base
import Domain
import Kernels

extension TimelineSnapshot {
    /// What each person who paid an order in a currency bought, in no order.
    ///
    /// - Parameter observedUntil: Later events are not seen.
    /// - Complexity: One pass over the events.
    public func purchases(in currency: Currency, unit: Milliseconds, observedUntil: EventTime) -> [PurchaseRow] {
        guard let found = dictionaries.withTables({ $0.currencies.code(of: currency.code) }) else { return [] }
        let code = UInt8(found)
        let partials = scan(
            matching: [EventFilter(name: .orderPaid)], start: { [PurchaseRow]() },
            visit: { rows, people in
                var tallies = [PurchaseTally](repeating: PurchaseTally(), count: people.people.count)
                var span = tallies.mutableSpan
                let extras = people.rows.extras
                purchaseTallies(
                    currency: code, unitMs: unit.count, endMs: observedUntil.unixMs, people: people.people,
                    skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span,
                    masks: people.masks.span, extras: people.listed(extras.rows).span,
                    minors: extras.table.minors.span, currencies: extras.table.currencies.span, into: &span)
                for tally in tallies where tally.repeats >= 0 {
                    rows.append(
                        PurchaseRow(
                            repeats: Int(tally.repeats), lastUnit: Int(tally.lastUnit),
                            age: Int((observedUntil.unixMs - tally.firstMs) / unit.count),
                            repeatMinor: tally.repeatMinor))
                }
            })
        return partials.flatMap(\.self)
    }
}
