/// Counts, for each period shown, who is new, returning, resurrecting and dormant.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, masks: Shape `[events]`; bit 0 of a mask makes an event one of activity.
///   - cells: Shape `[plan.periodCount]`; added to.
/// - Complexity: O(events + people · periods / 64 + active periods) time, no allocation.
public func countLifecycle(
    _ plan: ActivityPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, into cells: inout MutableSpan<LifecycleCounts>
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count && cells.count == plan.periodCount, "the shapes agree")
    var periods = ActivePeriods(plan)
    for person in people where !isSet(person, in: skipped) {
        guard unsafe periods.follow(plan, person, offsets: offsets, times: times, masks: masks) else { continue }
        periods.countLifecycle(plan, into: &cells)
    }
}

/// Counts who is active in each period and in the window that ends with it, and how often people are in the last one.
///
/// - Parameters: As of `countLifecycle`; `counts` is added to.
/// - Complexity: As of `countLifecycle`.
public func countStickiness(
    _ plan: ActivityPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, into counts: inout StickinessCounts
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count && counts.active.count == plan.periodCount, "the shapes agree")
    var periods = ActivePeriods(plan)
    for person in people where !isSet(person, in: skipped) {
        guard unsafe periods.follow(plan, person, offsets: offsets, times: times, masks: masks) else { continue }
        periods.countStickiness(plan, into: &counts)
    }
}

/// In which periods one person was active.
private struct ActivePeriods {
    private var bits: PeriodBits
    private var isActiveBefore = false  // Before the first period.
    private var last = -1  // The last active period.

    init(_ plan: ActivityPlan) { bits = PeriodBits(count: plan.periodCount) }

    /// - Precondition: There are two offsets of the person, and as many masks as times.
    /// - Returns: Whether the person was active in any period.
    @unsafe @inline(__always)
    mutating func follow(
        _ plan: ActivityPlan, _ person: Int, offsets: Span<UInt32>, times: Span<Int64>, masks: Span<UInt32>
    ) -> Bool {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        unsafe follow(plan, from: begin, to: end, times: times, masks: masks)
        return last >= 0
    }

    /// - Precondition: `begin...end` lies within the columns.
    @unsafe @inline(__always)
    private mutating func follow(
        _ plan: ActivityPlan, from begin: Int, to end: Int, times: Span<Int64>, masks: Span<UInt32>
    ) {
        let (bounds, startMs, endMs) = (plan.bounds, plan.bounds.beginMs, plan.bounds.endMs)
        if last >= 0 { bits.removeAll() }
        isActiveBefore = false
        last = -1
        var nextMs = startMs  // Events before it tell nothing new.
        for i in begin..<end {
            let timeMs = unsafe times[unchecked: i]
            if timeMs < nextMs && (last >= 0 || isActiveBefore) { continue }
            guard unsafe masks[unchecked: i] & 1 != 0 else { continue }
            guard timeMs >= startMs else {
                isActiveBefore = true
                continue
            }
            guard timeMs < endMs else { return }
            last = bounds.stretch(of: timeMs)
            nextMs = bounds.boundariesMs[last + 1]
            bits.insert(last)
        }
    }

    @inline(__always)
    func countLifecycle(_ plan: ActivityPlan, into cells: inout MutableSpan<LifecycleCounts>) {
        var before = isActiveBefore ? -2 : -3  // The active period before; −2 for one before all, −3 for none.
        bits.forEach { period in
            if period >= plan.firstShown {
                if before == period &- 1 {
                    cells[period].returning &+= 1
                } else if before == -3 {
                    cells[period].new &+= 1
                } else {
                    cells[period].resurrecting &+= 1
                }
            }
            let next = period &+ 1
            if next >= plan.firstShown && next < plan.periodCount && !bits.contains(next) { cells[next].dormant &+= 1 }
            before = period
        }
    }

    @inline(__always)
    func countStickiness(_ plan: ActivityPlan, into counts: inout StickinessCounts) {
        var (activeCount, coveredCount, inLastWindow) = (0, 0, 0)
        let lastWindow = plan.endedCount &- counts.windowLength..<plan.endedCount
        let shown = plan.firstShown..<max(plan.endedCount, plan.firstShown)
        var coveredEnd = 0  // Periods before it are in a window with an active period already.
        bits.forEach { period in
            counts.active[period] &+= 1
            activeCount &+= shown.contains(period) ? 1 : 0
            inLastWindow &+= lastWindow.contains(period) ? 1 : 0
            let begin = max(period, coveredEnd)
            coveredEnd = min(period &+ counts.windowLength, plan.periodCount)
            counts.changes[begin] &+= 1
            counts.changes[coveredEnd] &-= 1
            coveredCount &+= max(0, min(coveredEnd, shown.upperBound) &- max(begin, shown.lowerBound))
        }
        if inLastWindow > 0 { counts.byActiveCount[inLastWindow] &+= 1 }
        if coveredCount > 0 { counts.moments.add(expected: coveredCount, returned: activeCount) }
    }
}
