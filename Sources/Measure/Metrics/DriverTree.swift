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
            self.init(sums: cell.sums)
        }

        /// - Parameter sums: Shape `[4]`, as `DriverQuery` counts them.
        init(sums: [Double]) {
            people = sums[0]
            buyers = sums[1]
            orders = sums[2]
            value = sums[3]
        }
    }

    public struct Group: Sendable {
        public let key: SegmentationResult.Key
        public let before: Period
        public let after: Period
        public let contributions: [Double]  // Shape `[factors]`.
        public let intervals: [Interval?]  // Of the contributions; nil where nobody moves one.
    }

    public let before: Period
    public let after: Period
    /// Of everybody; where it is grouped, the sums of the groups' contributions, so that a shift among groups is told
    /// by the groups' own factors.
    public let total: DivisiaDecomposition
    public let intervals: [Interval?]  // Shape `[factors]`: of the contributions in `total`.
    public let changeInterval: Interval?
    public let groups: [Group]
}

extension TimelineSnapshot {
    /// - Returns: Nil where a sum of values is negative, which no product of such factors is.
    /// - Complexity: Two passes over the events; one more where it is grouped.
    public func drivers(_ query: DriverQuery) -> DriverTree? {
        let (found, variances) = tally(query.tally) { DriverCells($0)?.slopes ?? [] }
        guard let cells = DriverCells(found),
            let total = DivisiaDecomposition(
                groups: cells.compared.map { (before: $0.before.factors, after: $0.after.factors) })
        else { return nil }
        let interval = { (value: Double, output: Int) in
            variances[output] > 0
                ? Interval(center: value, margin: DriverCells.z * variances[output].squareRoot(), level: 0.95) : nil
        }
        let size = DriverTree.Factor.allCases.count
        var groups: [DriverTree.Group] = []
        for (number, cell) in cells.groups.enumerated() {
            guard let own = cell.decomposition else { return nil }
            let first = size + 1 + number * size
            groups.append(
                DriverTree.Group(
                    key: cell.key ?? .others, before: cell.before, after: cell.after, contributions: own.contributions,
                    intervals: own.contributions.enumerated().map { interval($1, first + $0) }))
        }
        return DriverTree(
            before: cells.all.before, after: cells.all.after, total: total,
            intervals: total.contributions.enumerated().map { interval($1, $0) },
            changeInterval: interval(total.change, size), groups: groups)
    }
}
