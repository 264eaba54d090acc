import Base
import Domain
import Testing
import Timeline

@testable import Measure

@Suite struct RFMTests {
    private static func buyers(_ figures: [(day: Int64, orders: Int, minor: Int64)]) -> [Buyer] {
        figures.enumerated().map { code, one in
            Buyer(
                code: UInt32(code), lastOrder: EventTime(clampingUnixMs: one.day * 86_400_000), orders: one.orders,
                minor: one.minor)
        }
    }

    private static let end = EventTime(clampingUnixMs: 100 * 86_400_000)

    @Test func tenDifferentBuyersAreTwoAFifth() {
        let rfm = RFM(
            Self.buyers((0..<10).map { (Int64($0), 10 - $0, Int64($0 * $0)) }), scoring: .fifths, until: Self.end)
        #expect(rfm.scores.map(\.recency) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        #expect(rfm.scores.map(\.frequency) == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1])
        #expect(rfm.scores.map(\.monetary) == rfm.scores.map(\.recency))
    }

    /// What pandas.qcut says in words: the fifth whose bounds, by linear interpolation, a figure lies within.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func aScoreCountsTheQuantilesBelow(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...70, using: &random)
        let most = [3, 1000][Int(seed % 2)] as Int64
        let minors = (0..<count).map { _ in Int64.random(in: -most...most, using: &random) }
        let rfm = RFM(Self.buyers(minors.map { (1, 1, $0) }), scoring: .fifths, until: Self.end)
        let sorted = minors.sorted()
        for (minor, score) in zip(minors, rfm.scores) {
            let below = (1...4).count { fifth in
                // Five times the quantile's rank and value, in whole numbers.
                let rank = (count - 1) * fifth
                let (low, high) = (sorted[rank / 5], sorted[min(rank / 5 + 1, count - 1)])
                return low * 5 + (high - low) * Int64(rank % 5) < minor * 5
            }
            #expect(score.monetary == 1 + below)
            #expect(score.recency == 1 && score.frequency == 1)
        }
    }

    @Test func statedBoundsAreReachedOrNot() throws {
        let bounds = try #require(
            RFMBounds(days: [90, 60, 30, 10], orders: [2, 3, 5, 10], minors: [1, 10, 100, 1000]))
        let rfm = RFM(
            Self.buyers([(90, 10, 1000), (89, 9, 999), (40, 2, 1), (9, 1, 0)]), scoring: .bounds(bounds),
            until: Self.end)
        #expect(rfm.scores.map(\.recency) == [5, 4, 3, 1])
        #expect(rfm.scores.map(\.frequency) == [5, 4, 2, 1])
        #expect(rfm.scores.map(\.monetary) == [5, 4, 2, 1])
    }

    @Test func boundsOutOfOrderAreNone() {
        #expect(RFMBounds(days: [10, 30, 60, 90], orders: [2, 3, 5, 10], minors: [1, 2, 3, 4]) == nil)
        #expect(RFMBounds(days: [90, 60, 30, 10], orders: [2, 3, 3, 10], minors: [1, 2, 3, 4]) == nil)
        #expect(RFMBounds(days: [90, 60, 30, 10], orders: [2, 3, 5, 10], minors: [1, 2, 3]) == nil)
    }

    /// Scores 5 and 1 in every way: above the mean of 3, or not.
    @Test func theEightSegmentsAreWhoIsAboveTheMean() throws {
        let bounds = try #require(
            RFMBounds(days: [90, 60, 30, 10], orders: [2, 3, 5, 10], minors: [1, 10, 100, 1000]))
        let figures = (0..<8).map { bits -> (day: Int64, orders: Int, minor: Int64) in
            (bits & 1 == 0 ? 95 : 5, bits & 2 == 0 ? 10 : 1, bits & 4 == 0 ? 1000 : 0)
        }
        let rfm = RFM(Self.buyers(figures), scoring: .bounds(bounds), until: Self.end)
        #expect(rfm.segments == RFMSegment.allCases)
        let summary = rfm.summary(until: Self.end)
        #expect(summary.keyCount == 4 && summary.total == (44, 4000))
        #expect(summary.segments.map(\.people) == [1, 1, 1, 1, 1, 1, 1, 1])
        #expect(summary.cells.map(\.people) == [1, 1, 1, 1, 1, 1, 1, 1])
        #expect(summary.scores[4].days == 5...5 && summary.scores[0].minors == 0...0)
        #expect(summary.scores[2] == RFMSummary.Score(score: 3))
    }

    @Test func nobodyHasNoScores() {
        let rfm = RFM([], scoring: .fifths, until: Self.end)
        #expect(rfm.scores.isEmpty && rfm.summary(until: Self.end).keyCount == 0)
    }
}
