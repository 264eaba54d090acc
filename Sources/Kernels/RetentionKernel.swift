/// Counts, for each period in which people started, how many of them were there again in it and in each later one.
///
/// A return counts only where it comes after the first start of its cohort's period, in the order of the columns: the
/// event that starts is never its own return. One pass over a person's events notes periods as bits; the cells are
/// filled from the bits, so that who never comes back costs nothing but their starts.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times: Shape `[events]`.
///   - masks: Shape `[events]`: bit 0 where the event may start, bit 1 where it may be the return.
///   - cells: Shape `[plan.cohortCount][plan.rowLength]`; added to.
///   - moments: Shape `[plan.columnCount]`; added to.
/// - Complexity: O(events + people · cohorts they are in · returns) time, no allocation but of a few rows of columns.
public func retentionCounts(
    _ plan: RetentionPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, into cells: inout MutableSpan<Int>, moments: inout MutableSpan<RetentionMoments>
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count, "a set of filters for each event")
    precondition(cells.count == plan.cellCount && moments.count == plan.columnCount, "the shapes agree")
    var state = RetentionState(plan)
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        unsafe state.follow(plan, from: begin, to: end, times: times, masks: masks)
        guard state.hasStarted else { continue }
        state.count(plan, into: &cells, moments: &moments)
    }
    state.addExpected(to: &moments)
}

/// The periods of one person, as bits.
struct RetentionState {
    private(set) var hasStarted = false
    private var started: PeriodBits
    private var returned: PeriodBits
    private var returnedAfterStart: PeriodBits  // In the very period of a start, and after it.
    private var returns: [Int]  // Shape [columns]: cohorts of the person that were there.
    private var returnEnd = 0  // Behind the last column with a return.
    private var expected: [Expected]  // Shape [columns + 1]: by how many columns of a cohort are over.

    /// A cohort of a person is expected in each of its columns that are over. Whoever has n of them in a column adds n
    /// there, and n² = Σ (2i − 1) over i = 1...n; since earlier cohorts have more such columns, each cohort can add its
    /// own share to all of its columns, by one note of how many they are.
    private struct Expected {
        var people = 0  // First cohorts.
        var cohorts = 0
        var squares = 0
    }

    init(_ plan: RetentionPlan) {
        started = PeriodBits(count: plan.periodCount)
        returned = started
        returnedAfterStart = started
        returns = [Int](repeating: 0, count: plan.columnCount)
        expected = [Expected](repeating: Expected(), count: plan.columnCount + 1)
    }

    /// Notes in which periods one person started and returned.
    ///
    /// - Precondition: `begin...end` lies within the columns.
    @unsafe @inline(__always)
    mutating func follow(
        _ plan: RetentionPlan, from begin: Int, to end: Int, times: Span<Int64>, masks: Span<UInt32>
    ) {
        hasStarted = false
        var isClear = false
        let (beginMs, endMs) = (plan.periods.beginMs, plan.periods.endMs)
        var i = begin
        while i < end {
            defer { i &+= 1 }
            let roles = unsafe masks[unchecked: i]
            guard roles & 3 != 0 else { continue }
            let timeMs = unsafe times[unchecked: i]
            guard timeMs >= beginMs else {
                if plan.isFirstOnly && roles & 1 != 0 { return }
                continue
            }
            guard timeMs < endMs else { return }
            if !isClear {
                clear()
                isClear = true
            }
            note(plan, roles, plan.periods.stretch(of: timeMs))
        }
    }

    private mutating func clear() {
        started.removeAll()
        returned.removeAll()
        returnedAfterStart.removeAll()
    }

    /// The return first: an event that is both is no return to itself.
    @inline(__always)
    private mutating func note(_ plan: RetentionPlan, _ roles: UInt32, _ period: Int) {
        if roles & 2 != 0 {
            returned.insert(period)
            if started.contains(period) { returnedAfterStart.insert(period) }
        }
        if roles & 1 != 0, period < plan.cohortCount, !(plan.isFirstOnly && hasStarted) {
            started.insert(period)
            hasStarted = true
        }
    }

    /// Adds the person to the cells of each of their cohorts, and their returns to the moments.
    @inline(__always)
    mutating func count(
        _ plan: RetentionPlan, into cells: inout MutableSpan<Int>, moments: inout MutableSpan<RetentionMoments>
    ) {
        let last = returned.last
        var cohortCount = 0
        var cohort = started.next(from: 0)
        while cohort < plan.periodCount {
            defer { cohort = started.next(from: cohort &+ 1) }
            cells[cohort &* plan.rowLength] &+= 1
            expect(plan, cohort, number: cohortCount)
            cohortCount &+= 1
            if plan.isRolling && last > cohort || returnedAfterStart.contains(cohort) { note(plan, cohort, 0, &cells) }
            let end = min(cohort &+ plan.columnCount, last &+ 1)
            var period = cohort &+ 1
            while period < end {
                if !plan.isRolling { period = returned.next(from: period) }
                if period < end { note(plan, cohort, period &- cohort, &cells) }
                period &+= 1
            }
        }
        for column in 0..<returnEnd where returns[column] > 0 {
            let count = started.count(before: plan.endedCount &- column)
            moments[column].add(returned: returns[column], ofExpected: count)
            returns[column] = 0
        }
        returnEnd = 0
    }

    /// Notes that one of a cohort was there in a column.
    @inline(__always)
    private mutating func note(_ plan: RetentionPlan, _ cohort: Int, _ column: Int, _ cells: inout MutableSpan<Int>) {
        cells[cohort &* plan.rowLength &+ column &+ 1] &+= 1
        guard cohort &+ column < plan.endedCount else { return }
        returns[column] &+= 1
        returnEnd = max(returnEnd, column &+ 1)
    }

    /// Notes that a person's cohort has columns that are over.
    @inline(__always)
    private mutating func expect(_ plan: RetentionPlan, _ cohort: Int, number: Int) {
        let columnCount = max(0, min(plan.columnCount, plan.endedCount &- cohort))
        expected[columnCount].people &+= number == 0 ? 1 : 0
        expected[columnCount].cohorts &+= 1
        expected[columnCount].squares &+= 2 &* number &+ 1
    }

    /// Adds what was noted of all people.
    func addExpected(to moments: inout MutableSpan<RetentionMoments>) {
        var sum = Expected()
        for column in moments.indices.reversed() {
            let one = expected[column + 1]
            sum = Expected(
                people: sum.people + one.people, cohorts: sum.cohorts + one.cohorts,
                squares: sum.squares + one.squares)
            moments[column].addExpected(people: sum.people, cohorts: sum.cohorts, squares: sum.squares)
        }
    }
}
