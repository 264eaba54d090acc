import Base
import Testing

@testable import Kernels

@Suite struct SurvivalKernelTests {
    @Test(arguments: 0..<80 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 1000)
        let moments = [40, 700, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, momentCount: moments)
        let masks = columns.times.map { _ in
            UInt32.random(in: 0..<32, using: &random) & UInt32.random(in: 0..<32, using: &random)
        }
        let from = Int64.random(in: -5...moments / 2, using: &random)
        let plan = SurvivalPlan(
            startsMs: from..<from + Int64.random(in: 1...moments, using: &random),
            endMs: Int64.random(in: moments / 2...moments + 10, using: &random),
            unitMs: Int64.random(in: 1...max(2, moments / 6), using: &random),
            unitCount: Int.random(in: 1...9, using: &random), occurrence: Int.random(in: 1...3, using: &random),
            startMayEnd: seed % 2 == 0, isFirstOnly: seed % 5 < 2, groupCount: Int(seed % 4))
        let (cells, leftOut) = count(plan, columns, masks)
        let want = DefinedSurvival(plan: plan, columns: columns, masks: masks)
        #expect(cells == want.cells)
        #expect(leftOut == want.leftOut)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String
        let times: [Int64]
        let masks: [UInt32]
        var mayEnd = false
        var firstOnly = false
        let happened: [Int]  // By units of 10, of three.
        let cutOff: [Int]
        var testDescription: String { why }
    }

    static let cases = [
        Case(
            why: "it happens within the first unit", times: [5, 14], masks: [1, 2], happened: [1, 0, 0, 0], cutOff: none
        ),
        Case(why: "a whole unit later", times: [5, 15], masks: [1, 2], happened: [0, 1, 0, 0], cutOff: none),
        Case(
            why: "at the horizon it is too late", times: [5, 35], masks: [1, 2], happened: none, cutOff: [0, 0, 0, 1]),
        Case(
            why: "behind the end of observation it is not seen", times: [25, 48], masks: [1, 2], happened: none,
            cutOff: [0, 0, 1, 0]),
        Case(why: "it did not happen", times: [41], masks: [1], happened: none, cutOff: [1, 0, 0, 0]),
        Case(why: "an event is no end to itself", times: [41], masks: [3], happened: none, cutOff: [1, 0, 0, 0]),
        Case(why: "unless it may be", times: [41], masks: [3], mayEnd: true, happened: [1, 0, 0, 0], cutOff: none),
        Case(
            why: "what happened before the start does not count", times: [1, 41], masks: [2, 1], happened: none,
            cutOff: [1, 0, 0, 0]),
        Case(
            why: "or leaves the person out", times: [1, 41], masks: [2, 1], firstOnly: true, happened: none,
            cutOff: none),
        Case(why: "a start behind the range", times: [60], masks: [1], happened: none, cutOff: none),
    ]
    private static let none = [0, 0, 0, 0]

    @Test(arguments: cases)
    func countsWhatIsMeant(_ c: Case) {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        columns.times = c.times
        columns.offsets = [0, UInt32(c.times.count)]
        let plan = SurvivalPlan(
            startsMs: 0..<50, endMs: 47, unitMs: 10, unitCount: 3, occurrence: 1, startMayEnd: c.mayEnd,
            isFirstOnly: c.firstOnly, groupCount: 0)
        let (cells, leftOut) = count(plan, columns, c.masks)
        #expect(cells == c.happened + c.cutOff)
        #expect(leftOut == (c.firstOnly ? 1 : 0))
    }

    private func count(_ plan: SurvivalPlan, _ c: RandomColumns, _ masks: [UInt32]) -> (cells: [Int], leftOut: Int) {
        var cells = [Int](repeating: 0, count: plan.cellCount)
        var leftOut = 0
        var span = cells.mutableSpan
        survivalCounts(
            plan, people: c.people, skipped: Span(), offsets: c.offsets.span, times: c.times.span, masks: masks.span,
            into: &span, leftOut: &leftOut)
        return (cells, leftOut)
    }
}

/// The same as it is said in words, person by person.
private struct DefinedSurvival {
    var cells: [Int]
    var leftOut = 0

    init(plan: SurvivalPlan, columns: RandomColumns, masks: [UInt32]) {
        cells = [Int](repeating: 0, count: plan.cellCount)
        for person in columns.people {
            let events = Array(columns.events(of: person))
            let starts = events.filter { masks[$0] & 1 != 0 }
            guard starts.count >= plan.occurrence else { continue }
            let start = starts[plan.occurrence - 1]
            let startMs = columns.times[start]
            guard plan.startsMs.contains(startMs), startMs <= plan.endMs else { continue }
            let groups = (0..<plan.groupCount).filter { !plan.hasGroups || masks[start] >> UInt32(2 + $0) & 1 != 0 }
            let happenedBefore = events.contains { $0 < start && masks[$0] & 2 != 0 }
            guard let group = groups.first, !(plan.isFirstOnly && happenedBefore) else {
                leftOut += 1
                continue
            }
            let horizonMs = startMs + Int64(plan.unitCount) * plan.unitMs
            let end = events.first { event in
                masks[event] & 2 != 0 && (event > start || (plan.startMayEnd && event == start))
                    && columns.times[event] <= plan.endMs && columns.times[event] < horizonMs
            }
            let waitedMs = (end.map { columns.times[$0] } ?? min(plan.endMs, horizonMs)) - startMs
            let units = Int(waitedMs / plan.unitMs)
            cells[group * plan.rowLength + (end == nil ? plan.unitCount + 1 : 0) + units] += 1
        }
    }
}
