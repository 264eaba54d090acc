/// Follows people from an anchor forward, or back, through the steps of a plan, and adds each path to a tree.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, names, channels: Shape `[events]`.
///   - masks: Shape `[events]`; what bits mean is said at `PathPlan`.
///   - tree: Added to; the same person must not be visited twice.
/// - Complexity: O(events · depth) time at worst, near O(events) where anchors are rare; no allocation but where the
///   tree grows.
public func countPaths(
    _ plan: PathPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, names: Span<UInt16>, channels: Span<UInt8>, into tree: inout PathTree
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(names.count == times.count && channels.count == times.count && masks.count == times.count)
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        let walk = PathWalk(events: begin..<end)
        unsafe walk.findAnchors(plan, times: times, masks: masks, names: names, channels: channels, into: &tree)
        tree.endPerson()
    }
}

/// The events of one person, walked along.
private struct PathWalk {
    let events: Range<Int>

    /// - Precondition: `events` lies within the columns, which are of one length.
    @unsafe @inline(__always)
    func findAnchors(
        _ plan: PathPlan, times: Span<Int64>, masks: Span<UInt32>, names: Span<UInt16>, channels: Span<UInt8>,
        into tree: inout PathTree
    ) {
        var last = PathNodeCode.none
        var lastMs: Int64 = .min
        var (hasBegunInRun, hasBegunInSession) = (false, false)
        var i = events.lowerBound
        while i < events.upperBound {
            defer { i &+= 1 }
            // Only the first anchor matters where people are counted: what lies before it need not be looked at.
            let isAnchor = unsafe masks[unchecked: i] & 1 != 0
            if plan.counting == .people && !isAnchor { continue }
            let node = unsafe plan.node(at: i, masks: masks, names: names, channels: channels)
            guard node != PathNodeCode.none else { continue }
            let timeMs = unsafe times[unchecked: i]
            if last == PathNodeCode.none || timeMs &- lastMs > plan.gapMs {
                (hasBegunInRun, hasBegunInSession) = (false, false)
            } else if node != last || !plan.isFolded {
                hasBegunInRun = false
            }
            (last, lastMs) = (node, timeMs)
            guard isAnchor, plan.timesMs.contains(timeMs), !hasBegunInRun else { continue }
            if plan.counting == .sessions && hasBegunInSession { continue }
            (hasBegunInRun, hasBegunInSession) = (true, true)
            unsafe follow(
                plan, from: i, node, times: times, masks: masks, names: names, channels: channels, into: &tree)
            if plan.counting == .people { return }
        }
    }

    /// Adds the path that begins with the anchor at `anchor`.
    @unsafe @inline(__always)
    private func follow(
        _ plan: PathPlan, from anchor: Int, _ anchorNode: UInt32, times: Span<Int64>, masks: Span<UInt32>,
        names: Span<UInt16>, channels: Span<UInt8>, into tree: inout PathTree
    ) {
        let anchorMs = unsafe times[unchecked: anchor]
        let stride = plan.isBackward ? -1 : 1
        var place = tree.child(of: PathTree.root, anchorNode)
        var (last, lastMs, level, i) = (anchorNode, anchorMs, 0, anchor &+ stride)
        while level < plan.depth && events.contains(i) {
            defer { i &+= stride }
            let node = unsafe plan.node(at: i, masks: masks, names: names, channels: channels)
            guard node != PathNodeCode.none else { continue }
            let timeMs = unsafe times[unchecked: i]
            guard abs(timeMs &- lastMs) <= plan.gapMs, abs(timeMs &- anchorMs) <= plan.windowMs else { break }
            lastMs = timeMs
            if plan.isFolded && node == last { continue }
            place = tree.child(of: place, node)
            last = node
            level &+= 1
        }
        tree.end(at: place)
    }
}
