public import Base
public import Domain
private import Statistics
internal import Timeline

/// What a person paid at a time: of orders, or of single products.
public struct PriceBand: Sendable, Equatable {
    public let name: EventName
    public let currency: Currency
    public let quartiles: [Int64]  // Of the values in minor units: at 25, 50 and 75%.
    public let medianRange: ClosedRange<Int64>?  // At 95%; nil for fewer than six values.
    public let evidence: Evidence

    /// By name, then currency; values of 0 or less say nothing of a price.
    static func all(_ entries: [TimelineEntry]) -> [PriceBand] {
        let paid = entries.filter { entry in
            (entry.name == .orderPaid || entry.name == .productPurchased) && entry.value.map { $0.minor > 0 } ?? false
        }
        let groups = Dictionary(grouping: paid) { [$0.name.text, $0.value?.currency.code ?? ""] }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, entries in
            guard let first = entries.first, let currency = first.value?.currency else { return nil }
            let values = entries.compactMap { $0.value?.minor }.sorted()
            let median = OrderStatistics.quantile(0.5, ofSorted: values)
            return PriceBand(
                name: first.name, currency: currency,
                quartiles: [0.25, 0.5, 0.75].map { OrderStatistics.quantile($0, ofSorted: values).value },
                medianRange: median.interval.map { $0.low...$0.high }, evidence: Evidence(entries))
        }
    }
}
