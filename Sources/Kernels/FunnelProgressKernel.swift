/// Follows each person through a funnel: how far they came, when they first came so far, and where that began.
///
/// Ordered: level k is reached where there are times t₁ ≤ … ≤ t_k, an event of step i at each tᵢ, t_k − t₁ within the
/// window, each tᵢ − tᵢ₋₁ within the window of step i, and no excluding event at a time e with tᵢ < e ≤ tᵢ₊₁ between
/// steps that it stands between. Events of one time count in the order of steps, excluding ones before all steps. Of
/// all chains that reach a level only the one that did so last can matter later: its start is the latest too, since
/// chains reach each level in the order of their starts.
///
/// Strict: the events of a chain stand side by side in the person's history, in the order of the columns. Any order:
/// the level is the number of different steps within one window.
///
/// - Parameters:
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, masks: Shape `[events]`.
///   - levels: Shape `[people]`: the highest level of each, 0 for none.
///   - origins: Shape `[people]`: position of the first event of the chain that first reached that level.
///   - reachedMs, startsMs: Shape `[people][steps]`, written up to each person's level: when a level was first reached,
///     and when the chain that did so began.
/// - Complexity: O(events · steps) at worst, one pass where few events are steps; no allocation.
public func funnelProgress(
    _ plan: FunnelProgressPlan, offsets: Span<UInt32>, times: Span<Int64>, masks: Span<UInt32>,
    levels: inout MutableSpan<UInt8>, origins: inout MutableSpan<Int>, reachedMs: inout MutableSpan<Int64>,
    startsMs: inout MutableSpan<Int64>
) {
    let people = max(0, offsets.count - 1)
    precondition(masks.count == times.count && levels.count >= people && origins.count >= people)
    precondition(reachedMs.count >= people * plan.stepCount && startsMs.count == reachedMs.count)
    var progress = FunnelProgress()
    for person in 0..<people {
        let (begin, end) = (Int(offsets[person]), Int(offsets[person + 1]))
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        progress.begin()
        if begin < end {
            switch plan.order {
            case .ordered: unsafe progress.followOrdered(plan, begin, end, times, masks)
            case .strict: progress.followStrict(plan, begin, end, times, masks)
            case .any: unsafe progress.followAny(plan, begin, end, times, masks)
            }
        }
        unsafe levels[unchecked: person] = UInt8(truncatingIfNeeded: progress.level)
        guard progress.level > 0 else { continue }
        unsafe origins[unchecked: person] = progress.origin
        let row = person &* plan.stepCount
        for level in 0..<progress.level {
            unsafe reachedMs[unchecked: row &+ level] = progress.reachedMs[level]
            unsafe startsMs[unchecked: row &+ level] = progress.beganMs[level]
        }
    }
}

/// How far one person has come.
private struct FunnelProgress {
    private static let never: Int64 = -1 << 61  // So far back that no window reaches it.

    /// A chain that has reached some level.
    private struct Chain: BitwiseCopyable {
        var startMs = never  // Of its first event,
        var lastMs = never  // and of its last one.
        var origin = 0
        var position = -1  // Of its last event.
    }

    private(set) var level = 0
    private(set) var origin = 0
    private(set) var reachedMs: InlineArray<16, Int64> = .init(repeating: 0)
    private(set) var beganMs: InlineArray<16, Int64> = .init(repeating: 0)
    private var chains: InlineArray<16, Chain> = .init(repeating: Chain())  // By last step: that which came last.

    mutating func begin() { (level, origin) = (0, 0) }

    private mutating func clear(_ plan: FunnelProgressPlan) {
        for step in 0..<plan.stepCount { chains[step] = Chain() }
    }

    /// Notes that a chain has come to a step, where none had.
    @inline(__always)
    private mutating func reach(_ step: Int, _ chain: Chain) {
        guard step == level else { return }
        level = step &+ 1
        origin = chain.origin
        reachedMs[step] = chain.lastMs
        beganMs[step] = chain.startMs
    }

    /// - Precondition: `begin..<end` lies within the columns.
    @unsafe
    mutating func followOrdered(
        _ plan: FunnelProgressPlan, _ begin: Int, _ end: Int, _ times: Span<Int64>, _ masks: Span<UInt32>
    ) {
        clear(plan)
        var next = begin
        while next < end, level < plan.stepCount {
            let timeMs = unsafe times[unchecked: next]
            var (moment, first): (UInt32, Int) = (0, next)
            repeat {
                let mask = unsafe masks[unchecked: next]
                first = mask & 1 != 0 ? next : first
                moment |= mask
                next &+= 1
            } while unsafe next < end && times[unchecked: next] == timeMs
            guard moment != 0, plan.timesMs.contains(timeMs) else { continue }
            if moment & plan.exclusionBits != 0 { exclude(plan, moment) }
            var steps = moment & plan.stepBits
            while steps != 0 {
                let step = steps.trailingZeroBitCount
                steps &= steps &- 1
                advance(plan, step, at: first, timeMs)
            }
        }
    }

    private mutating func advance(_ plan: FunnelProgressPlan, _ step: Int, at position: Int, _ timeMs: Int64) {
        if step == 0 {
            chains[0] = Chain(startMs: timeMs, lastMs: timeMs, origin: position, position: position)
            return reach(0, chains[0])
        }
        var chain = chains[step &- 1]
        guard timeMs &- chain.startMs <= plan.windowMs, timeMs &- chain.lastMs <= plan.stepWindowsMs[step] else {
            return
        }
        chain.lastMs = timeMs
        chains[step] = chain
        reach(step, chain)
    }

    /// Ends the chains that an excluding event must not come into.
    private mutating func exclude(_ plan: FunnelProgressPlan, _ moment: UInt32) {
        for (number, killed) in plan.killed.enumerated()
        where moment >> UInt32(plan.stepCount &+ number) & 1 != 0 {
            for step in 0..<plan.stepCount where killed >> UInt32(step) & 1 != 0 { chains[step] = Chain() }
        }
    }

    mutating func followStrict(
        _ plan: FunnelProgressPlan, _ begin: Int, _ end: Int, _ times: Span<Int64>, _ masks: Span<UInt32>
    ) {
        clear(plan)
        for position in begin..<end where level < plan.stepCount {
            let (timeMs, mask) = (times[position], masks[position])
            guard plan.timesMs.contains(timeMs) else { continue }
            for step in (1..<max(1, plan.stepCount)).reversed() where mask >> UInt32(step) & 1 != 0 {
                var chain = chains[step &- 1]
                guard chain.position == position &- 1, timeMs &- chain.startMs <= plan.windowMs,
                    timeMs &- chain.lastMs <= plan.stepWindowsMs[step]
                else { continue }
                chain.lastMs = timeMs
                chain.position = position
                chains[step] = chain
                reach(step, chain)
            }
            if mask & 1 != 0 {
                chains[0] = Chain(startMs: timeMs, lastMs: timeMs, origin: position, position: position)
                reach(0, chains[0])
            }
        }
    }

    /// - Precondition: `begin..<end` lies within the columns.
    @unsafe
    mutating func followAny(
        _ plan: FunnelProgressPlan, _ begin: Int, _ end: Int, _ times: Span<Int64>, _ masks: Span<UInt32>
    ) {
        clear(plan)
        var seen: UInt32 = 0  // Steps of any event so far: where they are no more than the level, none is new.
        var next = begin
        while next < end, level < plan.stepCount {
            let timeMs = unsafe times[unchecked: next]
            var moment: UInt32 = 0
            let first = next
            repeat {
                moment |= unsafe masks[unchecked: next]
                next &+= 1
            } while unsafe next < end && times[unchecked: next] == timeMs
            guard moment != 0, plan.timesMs.contains(timeMs) else { continue }
            if moment & plan.exclusionBits != 0 {
                clear(plan)
                seen = 0
            }
            for position in first..<next {
                var steps = unsafe masks[unchecked: position] & plan.stepBits
                while steps != 0 {
                    chains[steps.trailingZeroBitCount] = Chain(
                        startMs: timeMs, lastMs: timeMs, origin: position, position: position)
                    steps &= steps &- 1
                }
            }
            seen |= moment & plan.stepBits
            if moment & plan.stepBits != 0, seen.nonzeroBitCount > level { count(plan, timeMs) }
        }
    }

    /// How many different steps lie within the window that ends now; it may pass several levels at once.
    private mutating func count(_ plan: FunnelProgressPlan, _ timeMs: Int64) {
        var found = 0
        var earliest = Chain(startMs: .max, lastMs: timeMs, origin: 0, position: -1)
        for step in 0..<plan.stepCount where timeMs &- chains[step].lastMs <= plan.windowMs {
            found &+= 1
            let (one, best) = (chains[step], earliest)
            if one.startMs < best.startMs || (one.startMs == best.startMs && one.origin < best.origin) {
                earliest.startMs = one.startMs
                earliest.origin = one.origin
            }
        }
        for step in level..<max(level, found) { reach(step, earliest) }
    }
}
