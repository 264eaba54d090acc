import Base
import Testing

@testable import Kernels

@Suite struct ActivityKernelTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let moments = [40, 700, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, momentCount: moments)
        let masks = columns.masks(of: [[600, 900]], in: seed % 2 == 0 ? 127 : nil)
        let count = seed % 4 == 0 ? 190 : Int.random(in: 2...9, using: &random)
        let first = seed % 3 == 1 ? moments / 4 : -5
        let boundaries = (0..<count).reduce(into: [first]) { bounds, _ in
            bounds.append((bounds.last ?? first) + Int64.random(in: 1...max(1, moments / Int64(count)), using: &random))
        }
        let firstShown = Int.random(in: 1..<count, using: &random)
        let plan = ActivityPlan(
            boundariesMs: boundaries, firstShown: firstShown, endedCount: Int.random(in: 0...count, using: &random))
        let people = columns.people.map { person in
            columns.events(of: person).filter { masks[$0] & 1 != 0 }.map { columns.times[$0] }
        }
        let defined = DefinedActivity(plan: plan, people: people)
        #expect(lifecycle(plan, columns, masks) == (0..<count).map { defined.lifecycle(in: $0) })
        let window = Int.random(in: 1...firstShown + 1, using: &random)
        let counts = stickiness(plan, columns, masks, window)
        #expect(counts.active == (0..<count).map { defined.people(in: $0..<$0 + 1) })
        #expect(counts.inWindow == (0..<count).map { defined.people(in: max(0, $0 - window + 1)..<$0 + 1) })
        #expect(counts.byActiveCount == defined.byActiveCount(window))
        #expect(counts.moments == defined.moments(window))
    }

    @Test func countsAddUp() {
        let columns = RandomColumns(seed: 5, momentCount: 700)
        let plan = ActivityPlan(
            boundariesMs: Array(stride(from: 0, through: 700, by: 70)), firstShown: 1, endedCount: 10)
        let cells = lifecycle(plan, columns, columns.masks(of: [[600]], in: nil))
        for (before, now) in zip(cells.dropFirst(), cells.dropFirst(2)) {
            #expect(now.dormant == before.active - now.returning)
        }
        #expect(cells.reduce(0) { $0 + $1.resurrecting } > 0)
    }

    /// One by one, and all in one call: what one person leaves behind must not reach the next.
    private func lifecycle(_ plan: ActivityPlan, _ c: RandomColumns, _ masks: [UInt32]) -> [LifecycleCounts] {
        let counted = [[c.people], c.people.map { $0..<$0 + 1 }].map { runs in
            var cells = [LifecycleCounts](repeating: LifecycleCounts(), count: plan.periodCount)
            var span = cells.mutableSpan
            for people in runs {
                countLifecycle(
                    plan, people: people, skipped: Span(), offsets: c.offsets.span, times: c.times.span,
                    masks: masks.span, into: &span)
            }
            return cells
        }
        #expect(counted[0] == counted[1])
        return counted[0]
    }

    private func stickiness(
        _ plan: ActivityPlan, _ c: RandomColumns, _ masks: [UInt32], _ window: Int
    ) -> StickinessCounts {
        var sum = StickinessCounts(plan, windowLength: window)
        for people in [0..<17, 17..<c.people.count] {
            var counts = StickinessCounts(plan, windowLength: window)
            countStickiness(
                plan, people: people, skipped: Span(), offsets: c.offsets.span, times: c.times.span,
                masks: masks.span, into: &counts)
            sum.add(counts)
        }
        return sum
    }
}

/// Activity as it is said in words, period by period.
private struct DefinedActivity {
    let plan: ActivityPlan
    let people: [[Int64]]  // The times at which each was active.

    func lifecycle(in period: Int) -> LifecycleCounts {
        people.reduce(into: LifecycleCounts()) { counts, times in
            guard period >= plan.firstShown else { return }
            let wasThere = isActive(times, period - 1)
            let wasEver = times.contains { $0 < plan.bounds.boundariesMs[period] }
            switch (isActive(times, period), wasThere, wasEver) {
            case (true, true, _): counts.returning += 1
            case (true, false, true): counts.resurrecting += 1
            case (true, false, false): counts.new += 1
            case (false, true, _): counts.dormant += 1
            case (false, false, _): break
            }
        }
    }

    func people(in periods: Range<Int>) -> Int {
        people.count { times in periods.contains { isActive(times, $0) } }
    }

    func byActiveCount(_ window: Int) -> [Int] {
        let last = max(0, plan.endedCount - window)..<plan.endedCount
        let counts = people.map { times in last.count { isActive(times, $0) } }
        return (0...window).map { count in count == 0 ? 0 : counts.count { $0 == count } }
    }

    func moments(_ window: Int) -> RetentionMoments {
        people.reduce(into: RetentionMoments()) { moments, times in
            let shown = plan.firstShown..<max(plan.firstShown, plan.endedCount)
            let expected = shown.count { period in
                (period - window + 1...period).contains { isActive(times, $0) }
            }
            if expected > 0 { moments.add(expected: expected, returned: shown.count { isActive(times, $0) }) }
        }
    }

    private func isActive(_ times: [Int64], _ period: Int) -> Bool {
        times.contains { plan.bounds.boundariesMs[period] <= $0 && $0 < plan.bounds.boundariesMs[period + 1] }
    }
}
