public import Base
import Domain
public import Statistics
public import Timeline

/// What changed GMV from one period to another.
public struct DriverQuery: Sendable {
    public let before: Range<EventTime>
    public let after: Range<EventTime>
    public let currency: Currency
    fileprivate let tally: TallyQuery

    /// - Throws: Unless `before` ends when `after` begins, or earlier.
    public init(
        before: Range<EventTime>, after: Range<EventTime>, dimension: SegmentationQuery.Dimension? = nil,
        groupCount: Int = 20, currency: Currency
    ) throws(TimelineQueryError) {
        guard before.upperBound <= after.lowerBound else { throw .tooManyPeriods(max: 2) }
        self.before = before
        self.after = after
        self.currency = currency
        let paid = [EventFilter(name: .orderPaid)]
        let leaves = [
            TallyQuery.Leaf(of: [EventFilter(name: nil)], measure: .people(eventCountMin: 1)),
            TallyQuery.Leaf(of: paid, measure: .people(eventCountMin: 1)),
            TallyQuery.Leaf(of: paid, measure: .events, isOncePerSubject: true),
            TallyQuery.Leaf(of: paid, measure: .sum(.money(currency))),
        ]
        let touches = before.upperBound == after.lowerBound
        let boundaries =
            [before.lowerBound, before.upperBound] + (touches ? [] : [after.lowerBound]) + [after.upperBound]
        tally = try TallyQuery(leaves: leaves, dimension: dimension, boundaries: boundaries, groupCount: groupCount)
    }
}

/// GMV = people × (buyers ÷ people) × (orders ÷ buyers) × (GMV ÷ orders), before and after, and what each factor
/// brought.
public struct DriverTree: Sendable {
    public enum Factor: String, Sendable, CaseIterable {
        case people
        case conversion  // Buyers of people.
        case frequency = "orders_per_buyer"
        case value = "value_per_order"
    }

    public struct Period: Sendable, Equatable {
        public let people: Double
        public let buyers: Double
        public let orders: Double
        public let value: Double  // Minor units.

        /// Shape `[factors]`; their product is `value`.
        public var factors: [Double] {
            func per(_ top: Double, _ bottom: Double) -> Double { bottom == 0 ? 0 : top / bottom }
            return [people, per(buyers, people), per(orders, buyers), per(value, orders)]
        }

        init(_ cell: TallyResult.Cell) {
            people = cell.sums[0]
            buyers = cell.sums[1]
            orders = cell.sums[2]
            value = cell.sums[3]
        }
    }

    public struct Group: Sendable {
        public let key: SegmentationResult.Key
        public let before: Period
        public let after: Period
        public let contributions: [Double]  // Shape `[factors]`.
    }

    public let before: Period
    public let after: Period
    /// Of everybody; where it is grouped, the sums of the groups' contributions, so that a shift among groups is told
    /// by the groups' own factors.
    public let total: DivisiaDecomposition
    public let groups: [Group]
}

extension TimelineSnapshot {
    /// - Returns: Nil where a sum of values is negative, which no product of such factors is.
    /// - Complexity: One pass over the events; one more where it is grouped.
    public func drivers(_ query: DriverQuery) -> DriverTree? {
        let found = tally(query.tally)
        guard let first = found.series.first, let last = found.series.last else { return nil }
        let (before, after) = (DriverTree.Period(first), DriverTree.Period(last))
        let pairs = found.groups.compactMap {
            group -> (SegmentationResult.Key, DriverTree.Period, DriverTree.Period)? in
            guard let first = group.series.first, let last = group.series.last else { return nil }
            return (group.key, DriverTree.Period(first), DriverTree.Period(last))
        }
        var groups: [DriverTree.Group] = []
        for (key, before, after) in pairs {
            guard let own = DivisiaDecomposition(before: before.factors, after: after.factors) else { return nil }
            groups.append(DriverTree.Group(key: key, before: before, after: after, contributions: own.contributions))
        }
        let all = groups.isEmpty ? [(before.factors, after.factors)] : pairs.map { ($0.1.factors, $0.2.factors) }
        return DivisiaDecomposition(groups: all.map { (before: $0.0, after: $0.1) }).map {
            DriverTree(before: before, after: after, total: $0, groups: groups)
        }
    }
}
