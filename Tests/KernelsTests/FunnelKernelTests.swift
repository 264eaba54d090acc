import Base
import Testing

@testable import Kernels

/// A funnel as the definition has it: a chain of times in order within the window, for each level from the highest.
private struct DefinedFunnel {
    let plan: FunnelPlan
    let columns: RandomColumns

    func isStep(_ step: CodedFilter, _ i: Int) -> Bool {
        step.name == columns.names[i] && plan.timesMs.contains(columns.times[i])
            && step.channel ?? columns.channels[i] == columns.channels[i]
            && step.kind ?? columns.kinds[Int(columns.subjects[i])] == columns.kinds[Int(columns.subjects[i])]
    }

    /// The level and the step-1 event of the chain that reached it first.
    func follow(_ person: Int) -> (level: Int, origin: Int) {
        let events = columns.events(of: person)
        for level in stride(from: plan.steps.count, to: 0, by: -1) {
            for last in events where isStep(plan.steps[level - 1], last) {
                let origins = events.filter { first in
                    isStep(plan.steps[0], first) && columns.times[first] <= columns.times[last]
                        && columns.times[last] - columns.times[first] <= plan.windowMs
                        && isChain(from: columns.times[first], to: columns.times[last], events, level)
                }
                if let origin = origins.last { return (level, origin) }
            }
        }
        return (0, 0)
    }

    /// Whether each step before the last can be taken, the earliest first, between two times.
    private func isChain(from firstMs: Int64, to lastMs: Int64, _ events: Range<Int>, _ level: Int) -> Bool {
        var timeMs = firstMs
        for step in plan.steps[..<(level - 1)] {
            let next = events.first { isStep(step, $0) && columns.times[$0] >= timeMs }
            guard let next, columns.times[next] <= lastMs else { return false }
            timeMs = columns.times[next]
        }
        return true
    }

    func counts(isByChannel: Bool) -> [Int] {
        var counts = [Int](repeating: 0, count: plan.cellCount(isByChannel: isByChannel))
        for person in columns.people {
            let (level, origin) = follow(person)
            let channel = isByChannel && level > 0 ? Int(columns.channels[origin]) : 0
            counts[channel * (plan.steps.count + 1) + level] += 1
        }
        return counts
    }
}

private func run(_ plan: FunnelPlan, _ c: RandomColumns, isByChannel: Bool) -> [Int] {
    var counts = [Int](repeating: 0, count: plan.cellCount(isByChannel: isByChannel))
    var span = counts.mutableSpan
    funnelCounts(
        plan, people: c.people, skipped: Span(), offsets: c.offsets.span, times: c.times.span, names: c.names.span,
        channels: c.channels.span, subjects: c.subjects.span, kinds: c.kinds.span, isByChannel: isByChannel,
        into: &span)
    return counts
}

struct FunnelKernelTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, events: [(Int64, UInt16)], windowMs: Int64, level: Int
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "nobody without events goes anywhere", events: [], windowMs: 10, level: 0),
        Case(why: "later steps without the first do not count", events: [(1, 2), (2, 3)], windowMs: 10, level: 0),
        Case(why: "the window includes its end", events: [(0, 1), (10, 2)], windowMs: 10, level: 2),
        Case(why: "the window runs from the first step", events: [(0, 1), (6, 2), (11, 3)], windowMs: 10, level: 2),
        Case(why: "a later first step begins anew", events: [(0, 1), (6, 1), (7, 2), (16, 3)], windowMs: 10, level: 3),
        Case(
            why: "steps may have others between", events: [(0, 1), (1, 9), (2, 3), (3, 2), (4, 9)], windowMs: 9,
            level: 2),
        Case(why: "equal times count in the order of steps", events: [(5, 3), (5, 2), (5, 1)], windowMs: 0, level: 3),
        Case(why: "an old chain may finish", events: [(0, 1), (1, 2), (5, 1), (6, 3)], windowMs: 9, level: 3),
        Case(why: "an expired chain may not", events: [(0, 1), (1, 2), (5, 1), (12, 3)], windowMs: 9, level: 2),
    ]

    @Test(arguments: cases)
    func followsWindowFunnel(_ c: Case) {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        columns.times = c.events.map(\.0)
        columns.names = c.events.map(\.1)
        columns.channels = c.events.map { _ in 0 }
        columns.subjects = c.events.map { _ in 0 }
        columns.offsets = [0, UInt32(c.events.count)]
        let steps = [1, 2, 3].map { CodedFilter(name: $0) }
        let plan = FunnelPlan(steps: steps, windowMs: c.windowMs, timesMs: 0..<100)
        #expect(run(plan, columns, isByChannel: false).firstIndex(of: 1) == c.level)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let moments = [20, 300, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, momentCount: moments)
        for isByChannel in [false, true] {
            let steps = (0..<Int.random(in: 1...5, using: &random)).map { (k: Int) -> CodedFilter in
                let name: UInt16 = seed % 4 == 3 ? .random(in: 0..<7, using: &random) : UInt16(k)
                let hasChannel = seed % 5 == 0 && k % 2 == 1
                let hasKind = seed % 7 == 0 && k != 1
                return CodedFilter(name: name * 300, channel: hasChannel ? 127 : nil, kind: hasKind ? 1 : nil)
            }
            let window = Int64.random(in: 0...moments / 3, using: &random)
            let begin = seed % 2 == 0 ? 0 : moments / 5
            let times = begin..<(seed % 2 == 0 ? moments : moments * 4 / 5)
            let plan = FunnelPlan(steps: steps, windowMs: window, timesMs: times, coversAllTime: seed % 2 == 0)
            let want = DefinedFunnel(plan: plan, columns: columns).counts(isByChannel: isByChannel)
            #expect(run(plan, columns, isByChannel: isByChannel) == want)
        }
    }

    /// Long histories are followed forwards, short ones backwards.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func aLongHistoryCountsAsAShortOne(seed: UInt64) {
        let moments = [20, 300, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, eventCountMax: 400, momentCount: moments)
        let long = columns.padded(by: FunnelState.shortCountMax + 1)
        let steps = (0..<Int(seed % 5) + 1).map { CodedFilter(name: UInt16($0 % 4) * 300) }
        for windowMs in [0, moments / 50, moments / 3] {
            let plan = FunnelPlan(steps: steps, windowMs: windowMs, timesMs: 0..<moments, coversAllTime: true)
            for isByChannel in [false, true] {
                #expect(run(plan, columns, isByChannel: isByChannel) == run(plan, long, isByChannel: isByChannel))
            }
        }
    }

    @Test
    func refusesColumnsOfDifferentLengths() async {
        await #expect(processExitsWith: .failure) {
            var columns = RandomColumns(seed: 1, momentCount: 10)
            columns.names.removeLast()
            _ = run(FunnelPlan(steps: [.init(name: 0)], windowMs: 1, timesMs: 0..<10), columns, isByChannel: false)
        }
    }

    @Test
    func refusesOffsetsPastTheColumns() async {
        await #expect(processExitsWith: .failure) {
            var columns = RandomColumns(seed: 1, momentCount: 10)
            columns.offsets[columns.offsets.count - 1] += 1
            _ = run(FunnelPlan(steps: [.init(name: 0)], windowMs: 1, timesMs: 0..<10), columns, isByChannel: false)
        }
    }
}
