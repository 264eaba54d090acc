/// A grouping of events by up to two codes that each of them has, and by stretches of time.
public struct SegmentPlan: Sendable {
    /// Which group each code of a dimension belongs to.
    public struct Dimension: Sendable {
        let groups: [UInt32]  // Shape [codes].
        public let groupCount: Int

        /// - Precondition: Every group is below `groupCount`.
        public init(groups: [UInt32], groupCount: Int) {
            precondition(groups.allSatisfy { $0 < groupCount }, "groups are numbered from 0")
            self.groups = groups
            self.groupCount = groupCount
        }

        /// Everything in one group.
        public static let whole = Dimension(groups: [], groupCount: 1)

        /// Codes that came later than the table belong to the last group.
        @inline(__always)
        func group(_ code: UInt32) -> Int {
            Int(code) < groups.count ? Int(groups.span[Int(code)]) : groupCount &- 1
        }
    }

    public static let cellCountMax = 1 << 20

    let first: Dimension
    let second: Dimension
    let periods: PeriodBounds

    /// - Precondition: At most `cellCountMax` cells.
    public init(first: Dimension = .whole, second: Dimension = .whole, periods: PeriodBounds) {
        self.first = first
        self.second = second
        self.periods = periods
        precondition(seriesCount <= Self.cellCountMax, "the cells of one query are bounded")
    }

    public var groupCount: Int { first.groupCount * second.groupCount }
    public var periodCount: Int { periods.count }
    /// Cells of all time: one a group, and one for all of them together.
    public var totalCount: Int { groupCount + 1 }
    /// Cells by time, group by group; none where there is one period only, which is all time.
    public var seriesCount: Int { periodCount > 1 ? groupCount * periodCount : 0 }
}

/// What a cell sums up over people, so that a ratio over them has an interval: person i has xᵢ events with a value, and
/// yᵢ in their values.
public struct SegmentMoments: Sendable, BitwiseCopyable {
    public private(set) var people: Int = 0  // With xᵢ > 0.
    public private(set) var events: Double = 0  // Σ xᵢ.
    public private(set) var values: Double = 0  // Σ yᵢ.
    public private(set) var eventSquares: Double = 0
    public private(set) var valueSquares: Double = 0
    public private(set) var products: Double = 0
    private var personLast: UInt32 = 0  // Whose sums are not folded in yet: their mark plus 1; 0 for nobody's.
    private var personEvents: Double = 0
    private var personValues: Double = 0

    public init() {}

    @inline(__always)
    mutating func add(_ value: Double, of mark: UInt32) {
        if personLast != mark {
            close()
            personLast = mark
        }
        personEvents += 1
        personValues += value
    }

    /// Folds in the person whose events came last. Call it before anything is read.
    @inline(__always)
    public mutating func close() {
        guard personEvents > 0 else { return }
        people &+= 1
        events += personEvents
        values += personValues
        eventSquares += personEvents * personEvents
        valueSquares += personValues * personValues
        products += personEvents * personValues
        (personLast, personEvents, personValues) = (0, 0, 0)
    }

    /// Adds what another pass over *other* people summed; both are closed.
    public mutating func add(_ other: Self) {
        people += other.people
        events += other.events
        values += other.values
        eventSquares += other.eventSquares
        valueSquares += other.valueSquares
        products += other.products
    }
}
