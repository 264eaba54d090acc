/// Counts how long people wait from a start until something happens, and how long those who wait still have waited.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times: Shape `[events]`.
///   - masks: Shape `[events]`; bits as `SurvivalPlan` says.
///   - cells: Shape `[plan.groupCount][2][plan.unitCount + 1]`; in each group first for whom it happened, then who was
///     cut off; added to.
///   - leftOut: People who started and are in no group, or to whom it had happened before; added to.
/// - Complexity: O(events) time, no allocation.
public func survivalCounts(
    _ plan: SurvivalPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, into cells: inout MutableSpan<Int>, leftOut: inout Int
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count && cells.count == plan.cellCount, "the shapes agree")
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        guard let start = unsafe plan.start(from: begin, to: end, times: times, masks: masks) else { continue }
        guard let group = start.group else {
            leftOut &+= 1
            continue
        }
        let wait = unsafe plan.wait(after: start.position, to: end, times: times, masks: masks)
        cells[group &* plan.rowLength &+ (wait.isOver ? 0 : plan.unitCount &+ 1) &+ wait.units] &+= 1
    }
}

extension SurvivalPlan {
    /// The start of one person; nil where they have none in range. Its group is nil where they are left out.
    ///
    /// - Precondition: `begin...end` lies within the columns.
    @unsafe @inline(__always)
    fileprivate func start(
        from begin: Int, to end: Int, times: Span<Int64>, masks: Span<UInt32>
    ) -> (position: Int, group: Int?)? {
        var (seen, hasHappened) = (0, false)
        for i in begin..<end {
            let mask = unsafe masks[unchecked: i]
            guard mask & 3 != 0 else { continue }
            if mask & 1 != 0 {
                seen &+= 1
                if seen == occurrence {
                    let timeMs = unsafe times[unchecked: i]
                    guard startsMs.contains(timeMs), timeMs <= endMs else { return nil }
                    return (i, isFirstOnly && hasHappened ? nil : group(of: mask))
                }
            }
            hasHappened = hasHappened || mask & 2 != 0
        }
        return nil
    }

    /// The first group of the start.
    @inline(__always)
    private func group(of mask: UInt32) -> Int? {
        guard hasGroups else { return 0 }
        let group = (mask >> 2).trailingZeroBitCount
        return group < groupCount ? group : nil
    }

    /// How many whole units passed until it happened, or until the person was cut off.
    @unsafe @inline(__always)
    fileprivate func wait(
        after start: Int, to end: Int, times: Span<Int64>, masks: Span<UInt32>
    ) -> (units: Int, isOver: Bool) {
        let startMs = unsafe times[unchecked: start]
        var i = start &+ (startMayEnd ? 0 : 1)
        while i < end {
            let timeMs = unsafe times[unchecked: i]
            guard timeMs <= endMs else { break }
            if unsafe masks[unchecked: i] & 2 != 0 {
                let units = (timeMs &- startMs) / unitMs
                return units < Int64(unitCount) ? (Int(units), true) : (unitCount, false)
            }
            i &+= 1
        }
        return (Int(min(Int64(unitCount), (endMs &- startMs) / unitMs)), false)
    }
}
