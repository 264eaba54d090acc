private import CPrefetch

/// Counts people by the highest step of a funnel they reached, as ClickHouse's `windowFunnel` in its default mode.
///
/// A person has reached level k when there are times t₁ ≤ t₂ ≤ … ≤ t_k with t_k − t₁ ≤ window and an event of step i at
/// each tᵢ. Events of one time count in the order of steps, whatever their order in the columns, and one event may be
/// several steps. A later event of step 1 starts the window anew.
///
/// Source: ClickHouse, `AggregateFunctionWindowFunnel.cpp`. It visits every event; this visits few: what can raise a
/// person's level is only an event of the *next* step, so the name column is searched for that code alone, and the
/// steps before it are followed only as far back as the window reaches: one by one backwards in a short history, in one
/// pass where the history is long or steps ask for more than a name.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, names, channels, subjects: Shape `[events]`.
///   - kinds: Shape `[subjects]`; read only where a step asks for a kind.
///   - isByChannel: Counts each person under the channel of the step-1 event that began the chain by which they first
///     reached their level; of step-1 events at one time, the last in the columns.
///   - counts: Shape `[channels][levels]`, see `FunnelPlan.cellCount`; added to. Level 0 has channel 0.
/// - Complexity: O(events) time, no allocation. Measured in `bench`.
public func funnelCounts(
    _ plan: FunnelPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    names: Span<UInt16>, channels: Span<UInt8>, subjects: Span<UInt32>, kinds: Span<UInt8>, isByChannel: Bool,
    into counts: inout MutableSpan<Int>
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(names.count == times.count && channels.count == times.count && subjects.count == times.count)
    precondition(counts.count == plan.cellCount(isByChannel: isByChannel), "one cell for each channel and level")
    var state = FunnelState(plan)
    let levelCount = plan.steps.count + 1
    for person in people where !isSet(person, in: skipped) {
        unsafe prefetch(times, at: Int(offsets[unchecked: min(person &+ 8, offsets.count &- 1)]))
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        unsafe state.follow(
            plan, from: begin, to: end, times: times, names: names, channels: channels, subjects: subjects,
            kinds: kinds)
        var cell = state.level
        if isByChannel && state.level > 0 {
            cell &+= unsafe Int(channels[unchecked: state.origin]) &* levelCount
        }
        unsafe counts[unchecked: cell] &+= 1
    }
}

/// Asks for the times from `position` on: histories are reached by jumps too long for the processor to foresee.
@unsafe @inline(__always)
private func prefetch(_ times: Span<Int64>, at position: Int) {
    unsafe times.withUnsafeBufferPointer { buffer in
        let address = unsafe UnsafeRawPointer(buffer.baseAddress)?.advanced(by: position &* 8)
        unsafe cprefetch_read(address)
        unsafe cprefetch_read(address?.advanced(by: 64))
    }
}

/// How far one person has come: for each level, where the latest chain that reached it began.
struct FunnelState {
    private static let never: Int64 = -1 << 61  // So far back that no window reaches it.

    var level = 0
    var origin = 0  // Position of the step-1 event that began the chain first reaching `level`.
    private var starts: InlineArray<32, Int64> = .init(repeating: never)  // Time of that chain's step 1.
    private var origins: InlineArray<32, Int> = .init(repeating: 0)  // Its position.
    let stepCount: Int
    let codes: InlineArray<32, UInt16>

    init(_ plan: FunnelPlan) {
        stepCount = plan.steps.count
        codes = .init { $0 < plan.steps.count ? plan.steps[$0].name ?? 0 : 0 }
    }

    /// Follows one person from the first event to the last that matters.
    ///
    /// - Precondition: `begin...end` lies within the columns.
    @unsafe @inline(__always)
    mutating func follow(
        _ plan: FunnelPlan, from begin: Int, to end: Int, times: Span<Int64>, names: Span<UInt16>,
        channels: Span<UInt8>, subjects: Span<UInt32>, kinds: Span<UInt8>
    ) {
        level = 0
        var next = begin
        var last = end
        if !plan.coversAllTime {
            next = unsafe firstPosition(at: plan.timesMs.lowerBound, in: times, from: begin, to: end)
            last = unsafe firstPosition(at: plan.timesMs.upperBound, in: times, from: next, to: end)
        }
        if !plan.tables.isNarrow, last &- next <= Self.shortCountMax {
            return unsafe followShort(windowMs: plan.windowMs, from: next, to: last, times: times, names: names)
        }
        for k in 0..<stepCount { unsafe starts[unchecked: k] = Self.never }
        while level < stepCount {
            let code = unsafe codes[unchecked: level]
            let found = unsafe firstPosition(of: code, in: names, from: next, to: last)
            guard found < last else { return }
            let from = unsafe reach(of: found, from: next, windowMs: plan.windowMs, times: times)
            next = from
            repeat {
                unsafe visitMoment(
                    plan, at: &next, from: from, to: last, times: times, names: names, channels: channels,
                    subjects: subjects, kinds: kinds)
            } while next <= found && level < stepCount
        }
    }

    /// Where to begin so as to know of every chain that could end at `found`: what lies farther back than the window
    /// is skipped, and before the first step everything is.
    @unsafe @inline(__always)
    private func reach(of found: Int, from next: Int, windowMs: Int64, times: Span<Int64>) -> Int {
        let timeMs = unsafe times[unchecked: found]
        if level > 0 {
            let earliestMs = timeMs &- windowMs
            guard unsafe times[unchecked: next] < earliestMs else { return next }
            return unsafe firstPosition(at: earliestMs, in: times, from: next, to: found)
        }
        var first = found
        while first > next, unsafe times[unchecked: first &- 1] == timeMs { first &-= 1 }
        return first
    }

    /// Takes all events of one moment as one set of steps, in ascending order, and moves past them.
    @unsafe @inline(__always)
    private mutating func visitMoment(
        _ plan: FunnelPlan, at next: inout Int, from: Int, to last: Int, times: Span<Int64>, names: Span<UInt16>,
        channels: Span<UInt8>, subjects: Span<UInt32>, kinds: Span<UInt8>
    ) {
        let timeMs = unsafe times[unchecked: next]
        var steps: UInt32 = 0
        var first = next
        repeat {
            let matched = unsafe plan.tables.met(
                at: next, names: names, channels: channels, subjects: subjects, kinds: kinds)
            steps |= matched
            first = matched & 1 != 0 ? next : first
            next &+= 1
        } while unsafe next < last && times[unchecked: next] == timeMs
        while steps != 0 {
            let step = steps.trailingZeroBitCount
            steps &= steps &- 1
            guard step <= level else { return }
            unsafe take(step, at: first, timeMs: timeMs, windowMs: plan.windowMs)
        }
    }

    @unsafe @inline(__always)
    private mutating func take(_ step: Int, at first: Int, timeMs: Int64, windowMs: Int64) {
        if step == 0 {
            unsafe starts[unchecked: 0] = timeMs
            unsafe origins[unchecked: 0] = first
        } else {
            let startMs = unsafe starts[unchecked: step &- 1]
            guard timeMs &- startMs <= windowMs else { return }
            unsafe starts[unchecked: step] = startMs
            unsafe origins[unchecked: step] = origins[unchecked: step &- 1]
        }
        guard step == level else { return }
        level = step &+ 1
        origin = unsafe origins[unchecked: step]
    }
}
