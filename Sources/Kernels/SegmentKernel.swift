/// Counts events and distinct people of each group, and of each group in each stretch of time.
///
/// - Parameters:
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - skipped: A bit for each person that is passed over; as short as its last one.
///   - times, masks: Shape `[events]`; counted is what has bit 0 and lies in the stretches.
///   - firstCodes, secondCodes: Shape `[events]`, or empty for a dimension that has one group.
///   - markBase: Added to a person's number to tell them from everybody else: cells may be shared by many calls.
///   - totals: Shape `[plan.totalCount]`; added to. The last cell is of all groups.
///   - series: Shape `[plan.seriesCount]`, by group and stretch; added to.
/// - Complexity: O(events) time, no allocation.
public func segmentCounts(
    _ plan: SegmentPlan, offsets: Span<UInt32>, skipped: Span<UInt64>, times: Span<Int64>, masks: Span<UInt32>,
    firstCodes: Span<UInt32>, secondCodes: Span<UInt32>, markBase: Int, totals: inout MutableSpan<CountCell>,
    series: inout MutableSpan<CountCell>
) {
    precondition(totals.count == plan.totalCount && series.count == plan.seriesCount, "the shapes agree")
    let all = plan.groupCount
    let isCountedAtEnd = all <= UInt64.bitWidth
    var (seen, eventCount): (UInt64, UInt64) = (0, 0)  // Groups of the person, and their events.
    plan.visit(offsets, skipped, times, masks, firstCodes, secondCodes, markBase) { _, mark, group, cell in
        if cell >= 0 { unsafe series[unchecked: cell].count(mark) }
        eventCount &+= 1
        if isCountedAtEnd {
            unsafe totals[unchecked: group].events &+= 1
            seen |= 1 &<< UInt64(truncatingIfNeeded: group)
        } else {
            unsafe totals[unchecked: group].count(mark)
        }
    } endPerson: {
        guard eventCount > 0 else { return }
        unsafe totals[unchecked: all].events &+= eventCount
        unsafe totals[unchecked: all].people &+= 1
        while seen != 0 {
            unsafe totals[unchecked: seen.trailingZeroBitCount].people &+= 1
            seen &= seen &- 1
        }
        eventCount = 0
    }
}

/// As `segmentCounts`, for the sums over people that averages and their intervals need.
///
/// - Parameter values: Shape `[events]`; an event whose value is no number is left out.
public func segmentMoments(
    _ plan: SegmentPlan, offsets: Span<UInt32>, skipped: Span<UInt64>, times: Span<Int64>, masks: Span<UInt32>,
    firstCodes: Span<UInt32>, secondCodes: Span<UInt32>, values: Span<Double>, markBase: Int,
    totals: inout MutableSpan<SegmentMoments>, series: inout MutableSpan<SegmentMoments>
) {
    precondition(totals.count == plan.totalCount && series.count == plan.seriesCount, "the shapes agree")
    precondition(values.count == times.count, "a value for each event")
    let all = plan.groupCount
    plan.visit(offsets, skipped, times, masks, firstCodes, secondCodes, markBase) { event, mark, group, cell in
        let value = unsafe values[unchecked: event]
        guard value.isFinite else { return }
        unsafe totals[unchecked: group].add(value, of: mark)
        unsafe totals[unchecked: all].add(value, of: mark)
        if cell >= 0 { unsafe series[unchecked: cell].add(value, of: mark) }
    } endPerson: {
    }
}

extension SegmentPlan {
    /// Calls `body` with each counted event, its person's mark, its group, and its cell in the series, −1 without one;
    /// and `endPerson` behind the events of each person.
    @inline(__always)
    public func visit(
        _ offsets: Span<UInt32>, _ skipped: Span<UInt64>, _ times: Span<Int64>, _ masks: Span<UInt32>,
        _ firstCodes: Span<UInt32>, _ secondCodes: Span<UInt32>, _ markBase: Int,
        _ body: (_ event: Int, _ mark: UInt32, _ group: Int, _ cell: Int) -> Void, endPerson: () -> Void
    ) {
        precondition(masks.count == times.count, "a set of filters for each event")
        precondition(firstCodes.isEmpty || firstCodes.count == times.count, "a code for each event")
        precondition(secondCodes.isEmpty || secondCodes.count == times.count, "a code for each event")
        let (beginMs, endMs, hasSeries) = (periods.beginMs, periods.endMs, periodCount > 1)
        for person in 0..<max(0, offsets.count - 1) where !isSet(person, in: skipped) {
            let (begin, end) = (Int(offsets[person]), Int(offsets[person + 1]))
            precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
            let mark = UInt32(truncatingIfNeeded: markBase &+ person &+ 1)
            for event in begin..<end {
                guard unsafe masks[unchecked: event] & 1 != 0 else { continue }
                let timeMs = unsafe times[unchecked: event]
                guard timeMs >= beginMs && timeMs < endMs else { continue }
                let first = firstCodes.isEmpty ? 0 : unsafe self.first.group(firstCodes[unchecked: event])
                let second = secondCodes.isEmpty ? 0 : unsafe self.second.group(secondCodes[unchecked: event])
                let group = first &* self.second.groupCount &+ second
                guard hasSeries else {
                    body(event, mark, group, -1)
                    continue
                }
                body(event, mark, group, group &* periodCount &+ periods.stretch(of: timeMs))
            }
            endPerson()
        }
    }
}

/// Counts how often each code occurs among the events that have bit 0 and lie in a stretch of time.
///
/// - Parameters:
///   - codes: Shape `[events]`, each below `counts.count`.
///   - counts: Added to.
public func countCodes(
    _ codes: Span<UInt32>, offsets: Span<UInt32>, skipped: Span<UInt64>, times: Span<Int64>, masks: Span<UInt32>,
    timesMs: Range<Int64>, into counts: inout MutableSpan<Int>
) {
    precondition(codes.count == times.count && masks.count == times.count, "the shapes agree")
    for person in 0..<max(0, offsets.count - 1) where !isSet(person, in: skipped) {
        for event in Int(offsets[person])..<Int(offsets[person + 1])
        where masks[event] & 1 != 0 && timesMs.contains(times[event]) { counts[Int(codes[event])] += 1 }
    }
}
