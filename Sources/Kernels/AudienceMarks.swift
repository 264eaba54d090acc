/// Which of a person's events a leaf looks at: those that meet a filter, within a span of time.
public struct EventScope: Sendable, Equatable {
    let bits: UInt32  // Of the filters, one of which an event must meet.
    let timesMs: Range<Int64>

    public init(bits: UInt32, timesMs: Range<Int64>) {
        self.bits = bits
        self.timesMs = timesMs
    }

    /// The person's events within the span, which lie side by side since a history is in order of time.
    @unsafe @inline(__always)
    fileprivate func events(_ begin: Int, _ end: Int, _ times: Span<Int64>) -> Range<Int> {
        guard begin < end else { return begin..<begin }
        var (first, last) = (begin, end)
        if unsafe times[unchecked: begin] < timesMs.lowerBound {
            first = unsafe firstPosition(from: timesMs.lowerBound, begin, end, times)
        }
        if unsafe times[unchecked: end &- 1] >= timesMs.upperBound {
            last = unsafe firstPosition(from: timesMs.upperBound, first, end, times)
        }
        return first..<last
    }
}

@unsafe @inline(__always)
private func firstPosition(from timeMs: Int64, _ begin: Int, _ end: Int, _ times: Span<Int64>) -> Int {
    var (low, high) = (begin, end)
    while low < high {
        let middle = (low &+ high) / 2
        if unsafe times[unchecked: middle] < timeMs { low = middle &+ 1 } else { high = middle }
    }
    return low
}

/// Sets a mark for each person for whom `isMet` holds of their events in the scope.
///
/// The functions below share these parameters:
/// - mark: One bit.
/// - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
/// - times, masks: Shape `[events]`.
/// - marks: Shape `[people]`; others than this bit stay as they are.
@inline(__always)
private func mark(
    _ mark: UInt64, _ scope: EventScope, _ offsets: Span<UInt32>, _ times: Span<Int64>, _ masks: Span<UInt32>,
    _ marks: inout MutableSpan<UInt64>, _ isMet: (Range<Int>) -> Bool
) {
    let people = max(0, offsets.count - 1)
    precondition(masks.count == times.count && marks.count >= people, "the shapes agree")
    for person in 0..<people {
        let (begin, end) = (Int(offsets[person]), Int(offsets[person + 1]))
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        let events = unsafe scope.events(begin, end, times)
        marks[person] |= isMet(events) ? mark : 0
    }
}

/// Marks who has so many events in the scope.
///
/// - Complexity: O(events) time, no allocation.
public func markCounts(
    _ bit: UInt64, _ scope: EventScope, counts: ClosedRange<Int>, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, into marks: inout MutableSpan<UInt64>
) {
    let bits = scope.bits
    mark(bit, scope, offsets, times, masks, &marks) { events in
        var count: UInt32 = 0
        for i in events { count &+= unsafe masks[unchecked: i] & bits != 0 ? 1 : 0 }
        return counts.contains(Int(count))
    }
}

/// Marks who has any event before a time: who was there then.
public func markPresent(
    _ bit: UInt64, beforeMs: Int64, offsets: Span<UInt32>, times: Span<Int64>, into marks: inout MutableSpan<UInt64>
) {
    for person in 0..<max(0, offsets.count - 1) {
        let begin = Int(offsets[person])
        let isPresent = begin < Int(offsets[person + 1]) && times[begin] < beforeMs
        marks[person] |= isPresent ? bit : 0
    }
}

/// Marks those whose last event in the scope also meets one of `meeting`.
///
/// - Complexity: O(events) at worst, what lies behind the last one mostly; no allocation.
public func markLatest(
    _ bit: UInt64, _ scope: EventScope, meeting: UInt32, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, into marks: inout MutableSpan<UInt64>
) {
    let bits = scope.bits
    mark(bit, scope, offsets, times, masks, &marks) { events in
        var i = events.upperBound
        while i > events.lowerBound {
            i &-= 1
            let mask = unsafe masks[unchecked: i]
            if mask & bits != 0 { return mask & meeting != 0 }
        }
        return false
    }
}

/// What is made of the values of a person's events.
public enum ValueAggregate: Sendable {
    case sum  // Of none, 0.
    case mean  // Of none, nothing: it is within no bounds.
    case max  // Likewise.
    case min  // Likewise.
}

/// Marks those of whose values the aggregate is within bounds.
///
/// - Parameter values: Shape `[events]`; not a number where an event has none.
/// - Complexity: O(events) time, no allocation.
public func markValues(
    _ bit: UInt64, _ scope: EventScope, _ aggregate: ValueAggregate, within bounds: ClosedRange<Double>,
    values: Span<Double>, offsets: Span<UInt32>, times: Span<Int64>, masks: Span<UInt32>,
    into marks: inout MutableSpan<UInt64>
) {
    precondition(values.count >= masks.count, "each event has a value or none")
    let bits = scope.bits
    mark(bit, scope, offsets, times, masks, &marks) { events in
        var (sum, count, least, most) = (0.0, 0, Double.infinity, -Double.infinity)
        for i in events where unsafe masks[unchecked: i] & bits != 0 {
            let value = unsafe values[unchecked: i]
            guard !value.isNaN else { continue }
            sum += value
            count &+= 1
            least = value < least ? value : least
            most = value > most ? value : most
        }
        switch aggregate {
        case .sum: return bounds.contains(sum)
        case .mean: return count > 0 && bounds.contains(sum / Double(count))
        case .max: return count > 0 && bounds.contains(most)
        case .min: return count > 0 && bounds.contains(least)
        }
    }
}

/// Marks those whose events in the scope have so many different codes.
///
/// - Parameters:
///   - codes: Shape `[events]`; 0 where an event has none, which does not count.
///   - seen: Memory that is used again from call to call.
/// - Complexity: O(events · log of a person's events).
public func markDistinct(
    _ bit: UInt64, _ scope: EventScope, counts: ClosedRange<Int>, codes: Span<UInt32>, seen: inout [UInt32],
    offsets: Span<UInt32>, times: Span<Int64>, masks: Span<UInt32>, into marks: inout MutableSpan<UInt64>
) {
    precondition(codes.count >= masks.count, "each event has a code or none")
    let bits = scope.bits
    mark(bit, scope, offsets, times, masks, &marks) { events in
        seen.removeAll(keepingCapacity: true)
        for i in events where unsafe masks[unchecked: i] & bits != 0 {
            unsafe seen.append(codes[unchecked: i])
        }
        seen.sort()
        var (count, last): (Int, UInt32) = (0, 0)  // So that 0 itself is never another one.
        for code in seen where code != last { (count, last) = (count &+ 1, code) }
        return counts.contains(count)
    }
}

/// Marks those who reached a level of a funnel.
public func markReached(
    _ bit: UInt64, level: Int, levels: Span<UInt8>, people: Int, into marks: inout MutableSpan<UInt64>
) {
    for person in 0..<people { marks[person] |= Int(levels[person]) >= level ? bit : 0 }
}

/// Writes masks whose bit k says whether the event meets the filter `filters[k]` of `masks`.
///
/// - Parameter filters: At most 32, each below 32; the same one may stand several times.
public func copyBits(_ filters: Span<UInt32>, of masks: Span<UInt32>, into copied: inout MutableSpan<UInt32>) {
    precondition(filters.count <= 32 && copied.count == masks.count, "the shapes agree")
    for i in masks.indices {
        let mask = unsafe masks[unchecked: i]
        var bits: UInt32 = 0
        if mask != 0 { for k in filters.indices { bits |= (mask >> (filters[k] & 31) & 1) << UInt32(k) } }
        unsafe copied[unchecked: i] = bits
    }
}

/// Lowers, for each person, when a span of the last `lengthMs` before a moment can hold other events than it does now
/// without a new event: when the next event comes into it, or the oldest falls out of it.
///
/// - Parameters:
///   - bits: Of the filters whose events matter.
///   - momentMs: The end of the span, exclusive.
///   - dueMs: Shape `[people]`: the first moment at which the span may hold others.
public func lowerDueTimes(
    bits: UInt32, lengthMs: Int64, momentMs: Int64, offsets: Span<UInt32>, times: Span<Int64>, masks: Span<UInt32>,
    dueMs: inout MutableSpan<Int64>
) {
    precondition(masks.count == times.count && dueMs.count >= max(0, offsets.count - 1), "the shapes agree")
    for person in 0..<max(0, offsets.count - 1) {
        let (begin, end) = (Int(offsets[person]), Int(offsets[person + 1]))
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        var i = unsafe firstPosition(from: momentMs &- lengthMs, begin, end, times)
        while i < end, masks[i] & bits == 0 { i &+= 1 }
        guard i < end else { continue }
        if times[i] < momentMs { dueMs[person] = min(dueMs[person], times[i] &+ lengthMs &+ 1) }
        while i < end, times[i] < momentMs || masks[i] & bits == 0 { i &+= 1 }
        if i < end { dueMs[person] = min(dueMs[person], times[i] &+ 1) }
    }
}
