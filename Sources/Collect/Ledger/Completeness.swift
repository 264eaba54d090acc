public import Base
public import Domain
import Statistics

/// How much of what a source must have sent has come: an estimate, with the way it was made.
public struct Completeness: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable {
        /// From the numbers that the sender gives its events: gaps are losses.
        case streamNumbers = "stream_numbers"
        /// From the same span of the weeks before: a fall may be a loss, or less business.
        case usualRate = "usual_rate"
    }

    public let method: Method
    public let received: Int
    public let expected: Double
    public let share: Double  // Received of expected; above 1 where more came than usual.
    /// Of `share`: for stream numbers Wilson's at 95 %, for the usual rate the range over the weeks.
    public let low: Double
    public let high: Double
    public let sampleCount: Int  // Events that were expected, or weeks that were compared.
}

extension SourceLedger {
    private static let weeksCompared = 4
    private static let weeksMin = 2  // One week alone says nothing of how much weeks differ.

    /// Every estimate that the data allow; empty where there are too few.
    public func completeness(of source: SourceName, _ range: Range<EventTime>) -> [Completeness] {
        [streamNumbers(source, range), usualRate(source, range)].compactMap { $0 }
    }

    private func streamNumbers(_ source: SourceName, _ range: Range<EventTime>) -> Completeness? {
        let day = streamCount(of: source, range)
        let received = min(day.received, day.expected)
        guard let proportion = Proportion(positives: received, total: day.expected), let share = proportion.rate else {
            return nil
        }
        return Completeness(
            method: .streamNumbers, received: received, expected: Double(day.expected), share: share,
            low: proportion.interval().low, high: proportion.interval().high, sampleCount: day.expected)
    }

    /// By whole hours: the range against its like, one to four weeks earlier; weeks before the source's first hour and
    /// those in which nothing came do not count.
    private func usualRate(_ source: SourceName, _ range: Range<EventTime>) -> Completeness? {
        let start = Step.hour.start(of: range.lowerBound)
        let end = Step.hour.start(of: range.upperBound)
        guard start < end, end.since(start) <= .days(7) else { return nil }
        let sums = (0...Self.weeksCompared).map { week in
            let back = Milliseconds.days(Int64(-7 * week))
            return series(of: source, start.advanced(by: back)..<end.advanced(by: back), by: .hour)
                .reduce(0) { $0 + $1.counts.accepted }
        }
        let usual = sums.dropFirst().filter { $0 > 0 }.sorted()
        guard usual.count >= Self.weeksMin, let least = usual.first, let most = usual.last else { return nil }
        let middle = Double(usual[(usual.count - 1) / 2] + usual[usual.count / 2]) / 2
        let received = Double(sums[0])
        return Completeness(
            method: .usualRate, received: sums[0], expected: middle, share: received / middle,
            low: received / Double(most), high: received / Double(least), sampleCount: usual.count)
    }
}
