/// What retention asks, in codes: who started in which period, and who came back in which later one.
public struct RetentionPlan: Sendable {
    public static let periodCountMax = 1024

    let periods: PeriodBounds
    public let cohortCount: Int  // Periods in which people start.
    public let columnCount: Int  // Periods that are looked at from the start on, its own among them.
    let endedCount: Int  // Periods that are over: only they are summed up over cohorts.
    let isFirstOnly: Bool
    let isRolling: Bool

    /// - Parameters:
    ///   - boundariesMs: Where periods begin, ascending; the last is where the last one ends.
    ///   - endedCount: How many of the periods lie wholly in what was observed.
    ///   - isFirstOnly: A person is in the cohort of their first start alone, and in none where that lies before the
    ///     first period; else in the cohort of each period in which they start.
    ///   - isRolling: Someone is counted in each period up to their last return; else in those in which they return.
    /// - Precondition: 1 through `periodCountMax` periods, and 1 through that many cohorts and columns.
    public init(
        boundariesMs: [Int64], cohortCount: Int, columnCount: Int, endedCount: Int, isFirstOnly: Bool, isRolling: Bool
    ) {
        let periods = PeriodBounds(boundariesMs)
        let periodCount = periods.count
        precondition((1...Self.periodCountMax).contains(periodCount), "there are 1...1024 periods")
        precondition((1...periodCount).contains(cohortCount) && columnCount >= 1, "cohorts are among the periods")
        self.periods = periods
        self.cohortCount = cohortCount
        self.columnCount = columnCount
        self.endedCount = min(endedCount, periodCount)
        self.isFirstOnly = isFirstOnly
        self.isRolling = isRolling
    }

    var periodCount: Int { periods.count }
    /// A cohort's cells: its people, and how many of them were there in each column.
    public var rowLength: Int { columnCount + 1 }
    public var cellCount: Int { cohortCount * rowLength }
}

/// Per column, sums over people of how many ended periods they could have been there in, and were: what the delta
/// method needs, since one person may be in several cohorts.
public struct RetentionMoments: Sendable, Equatable, BitwiseCopyable {
    public internal(set) var people: Int = 0  // With at least one cohort that has the column.
    public internal(set) var expected: Int = 0  // Σ nᵢ: cohorts of the person that have the column.
    public internal(set) var returned: Int = 0  // Σ yᵢ: of them, those with a return.
    public internal(set) var expectedSquares: Int = 0
    public internal(set) var returnedSquares: Int = 0
    public internal(set) var products: Int = 0

    public init() {}

    /// Adds what another pass over *other* people summed.
    public mutating func add(_ other: Self) {
        people += other.people
        expected += other.expected
        returned += other.returned
        expectedSquares += other.expectedSquares
        returnedSquares += other.returnedSquares
        products += other.products
    }

    @inline(__always)
    mutating func add(expected n: Int, returned y: Int) {
        addExpected(people: 1, cohorts: n, squares: n &* n)
        add(returned: y, ofExpected: n)
    }

    /// The part of the sums that returns have a share in, for one person.
    @inline(__always)
    mutating func add(returned y: Int, ofExpected n: Int) {
        returned &+= y
        returnedSquares &+= y &* y
        products &+= n &* y
    }

    /// The part that they have none in, for several people.
    @inline(__always)
    mutating func addExpected(people: Int, cohorts: Int, squares: Int) {
        self.people &+= people
        expected &+= cohorts
        expectedSquares &+= squares
    }
}
