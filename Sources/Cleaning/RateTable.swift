public import Base
public import Domain

/// Rates of currencies by day, as far as they were known at one time.
public struct RateTable: Sendable {
    private struct Pair: Hashable {
        let from: Currency
        let to: Currency
    }

    private struct Entry {
        let day: CalendarDay
        let id: Int64
        let rate: ExactDecimal
    }

    private let entries: [Pair: [Entry]]  // By day, then by id. Shared by tables that know less of the same.
    private let idMax: Int64

    public init(_ rates: [KeptCurrencyRate] = []) {
        entries = Dictionary(grouping: rates) { Pair(from: $0.rate.from, to: $0.rate.to) }.mapValues { rates in
            rates.map { Entry(day: $0.rate.day, id: $0.id, rate: $0.rate.rate) }
                .sorted { ($0.day, $0.id) < ($1.day, $1.id) }
        }
        idMax = .max
    }

    private init(_ table: RateTable, idMax: Int64) {
        entries = table.entries
        self.idMax = idMax
    }

    /// Without what was added later than the rate `idMax`.
    public func upTo(idMax: Int64) -> RateTable { RateTable(self, idMax: idMax) }

    /// The newest on or before `day`, of several for one day the last to be added; nil where there is none.
    ///
    /// - Complexity: O(log n + entries that this table does not know).
    public func rate(from: Currency, to: Currency, on day: CalendarDay) -> ExactDecimal? {
        guard let entries = entries[Pair(from: from, to: to)] else { return nil }
        var range = 0..<entries.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range = entries[middle].day <= day ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return entries[..<range.lowerBound].last { $0.id <= idMax }?.rate
    }
}
