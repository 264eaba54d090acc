public import Statistics
import Timeline

/// How often journeys with both of two keys converted, beside what each alone would lead to expect.
///
/// The expectation is that of independent action: whoever neither key alone would convert stays unconverted,
/// 1 − (1 − p₁)(1 − p₂), with p₁ the rate of journeys that have the first and not the second (Bliss, "The Toxicity of
/// Poisons Applied Jointly", Annals of Applied Biology 26, 1939). A description of journeys: those who meet both may
/// differ from others beforehand, and no difference here says that one key caused another to work.
public struct Synergy: Sendable, Equatable {
    public static let countMax = 45
    static let journeyCountMin = 20  // In each of the three groups.

    public let first: Int  // Keys.
    public let second: Int
    public let both: Proportion  // Of journeys with both, those that converted.
    public let firstOnly: Proportion
    public let secondOnly: Proportion
    public let expected: Double
    public let difference: Double  // Observed less expected, in −1...1.
    public let interval: Interval

    /// The three rates are of different journeys. Limits of each are combined by the method of variance estimates
    /// recovery (Zou and Donner, "Construction of Confidence Limits about Effect Measures", Statistics in Medicine
    /// 27(10), 2008), with Wilson's. It takes journeys for independent, those of one person too.
    init(first: Int, second: Int, both: Proportion, firstOnly: Proportion, secondOnly: Proportion, level: Double = 0.95)
    {
        func limits(_ proportion: Proportion) -> (rate: Double, below: Double, above: Double) {
            let (rate, interval) = (proportion.rate ?? 0, proportion.interval(level: level))
            return (rate, rate - interval.low, interval.high - rate)
        }
        let (p, a, b) = (limits(both), limits(firstOnly), limits(secondOnly))
        self.first = first
        self.second = second
        self.both = both
        self.firstOnly = firstOnly
        self.secondOnly = secondOnly
        expected = 1 - (1 - a.rate) * (1 - b.rate)
        difference = p.rate - expected
        func margin(_ own: Double, _ a1: Double, _ b1: Double) -> Double {
            let (x, y) = ((1 - b.rate) * a1, (1 - a.rate) * b1)
            return (own * own + x * x + y * y).squareRoot()
        }
        interval = Interval(
            low: max(-1, difference - margin(p.below, a.above, b.above)),
            high: min(1, difference + margin(p.above, a.below, b.below)), level: level)
    }

    /// Pairs with enough journeys, those with the most together first.
    static func pairs(
        _ sets: [(keys: UInt64, tally: JourneyTally)], keyCount: Int, within budget: QueryBudget? = nil
    ) -> [Synergy] {
        var pairs: [Synergy] = []
        for first in 0..<keyCount {
            for second in first + 1..<max(keyCount, first + 1) where budget?.allowsMore() ?? true {
                var groups = [JourneyTally](repeating: JourneyTally(), count: 4)
                for (keys, tally) in sets {
                    groups[Int(keys >> UInt64(first) & 1 | (keys >> UInt64(second) & 1) << 1)].add(tally)
                }
                let rates = groups.compactMap { Proportion(positives: $0.converted, total: $0.total) }
                guard rates.count == 4, rates[1...].allSatisfy({ $0.total >= journeyCountMin }) else { continue }
                pairs.append(
                    Synergy(first: first, second: second, both: rates[3], firstOnly: rates[1], secondOnly: rates[2]))
            }
        }
        return Array(
            pairs.sorted { ($1.both.total, $0.first, $0.second) < ($0.both.total, $1.first, $1.second) }
                .prefix(countMax))
    }
}
