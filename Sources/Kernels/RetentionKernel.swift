/// Counts, for each period in which people started, how many of them were there again in it and in each later one.
///
/// A return counts only where it comes after the first start of its cohort's period, in the order of the columns: the
/// event that starts is never its own return. One pass over a person's events notes periods as bits; the cells are
/// filled from the bits.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times: Shape `[events]`.
///   - masks: Shape `[events]`: bit 0 where the event may start, bit 1 where it may be the return.
///   - cells: Shape `[plan.cohortCount][plan.rowLength]`; added to.
///   - moments: Shape `[plan.columnCount]`; added to.
/// - Complexity: O(events + people · cohorts they are in · columns) time, no allocation.
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
}

/// The periods of one person, as bits.
struct RetentionState {
    private(set) var hasStarted = false
    private var started: PeriodBits
    private var returned: PeriodBits
    private var returnedAfterStart: PeriodBits  // In the very period of a start, and after it.

    init(_ plan: RetentionPlan) {
        started = PeriodBits(count: plan.periodCount)
        returned = started
        returnedAfterStart = started
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
        var period = 0
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
            period = plan.periods.stretch(of: timeMs, from: period)
            note(plan, roles, period)
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

    /// Adds the person to the cells of each of their cohorts, and to the moments.
    @inline(__always)
    func count(
        _ plan: RetentionPlan, into cells: inout MutableSpan<Int>, moments: inout MutableSpan<RetentionMoments>
    ) {
        let last = returned.last
        for column in 0..<plan.columnCount {
            var (expected, present) = (0, 0)
            started.forEach { cohort in
                let period = cohort &+ column
                guard period < plan.periodCount else { return }
                let isThere = isThere(plan, cohort: cohort, period: period, last: last)
                let row = cohort &* plan.rowLength
                if column == 0 { cells[row] &+= 1 }
                if isThere { cells[row &+ column &+ 1] &+= 1 }
                if period < plan.endedCount {
                    expected &+= 1
                    present &+= isThere ? 1 : 0
                }
            }
            guard expected > 0 else { continue }
            moments[column].add(expected: expected, returned: present)
        }
    }

    @inline(__always)
    private func isThere(_ plan: RetentionPlan, cohort: Int, period: Int, last: Int) -> Bool {
        if plan.isRolling && last > cohort { return last >= period }
        return period == cohort ? returnedAfterStart.contains(cohort) : !plan.isRolling && returned.contains(period)
    }
}
