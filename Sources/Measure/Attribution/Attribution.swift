public import Base
import Kernels
public import Statistics
public import Timeline

/// Which touches conversions are put down to, by each model, and how far the models differ.
///
/// It divides credit for what happened; that a touch caused it, no model here can say: only a holdout can.
public struct Attribution: Sendable, Equatable {
    /// Parts of a conversion are counted in billionths, so that they add up exactly.
    public static let partsOfOne: Int64 = 1_000_000_000

    /// What one model gives one key, or all keys together.
    public struct Credit: Sendable, Equatable {
        public var net: Int64  // Parts of conversions that were not taken back.
        public var refunded: Int64  // Of those that were.
        public var netMinor: [Int64]  // Shape [currencies].
        public var refundedMinor: [Int64]

        public var gross: Int64 { net + refunded }
        public var grossMinor: [Int64] { zip(netMinor, refundedMinor).map(clampedSum) }
    }

    public struct Share: Sendable, Equatable {
        public let credit: Credit
        public let share: Double  // Of the conversions that touches led to.
        public let interval: Interval?  // Nil where the model has none.
        public let error: Double?  // Standard error of the share from sampling orders; nil where nothing is sampled.
    }

    public struct Row: Sendable, Equatable {
        public let key: JourneySet.Key
        public let touches: Int
        public let journeys: Proportion  // That met the key; of them, those that converted.
        public let shares: [Share]  // Shape [models].
    }

    public struct Path: Sendable, Equatable {
        public let keys: [Int]
        public let journeys: Proportion  // Of this path; of them, those that converted.
    }

    public static let models = AttributionModel.allCases
    public static let pathCountMax = 20

    public let total: Credit  // Of the conversions that touches led to; what each model's shares add up to.
    public let untouched: Credit  // Of those that none did.
    public let currencies: [Currency]
    public let rows: [Row]
    public let journeys: Proportion  // With touches; of them, those that converted.
    public let clippedCount: Int
    public let openCount: Int
    public let disagreement: Disagreement
    public let synergies: [Synergy]
    public let paths: [Path]  // Those that converted most often.

    /// - Parameter budget: Where it is spent, models stop early, and what they say must not be used.
    public init(_ set: JourneySet, settings: AttributionSettings, within budget: QueryBudget? = nil) {
        let table = JourneyTable(set, within: budget)
        let divided = DividedCredits(set, settings: settings, within: budget)
        let total = Self.total(set) { $0.touchCount > 0 }
        let models = Self.models.map { model in
            Self.shares(model, set, settings, table: table, divided: divided, total: total, within: budget)
        }
        self.total = total
        untouched = Self.total(set) { $0.touchCount == 0 }
        currencies = set.currencies
        rows = Self.rows(set, table, models)
        journeys = Self.proportion(table.sets.map(\.tally))
        clippedCount = set.clippedCount
        openCount = set.openCount
        disagreement = Disagreement(models.map { $0.map(\.share) })
        synergies = Synergy.pairs(table.sets, keyCount: set.keys.count, within: budget)
        paths = table.paths.filter { $0.tally.converted > 0 }
            .sorted { one, other in
                let (mine, others) = (one.tally, other.tally)
                guard (mine.converted, mine.total) == (others.converted, others.total) else {
                    return (others.converted, mine.total) < (mine.converted, others.total)
                }
                return one.path.lexicographicallyPrecedes(other.path)
            }
            .prefix(Self.pathCountMax)
            .map { Path(keys: $0.path.map { Int($0) }, journeys: Self.proportion([$0.tally])) }
    }

    private static func total(_ set: JourneySet, _ isMeant: (JourneySet.Journey) -> Bool) -> Credit {
        let none = [Int64](repeating: 0, count: set.currencies.count)
        var total = Credit(net: 0, refunded: 0, netMinor: none, refundedMinor: none)
        for journey in set.journeys where isMeant(journey) {
            guard let conversion = journey.conversion else { continue }
            if conversion.isRefunded { total.refunded += partsOfOne } else { total.net += partsOfOne }
            guard let currency = conversion.currency else { continue }
            total.netMinor[currency] = clampedSum(
                total.netMinor[currency], conversion.minor - conversion.refundedMinor)
            total.refundedMinor[currency] = clampedSum(total.refundedMinor[currency], conversion.refundedMinor)
        }
        return total
    }

    private static func proportion(_ tallies: [JourneyTally]) -> Proportion {
        let sum = tallies.reduce(into: JourneyTally()) { $0.add($1) }
        return Proportion(positives: sum.converted, total: sum.total) ?? Proportion()
    }

    private static func rows(_ set: JourneySet, _ table: JourneyTable, _ models: [[Share]]) -> [Row] {
        var touches = [Int](repeating: 0, count: set.keys.count)
        for touch in set.touches { touches[Int(touch.key)] += 1 }
        return set.keys.indices.map { key in
            let met = table.sets.filter { $0.keys >> UInt64(key) & 1 != 0 }
            return Row(
                key: set.keys[key], touches: touches[key], journeys: proportion(met.map(\.tally)),
                shares: models.map { $0[key] })
        }
    }
}

// MARK: Models

extension Attribution {
    /// One share for each key.
    private static func shares(
        _ model: AttributionModel, _ set: JourneySet, _ settings: AttributionSettings, table: JourneyTable,
        divided: DividedCredits, total: Credit, within budget: QueryBudget?
    ) -> [Share] {
        if model == .markov {
            let markov = MarkovShares(
                table, order: settings.markovOrder, keyCount: set.keys.count, within: budget)
            return shares(markov.effects, intervals: markov.intervals, total: total)
        }
        if model == .shapley, settings.worth == .rate {
            let value = ShapleyValue(rates: table.sets, playerCount: set.keys.count, within: budget)
            return shares(value.values, errors: value.errors, total: total)
        }
        guard let place = TouchDivision.models.firstIndex(of: model) else { return [] }
        return shares(place, divided, total: total)
    }

    /// Of a model of all journeys together: what was taken back is divided as what was not.
    private static func shares(
        _ weights: [Double], intervals: [Interval?]? = nil, errors: [Double]? = nil, total: Credit
    ) -> [Share] {
        let sum = weights.reduce(0, +)
        let net = apportion(total.net, by: weights)
        let refunded = apportion(total.refunded, by: weights)
        let netMinor = total.netMinor.map { apportion($0, by: weights) }
        let refundedMinor = total.refundedMinor.map { apportion($0, by: weights) }
        return weights.indices.map { key in
            Share(
                credit: Credit(
                    net: net[key], refunded: refunded[key], netMinor: netMinor.map { $0[key] },
                    refundedMinor: refundedMinor.map { $0[key] }),
                share: sum > 0 ? weights[key] / sum : 0, interval: intervals?[key],
                error: sum > 0 ? errors.map { $0[key] / sum } : nil)
        }
    }

    /// Of a model that looks at one journey at a time: what was taken back goes off the touches that were credited.
    private static func shares(_ place: Int, _ divided: DividedCredits, total: Credit) -> [Share] {
        let cells = place * divided.keyCount..<(place + 1) * divided.keyCount
        func minor(_ sums: [Double], _ totals: [Int64]) -> [[Int64]] {
            totals.indices.map { currency in
                apportion(totals[currency], by: cells.map { sums[$0 * divided.currencyCount + currency] })
            }
        }
        let net = apportion(total.net, by: cells.map { divided.cells[$0].net })
        let refunded = apportion(total.refunded, by: cells.map { divided.cells[$0].refunded })
        let netMinor = minor(divided.netMinor, total.netMinor)
        let refundedMinor = minor(divided.refundedMinor, total.refundedMinor)
        return cells.enumerated().map { key, cell in
            let credit = Credit(
                net: net[key], refunded: refunded[key], netMinor: netMinor.map { $0[key] },
                refundedMinor: refundedMinor.map { $0[key] })
            return Share(
                credit: credit, share: total.gross == 0 ? 0 : Double(credit.gross) / Double(total.gross),
                interval: divided.interval(cell), error: nil)
        }
    }
}
