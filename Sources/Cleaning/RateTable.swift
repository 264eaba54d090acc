public import Base
public import Domain

/// Rates of currencies by day.
public struct RateTable: Sendable {
    private struct Pair: Hashable {
        let from: Currency
        let to: Currency
    }

    private var rates: [Pair: [(day: CalendarDay, rate: ExactDecimal)]] = [:]  // Oldest day first.

    /// - Parameter rates: In the order in which they were added: of two for one day and pair the later counts.
    public init(_ rates: [CurrencyRate] = []) {
        var newest: [Pair: [CalendarDay: ExactDecimal]] = [:]
        for rate in rates { newest[Pair(from: rate.from, to: rate.to), default: [:]][rate.day] = rate.rate }
        self.rates = newest.mapValues { days in days.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 } }
    }

    /// The newest on or before `day`; nil where there is none.
    ///
    /// - Complexity: O(log n).
    public func rate(from: Currency, to: Currency, on day: CalendarDay) -> ExactDecimal? {
        guard let days = rates[Pair(from: from, to: to)] else { return nil }
        var range = 0..<days.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range = days[middle].day <= day ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound > 0 ? days[range.lowerBound - 1].rate : nil
    }
}
