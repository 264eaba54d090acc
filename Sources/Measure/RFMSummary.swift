public import Base
import Kernels
public import Statistics
import Timeline

/// Buyers by segment, by cell and by score.
public struct RFMSummary: Sendable {
    public struct Segment: Sendable {
        public let segment: RFMSegment
        public internal(set) var people = 0
        public internal(set) var orders = 0
        public internal(set) var minor: Int64 = 0
        public internal(set) var mean = MeanEstimate()  // Of the buyers' sums, in minor units.
    }

    /// Buyers with the same three scores.
    public struct Cell: Sendable {
        public let scores: RFM.Scores
        public internal(set) var people = 0
        public internal(set) var minor: Int64 = 0
    }

    /// The figures that one score stands for; nil where nobody has it.
    public struct Score: Sendable, Equatable {
        public let score: Int
        public internal(set) var days: ClosedRange<Double>?  // Since the last order.
        public internal(set) var orders: ClosedRange<Int>?
        public internal(set) var minors: ClosedRange<Int64>?
    }

    public private(set) var segments = RFMSegment.allCases.map { Segment(segment: $0) }
    public private(set) var cells: [Cell] = []  // Those with people, the best scores first.
    public private(set) var scores = (1...RFM.scoreMax).map { Score(score: $0) }
    public private(set) var total = (orders: 0, minor: 0 as Int64)

    /// Buyers who spend above the mean.
    public var keyCount: Int { segments.filter(\.segment.isKey).reduce(0) { $0 + $1.people } }
}

extension RFM {
    /// - Parameter end: Days are counted back from here.
    public func summary(until end: EventTime) -> RFMSummary { RFMSummary(self, until: end) }
}

extension RFMSummary {
    fileprivate init(_ rfm: RFM, until end: EventTime) {
        var byScores: [RFM.Scores: Cell] = [:]
        let places = Dictionary(uniqueKeysWithValues: RFMSegment.allCases.enumerated().map { ($1, $0) })
        for (index, buyer) in rfm.buyers.enumerated() {
            let key = rfm.scores[index]
            segments[places[rfm.segments[index]] ?? 0].add(buyer)
            byScores[key, default: Cell(scores: key)].add(buyer)
            total.orders += buyer.orders
            total.minor = clampedSum(total.minor, buyer.minor)
            let days = Double(end.unixMs - buyer.lastOrder.unixMs) / Double(Milliseconds.days(1).count)
            scores[key.recency - 1].days = Self.range(scores[key.recency - 1].days, days)
            scores[key.frequency - 1].orders = Self.range(scores[key.frequency - 1].orders, buyer.orders)
            scores[key.monetary - 1].minors = Self.range(scores[key.monetary - 1].minors, buyer.minor)
        }
        cells = byScores.values.sorted { $1.scores < $0.scores }
    }

    private static func range<Figure: Comparable>(
        _ range: ClosedRange<Figure>?, _ figure: Figure
    ) -> ClosedRange<Figure> {
        range.map { min($0.lowerBound, figure)...max($0.upperBound, figure) } ?? figure...figure
    }
}

extension RFMSummary.Segment {
    fileprivate mutating func add(_ buyer: Buyer) {
        people += 1
        orders += buyer.orders
        minor = clampedSum(minor, buyer.minor)
        mean.add(Double(buyer.minor))
    }
}

extension RFMSummary.Cell {
    fileprivate mutating func add(_ buyer: Buyer) {
        people += 1
        minor = clampedSum(minor, buyer.minor)
    }
}

extension RFM.Scores: Comparable {
    public static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.recency, lhs.frequency, lhs.monetary) < (rhs.recency, rhs.frequency, rhs.monetary)
    }
}
