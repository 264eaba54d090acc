/// Counts who went from which state to which, from the first moment to the last, and from each to the next.
///
/// A rule holds over stretches of moments: from the first behind the event that completes its count or sum, until the
/// oldest of the events that are needed has left the window. Each rule notes its stretches as bits in one pass over the
/// person's events, the strongest stage first; the bits are then read run by run, so that who stays costs nothing.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times: Shape `[events]`.
///   - masks: Shape `[events]`; bit k: the event meets filter k.
///   - weights: Shape `[weights][events]`, each 0 or more and below 2³²; read where a rule sums one.
///   - ends: Shape `[states][states]`, from the state at the first moment to that at the last; added to.
///   - moves: Shape `[moments − 1][states][states]`, from the state at the moment before; who stays in a state is not
///     noted. Added to.
/// - Complexity: O(events · rules + people · (stages + moves)) time, no allocation.
public func stageMoves(
    _ plan: StagePlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, weights: Span<Int64>, ends: inout MutableSpan<Int>, moves: inout MutableSpan<Int>
) {
    precondition(ends.count == plan.flowCount && moves.count == plan.moveCount, "the shapes agree")
    var walk = StageWalk(plan)
    unsafe forEachPerson(people, skipped, offsets, times, masks) { _, begin, end in
        unsafe walk.follow(plan, from: begin, to: end, times: times, masks: masks, weights: weights)
        walk.count(plan, ends: &ends, moves: &moves)
    }
}

/// Finds the people who are in one state at the first moment and in one at the last.
///
/// - Parameters:
///   - first, last: Nil for any state.
///   - rows: Shape `[people.count]`; those found are written from the front on.
/// - Returns: How many were found. Everything else as in `stageMoves`.
public func findPeople(
    in first: Int?, then last: Int?, _ plan: StagePlan, people: Range<Int>, skipped: Span<UInt64>,
    offsets: Span<UInt32>, times: Span<Int64>, masks: Span<UInt32>, weights: Span<Int64>,
    into rows: inout MutableSpan<UInt32>
) -> Int {
    precondition(rows.count >= people.count, "everybody may be found")
    var walk = StageWalk(plan)
    var count = 0
    unsafe forEachPerson(people, skipped, offsets, times, masks) { person, begin, end in
        unsafe walk.follow(plan, from: begin, to: end, times: times, masks: masks, weights: weights)
        guard first.map({ $0 == walk.state(at: 0) }) ?? true,
            last.map({ $0 == walk.state(at: plan.momentCount &- 1) }) ?? true
        else { return }
        rows[count] = UInt32(person)
        count &+= 1
    }
    return count
}

/// Marks the people who are in one of some states at the first moment.
///
/// - Parameters:
///   - states: A bit for each.
///   - marks: Shape `[people]`; others than this bit stay as they are. Everything else as in `stageMoves`.
public func markStates(
    _ bit: UInt64, _ states: UInt32, _ plan: StagePlan, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, weights: Span<Int64>, into marks: inout MutableSpan<UInt64>
) {
    let people = 0..<max(0, offsets.count - 1)
    precondition(marks.count >= people.count, "each person has marks")
    var walk = StageWalk(plan)
    unsafe forEachPerson(people, Span(), offsets, times, masks) { person, begin, end in
        unsafe walk.follow(plan, from: begin, to: end, times: times, masks: masks, weights: weights)
        marks[person] |= states >> UInt32(walk.state(at: 0)) & 1 != 0 ? bit : 0
    }
}

@unsafe @inline(__always)
private func forEachPerson(
    _ people: Range<Int>, _ skipped: Span<UInt64>, _ offsets: Span<UInt32>, _ times: Span<Int64>,
    _ masks: Span<UInt32>, _ visit: (_ person: Int, _ begin: Int, _ end: Int) -> Void
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count, "each event has a mask")
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        visit(person, begin, end)
    }
}

/// The moments at which one person is in each state, as bits.
struct StageWalk {
    private typealias Row = InlineArray<8, UInt64>

    private var rows: InlineArray<16, Row> = .init(repeating: .init(repeating: 0))  // By state; that of 0 is not used.
    private var taken: Row = .init(repeating: 0)  // In any stage.
    private let stateCount: Int
    private let momentCount: Int
    private let wordCount: Int

    init(_ plan: StagePlan) {
        stateCount = plan.stateCount
        momentCount = plan.momentCount
        wordCount = (plan.momentCount + 63) / 64
    }

    /// Notes at which moments the person is in which state.
    ///
    /// - Precondition: `begin...end` lies within the columns.
    @unsafe @inline(__always)
    mutating func follow(
        _ plan: StagePlan, from begin: Int, to end: Int, times: Span<Int64>, masks: Span<UInt32>, weights: Span<Int64>
    ) {
        for word in 0..<wordCount {
            taken[word] = 0
            for state in 1..<stateCount { rows[state][word] = 0 }
        }
        var (state, isOpen) = (0, false)
        var (stronger, held, together) = (taken, taken, taken)
        let rules = plan.rules.span
        for number in rules.indices {
            let rule = rules[number]
            if rule.state != state {
                if isFull { return }
                (state, stronger) = (rule.state, taken)
            }
            let row = (rule.weight ?? 0) &* times.count
            let isSum = rule.weight != nil
            for word in 0..<wordCount { held[word] = 0 }
            unsafe follow(
                rule, plan, from: begin, to: end, times: times, masks: masks, held: &held,
                weight: { isSum ? weights[row &+ $0] : 1 })
            for word in 0..<wordCount { together[word] = isOpen ? together[word] & held[word] : held[word] }
            isOpen = rule.isWithNext
            if !isOpen { take(together, state, stronger) }
        }
    }

    @inline(__always)
    private mutating func take(_ held: Row, _ state: Int, _ stronger: Row) {
        for word in 0..<wordCount {
            rows[state][word] |= held[word] & ~stronger[word]
            taken[word] |= held[word]
        }
    }

    /// Notes at which moments a rule holds.
    @unsafe @inline(__always)
    private func follow(
        _ rule: StagePlan.Rule, _ plan: StagePlan, from begin: Int, to end: Int, times: Span<Int64>,
        masks: Span<UInt32>, held: inout Row, weight: (_ position: Int) -> Int64
    ) {
        var (entry, exit) = (0, 0)  // Of the newest and the oldest of the events that are needed.
        var (oldest, sum) = (begin, 0 as Int64)
        var i = unsafe firstPosition(from: plan.firstStartMs(window: rule.window), in: begin..<end, times)
        while i < end {
            defer { i &+= 1 }
            guard unsafe masks[unchecked: i] & rule.filters != 0 else { continue }
            unsafe entry = plan.firstMoment(after: times[unchecked: i], from: entry)
            if entry == momentCount { return }
            if sum == 0 { oldest = i }
            sum &+= weight(i)
            while sum &- weight(oldest) >= rule.least {
                sum &-= weight(oldest)
                repeat { oldest &+= 1 } while unsafe masks[unchecked: oldest] & rule.filters == 0
            }
            guard sum >= rule.least else { continue }
            unsafe exit = plan.firstMoment(without: times[unchecked: oldest], window: rule.window, from: exit)
            guard entry < exit else { continue }
            Self.set(entry..<exit, in: &held)
            if exit == momentCount { return }
        }
    }

    /// The first position from a time on.
    @unsafe @inline(__always)
    private func firstPosition(from timeMs: Int64, in range: Range<Int>, _ times: Span<Int64>) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        guard low < high, unsafe times[unchecked: low] < timeMs else { return low }
        while low < high {
            let middle = (low &+ high) / 2
            if unsafe times[unchecked: middle] < timeMs { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    @inline(__always)
    private static func set(_ moments: Range<Int>, in row: inout Row) {
        let (first, last) = (moments.lowerBound >> 6, (moments.upperBound &- 1) >> 6)
        for word in first...last {
            var bits = UInt64.max
            if word == first { bits &= .max << UInt64(moments.lowerBound & 63) }
            if word == last { bits &= .max >> UInt64(63 &- (moments.upperBound &- 1) & 63) }
            row[word] |= bits
        }
    }

    private var isFull: Bool { next(in: taken, from: 0, isOne: false) == momentCount }

    /// The first moment, `moment` or later, at which a bit is one, or is none; `momentCount` where there is none.
    @inline(__always)
    private func next(in row: Row, from moment: Int, isOne: Bool) -> Int {
        let flip: UInt64 = isOne ? 0 : .max
        var word = moment >> 6
        var bits = (row[word] ^ flip) & .max << UInt64(moment & 63)
        while bits == 0 {
            word &+= 1
            if word == wordCount { return momentCount }
            bits = row[word] ^ flip
        }
        return min(word << 6 | bits.trailingZeroBitCount, momentCount)
    }

    func state(at moment: Int) -> Int {
        let (word, bit) = (moment >> 6, UInt64(moment & 63))
        guard taken[word] >> bit & 1 != 0 else { return 0 }
        for state in 1..<stateCount where rows[state][word] >> bit & 1 != 0 { return state }
        return 0
    }

    func count(_ plan: StagePlan, ends: inout MutableSpan<Int>, moves: inout MutableSpan<Int>) {
        let first = state(at: 0)
        var (state, moment) = (first, 0)
        while true {
            moment =
                state == 0
                ? next(in: taken, from: moment, isOne: true)
                : next(in: rows[state], from: moment, isOne: false)
            guard moment < momentCount else { break }
            let reached = self.state(at: moment)
            moves[((moment &- 1) &* stateCount &+ state) &* stateCount &+ reached] &+= 1
            state = reached
        }
        ends[first &* stateCount &+ state] &+= 1
    }
}
