/// The periods in which people's activity is looked at.
public struct ActivityPlan: Sendable {
    public static let periodCountMax = PeriodBits.countMax

    let bounds: PeriodBounds
    public let firstShown: Int  // The periods before it only tell what the later ones are.
    let endedCount: Int  // Periods that are over.

    /// - Parameters:
    ///   - boundariesMs: Where periods begin, ascending; the last is where the last one ends.
    ///   - firstShown: The first period that is counted; at least 1.
    ///   - endedCount: How many of the periods, from the first on, lie wholly in what was observed.
    public init(boundariesMs: [Int64], firstShown: Int, endedCount: Int) {
        bounds = PeriodBounds(boundariesMs)
        let periodCount = bounds.count
        precondition((2...Self.periodCountMax).contains(periodCount), "there are 2...1024 periods")
        precondition((1..<periodCount).contains(firstShown), "one period before, and one to count")
        self.firstShown = firstShown
        self.endedCount = min(endedCount, periodCount)
    }

    public var periodCount: Int { bounds.count }
}

/// Of one period: who was active in it, by whether they had been before; and who was active in the one before alone.
public struct LifecycleCounts: Sendable, Equatable, BitwiseCopyable {
    public internal(set) var new = 0  // Never active before.
    public internal(set) var returning = 0  // Active in the period before too.
    public internal(set) var resurrecting = 0  // Active before, and not in the period before.
    public internal(set) var dormant = 0  // Active in the period before, and not in this one.

    public init() {}

    public var active: Int { new + returning + resurrecting }

    /// Adds what another pass over *other* people counted.
    public mutating func add(_ other: Self) {
        new += other.new
        returning += other.returning
        resurrecting += other.resurrecting
        dormant += other.dormant
    }
}

/// How often people are there: of those active in a window of days, how many were on its last.
public struct StickinessCounts: Sendable, Equatable {
    public let windowLength: Int  // In periods, the last of a window among them.
    public internal(set) var active: [Int]  // Shape `[periods]`: people active in each.
    var changes: [Int]  // Shape `[periods + 1]`: who come into the window that ends with the period, less who go.
    public internal(set) var byActiveCount: [Int]  // Shape `[windowLength + 1]`: people by periods in the last window.
    /// Sums over people of the ended periods shown in whose windows they are (`expected`) and are active (`returned`).
    public internal(set) var moments = RetentionMoments()

    public init(_ plan: ActivityPlan, windowLength: Int) {
        precondition((1...plan.firstShown + 1).contains(windowLength), "the first window shown is a whole one")
        self.windowLength = windowLength
        active = [Int](repeating: 0, count: plan.periodCount)
        changes = [Int](repeating: 0, count: plan.periodCount + 1)
        byActiveCount = [Int](repeating: 0, count: windowLength + 1)
    }

    /// For each period, the people active in the window that ends with it.
    public var inWindow: [Int] {
        changes.dropLast().reduce(into: []) { $0.append(($0.last ?? 0) + $1) }
    }

    /// Adds what another pass over *other* people counted.
    public mutating func add(_ other: Self) {
        for i in active.indices { active[i] += other.active[i] }
        for i in changes.indices { changes[i] += other.changes[i] }
        for i in byActiveCount.indices { byActiveCount[i] += other.byActiveCount[i] }
        moments.add(other.moments)
    }
}
