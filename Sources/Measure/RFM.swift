public import Base
public import Timeline

/// How recently, how often and for how much people bought, as scores from 1 to 5, and the eight segments of who is
/// above the average in which.
///
/// Source: Hughes, Strategic Database Marketing, 1994 (scores by fifths); the eight segments are those of Chinese
/// practice (重要价值 …), which ask of each score whether it is above the mean score.
public struct RFM: Sendable {
    public static let scoreMax = 5

    /// How figures become scores.
    public enum Scoring: Sendable, Equatable {
        /// By fifths of the buyers. Equal figures have equal scores: a score is 1 and one more for each fifth whose
        /// last buyer, in order of the figure, has less.
        case fifths
        /// A score is 1 and one more for each bound that is reached.
        case bounds(RFMBounds)
    }

    public struct Scores: Sendable, Hashable {
        public let recency: Int  // 5: the most recent.
        public let frequency: Int
        public let monetary: Int
    }

    public let buyers: [Buyer]
    public let scores: [Scores]  // One for each buyer.
    public let segments: [RFMSegment]  // One for each buyer.

    /// - Parameter end: Recency is counted back from here.
    /// - Complexity: O(n log n) for n buyers.
    public init(_ buyers: [Buyer], scoring: Scoring, until end: EventTime) {
        let figures = [
            buyers.map { $0.lastOrder.unixMs }, buyers.map { Int64($0.orders) }, buyers.map(\.minor),
        ]
        let scored: [[Int]]
        switch scoring {
        case .fifths: scored = figures.map(Self.fifths)
        case .bounds(let bounds):
            let recencies = bounds.days.map { end.unixMs - Milliseconds.days(Int64($0)).count }
            scored = zip(figures, [recencies, bounds.orders.map(Int64.init), bounds.minors]).map { values, bounds in
                values.map { value in 1 + bounds.count { $0 <= value } }
            }
        }
        self.buyers = buyers
        scores = buyers.indices.map {
            Scores(recency: scored[0][$0], frequency: scored[1][$0], monetary: scored[2][$0])
        }
        let isHigh = scored.map(Self.aboveMean)
        segments = buyers.indices.map {
            RFMSegment(recency: isHigh[0][$0], frequency: isHigh[1][$0], monetary: isHigh[2][$0])
        }
    }

    /// The lower ends of the fifths are order statistics, so that no rounding decides: x lies above the quantile at
    /// k/5 of linear interpolation exactly where it is greater than the value of rank ⌊(n − 1) k / 5⌋.
    private static func fifths(_ values: [Int64]) -> [Int] {
        guard !values.isEmpty else { return [] }
        let sorted = values.sorted()
        let bounds = (1..<scoreMax).map { sorted[(sorted.count - 1) * $0 / scoreMax] }
        return values.map { value in 1 + bounds.count { $0 < value } }
    }

    private static func aboveMean(_ scores: [Int]) -> [Bool] {
        let sum = scores.reduce(0, +)
        return scores.map { $0 * scores.count > sum }
    }
}

/// Four bounds a figure, the first for score 2.
public struct RFMBounds: Sendable, Hashable {
    public let days: [Int]  // Since the last order; descending: whoever bought within days[3] has score 5.
    public let orders: [Int]  // Ascending.
    public let minors: [Int64]  // Ascending.

    /// Nil where there are not four of each, or they are not in order.
    public init?(days: [Int], orders: [Int], minors: [Int64]) {
        let count = RFM.scoreMax - 1
        guard days.count == count, orders.count == count, minors.count == count,
            zip(days, days.dropFirst()).allSatisfy(>), zip(orders, orders.dropFirst()).allSatisfy(<),
            zip(minors, minors.dropFirst()).allSatisfy(<)
        else { return nil }
        self.days = days
        self.orders = orders
        self.minors = minors
    }
}

/// Who is above the mean in what: whoever spends much is key (重要), the others are general (一般).
public enum RFMSegment: String, CaseIterable, Sendable {
    case keyValue = "key_value"  // 重要价值: recent, often, much.
    case keyKeep = "key_keep"  // 重要保持: often, much, not lately.
    case keyGrow = "key_grow"  // 重要发展: recent, much, not often.
    case keyWinBack = "key_win_back"  // 重要挽留: much, neither lately nor often.
    case value  // 一般价值: recent, often.
    case keep  // 一般保持: often, not lately.
    case grow  // 一般发展: recent, not often.
    case winBack = "win_back"  // 一般挽留: nothing of these.

    /// Whether its people spend above the mean.
    var isKey: Bool { [.keyValue, .keyKeep, .keyGrow, .keyWinBack].contains(self) }

    init(recency: Bool, frequency: Bool, monetary: Bool) {
        self =
            switch (monetary, frequency, recency) {
            case (true, true, true): .keyValue
            case (true, true, false): .keyKeep
            case (true, false, true): .keyGrow
            case (true, false, false): .keyWinBack
            case (false, true, true): .value
            case (false, true, false): .keep
            case (false, false, true): .grow
            case (false, false, false): .winBack
            }
    }
}
