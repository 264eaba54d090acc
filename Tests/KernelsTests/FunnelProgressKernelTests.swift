import Base
import Testing

@testable import Kernels

/// A funnel as it is said in words: every chain of events is tried.
private struct DefinedProgress {
    struct Exclusion {
        let bit: Int
        let from: Int
        let to: Int
    }

    struct Found: Equatable {
        var level = 0
        var origin = 0
        var reachedMs: [Int64] = []
        var startsMs: [Int64] = []
    }

    let stepCount: Int
    let order: FunnelProgressPlan.Order
    let windowMs: Int64
    let stepWindowsMs: [Int64?]
    let exclusions: [Exclusion]
    let timesMs: Range<Int64>

    var plan: FunnelProgressPlan {
        FunnelProgressPlan(
            stepCount: stepCount, order: order, windowMs: windowMs, stepWindowsMs: stepWindowsMs,
            exclusions: exclusions.map { .init(steps: $0.from..<$0.to) }, timesMs: timesMs)
    }

    func follow(_ events: Range<Int>, _ times: [Int64], _ masks: [UInt32]) -> Found {
        let events = events.filter { timesMs.contains(times[$0]) }
        var found = Found()
        for level in 1...stepCount {
            let chains =
                switch order {
                case .ordered: orderedChains(level, events, times, masks)
                case .strict: strictChains(level, events, times, masks)
                case .any: anyChains(level, events, times, masks)
                }
            // The one that ends first; of those in order the one that began last, else the first in the columns.
            guard let reached = chains.map(\.endMs).min() else { break }
            let first = chains.filter { $0.endMs == reached }
            let best = order == .ordered ? first.max { $0.key < $1.key } : first.min { $0.key < $1.key }
            guard let best else { break }
            found.level = level
            found.origin = best.origin
            found.reachedMs.append(best.endMs)
            found.startsMs.append(times[best.origin])
        }
        return found
    }

    private struct Chain {
        let origin: Int
        let startMs: Int64
        let endMs: Int64
        var key: Int { origin }  // Events are in order of time.
    }

    private func has(_ step: Int, _ event: Int, _ masks: [UInt32]) -> Bool { masks[event] >> UInt32(step) & 1 != 0 }

    private func orderedChains(_ level: Int, _ events: [Int], _ times: [Int64], _ masks: [UInt32]) -> [Chain] {
        var chains = events.filter { has(0, $0, masks) }.map { [$0] }
        for step in 1..<level {
            chains = chains.flatMap { chain -> [[Int]] in
                let (first, last) = (chain[0], chain[chain.count - 1])
                return events.filter { next in
                    has(step, next, masks) && times[next] >= times[last] && times[next] - times[first] <= windowMs
                        && times[next] - times[last] <= stepWindowsMs[step] ?? .max
                        && !isExcluded(step, after: times[last], until: times[next], events, times, masks)
                }.map { chain + [$0] }
            }
            // Chains that began and ended alike count once, or there are too many to try.
            var seen: Set<[Int]> = []
            chains = chains.filter { seen.insert([$0[0], $0[$0.count - 1]]).inserted }
        }
        return chains.map { Chain(origin: $0[0], startMs: times[$0[0]], endMs: times[$0[$0.count - 1]]) }
    }

    /// Whether something excluded stands between step − 1 and step.
    private func isExcluded(
        _ step: Int, after: Int64, until: Int64, _ events: [Int], _ times: [Int64], _ masks: [UInt32]
    ) -> Bool {
        exclusions.contains { one in
            one.from < step && step <= one.to
                && events.contains { has(one.bit, $0, masks) && times[$0] > after && times[$0] <= until }
        }
    }

    private func strictChains(_ level: Int, _ events: [Int], _ times: [Int64], _ masks: [UInt32]) -> [Chain] {
        guard events.count >= level else { return [] }
        return (0...events.count - level).compactMap { start in
            let chain = Array(events[start..<start + level])
            let isChain = chain.indices.allSatisfy { step in
                has(step, chain[step], masks)
                    && (step == 0 || times[chain[step]] - times[chain[step - 1]] <= stepWindowsMs[step] ?? .max)
            }
            let (first, last) = (chain[0], chain[level - 1])
            guard isChain, times[last] - times[first] <= windowMs else { return nil }
            return Chain(origin: first, startMs: times[first], endMs: times[last])
        }
    }

    /// Windows that end with a step and hold that many different ones; they begin with the earliest of the latest.
    private func anyChains(_ level: Int, _ events: [Int], _ times: [Int64], _ masks: [UInt32]) -> [Chain] {
        let steps = 0..<stepCount
        let ends = Set(events.filter { event in steps.contains { has($0, event, masks) } }.map { times[$0] })
        return ends.compactMap { endMs in
            let cleared =
                events.filter { event in
                    times[event] <= endMs && exclusions.contains { has($0.bit, event, masks) }
                }.map { times[$0] }.max() ?? .min
            let inside = events.filter { times[$0] <= endMs && times[$0] >= max(endMs - windowMs, cleared) }
            let latest = steps.compactMap { step in inside.last { has(step, $0, masks) } }
            guard latest.count >= level, let origin = latest.min() else { return nil }
            return Chain(origin: origin, startMs: times[origin], endMs: endMs)
        }
    }
}

@Suite struct FunnelProgressKernelTests {
    private static func question(_ seed: UInt64, _ moments: Int64) -> DefinedProgress {
        var random = SeededGenerator(seed: seed ^ 991)
        let stepCount = Int.random(in: 1...4, using: &random)
        let order: FunnelProgressPlan.Order = [.ordered, .strict, .any][Int(seed % 3)]
        let windows = (0..<stepCount).map { _ in
            order != .any && Bool.random(using: &random) ? Int64.random(in: 0...moments / 3, using: &random) : nil
        }
        let exclusions = (0..<(order == .strict || stepCount < 2 ? 0 : Int.random(in: 0...2, using: &random))).map {
            number in
            let from = Int.random(in: 0..<stepCount - 1, using: &random)
            return DefinedProgress.Exclusion(
                bit: stepCount + number, from: from, to: Int.random(in: from + 1..<stepCount, using: &random))
        }
        let begin = seed % 4 == 0 ? moments / 4 : -1
        return DefinedProgress(
            stepCount: stepCount, order: order, windowMs: Int64.random(in: 0...moments, using: &random),
            stepWindowsMs: windows, exclusions: exclusions, timesMs: begin..<(seed % 5 == 0 ? moments / 2 : moments * 2)
        )
    }

    @Test(arguments: 0..<240 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let moments: Int64 = seed % 2 == 0 ? 12 : 400
        let columns = RandomColumns(seed: seed, personCount: 30, eventCountMax: 24, momentCount: moments)
        let question = Self.question(seed, moments)
        let bits = question.stepCount + question.exclusions.count
        let masks = columns.times.map { _ in
            (0..<bits).reduce(0 as UInt32) { mask, bit in
                Int.random(in: 0..<3, using: &random) == 0 ? mask | 1 << UInt32(bit) : mask
            }
        }
        var levels = [UInt8](repeating: 9, count: columns.people.count)
        var origins = [Int](repeating: 0, count: levels.count)
        var reached = [Int64](repeating: 0, count: levels.count * question.stepCount)
        var starts = reached
        do {
            var levelSpan = levels.mutableSpan
            var originSpan = origins.mutableSpan
            var reachedSpan = reached.mutableSpan
            var startSpan = starts.mutableSpan
            funnelProgress(
                question.plan, offsets: columns.offsets.span, times: columns.times.span, masks: masks.span,
                levels: &levelSpan, origins: &originSpan, reachedMs: &reachedSpan, startsMs: &startSpan)
        }
        for person in columns.people {
            let wanted = question.follow(columns.events(of: person), columns.times, masks)
            #expect(Int(levels[person]) == wanted.level)
            let cells = person * question.stepCount..<person * question.stepCount + wanted.level
            #expect(Array(reached[cells]) == wanted.reachedMs)
            #expect(Array(starts[cells]) == wanted.startsMs)
            if wanted.level > 0 { #expect(columns.times[origins[person]] == columns.times[wanted.origin]) }
        }
    }
}
