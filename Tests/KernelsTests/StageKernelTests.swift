import Base
import Testing

@testable import Kernels

@Suite struct StageKernelTests {
    @Test(arguments: 0..<80 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let momentCount = [40, 700, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, momentCount: momentCount)
        let model = DefinedStages.random(seed, times: momentCount, using: &random)
        let masks = RandomMasks.of(columns, filterCount: 5)
        let (ends, moves) = run(model.plan, columns, masks)
        let states = columns.people.map { person in model.states(of: person, columns, masks) }
        #expect(ends == model.ends(states))
        #expect(moves == model.moves(states))
        let (first, last) = (Int(seed) % 4 - 1, Int(seed / 4) % (model.stageCount + 2) - 1)
        let want = columns.people.filter { person in
            (first < 0 || states[person].first == first) && (last < 0 || states[person].last == last)
        }
        #expect(find(first < 0 ? nil : first, last < 0 ? nil : last, model.plan, columns, masks) == want)
    }

    /// One stage, one rule: two events of a window of 10, seen at 20, 30, 40.
    static let cases: [(what: String, times: [Int64], states: [Int])] = [
        ("nobody without events", [], [0, 0, 0]),
        ("one event is too few", [15], [0, 0, 0]),
        ("two events of one time are two", [15, 15], [1, 0, 0]),
        ("an event at the moment is not before it", [15, 20], [0, 0, 0]),
        ("the first instant of the window is in it", [10, 12], [1, 0, 0]),
        ("an event before the window is not", [9, 12], [0, 0, 0]),
        ("the stage ends when the older of two has left", [19, 20, 21], [0, 1, 0]),
        ("who comes back is in it again", [15, 15, 35, 35], [1, 0, 1]),
        ("what comes after the last moment does not count", [41, 42], [0, 0, 0]),
    ]

    @Test(arguments: cases)
    func countsWhatIsMeant(c: (what: String, times: [Int64], states: [Int])) {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        columns.times = c.times
        columns.offsets = [0, UInt32(c.times.count)]
        let model = DefinedStages(
            rules: [.init(state: 1, filters: 1, least: 2, window: 0)], stageCount: 1, moments: [20, 30, 40],
            starts: [[10, 20, 30]])
        let (ends, moves) = run(model.plan, columns, c.times.map { _ in 1 })
        #expect(ends == model.ends([c.states]), "\(c.what)")
        #expect(moves == model.moves([c.states]), "\(c.what)")
    }

    @Test func theStrongestStageCountsAndTheWeakerOneHoldsAfterIt() {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        (columns.times, columns.offsets) = ([5], [0, 1])
        let model = DefinedStages(
            rules: [
                .init(state: 1, filters: 1, least: 1, window: 1),
                .init(state: 2, filters: 1, least: 1, window: 0),
            ], stageCount: 2, moments: [10, 20, 30], starts: [[0, 10, 20], [.min, .min, .min]])
        let (ends, moves) = run(model.plan, columns, [1])
        #expect(ends == model.ends([[2, 1, 1]]) && moves == model.moves([[2, 1, 1]]))
    }

    @Test func manyMomentsReachOverWords() {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        (columns.times, columns.offsets) = ([63, 127, 400], [0, 3])
        let moments = (1...512).map { Int64($0) }
        for length in [1, 64, 65, 200] as [Int64] {
            let model = DefinedStages(
                rules: [.init(state: 1, filters: 1, least: 1, window: 0)], stageCount: 1, moments: moments,
                starts: [moments.map { $0 - length }])
            let (ends, moves) = run(model.plan, columns, [1, 1, 1])
            let states = model.states(of: 0, columns, [1, 1, 1])
            #expect(ends == model.ends([states]) && moves == model.moves([states]))
        }
    }

    /// One by one, and all in one call: what one person leaves behind must not reach the next.
    private func run(_ plan: StagePlan, _ c: RandomColumns, _ masks: [UInt32]) -> (ends: [Int], moves: [Int]) {
        let together = count(plan, c, masks, [c.people])
        let apart = count(plan, c, masks, c.people.map { $0..<$0 + 1 })
        #expect(together.ends == apart.ends && together.moves == apart.moves)
        return together
    }

    private func count(
        _ plan: StagePlan, _ c: RandomColumns, _ masks: [UInt32], _ runs: [Range<Int>]
    ) -> (ends: [Int], moves: [Int]) {
        var ends = [Int](repeating: 0, count: plan.flowCount)
        var moves = [Int](repeating: 0, count: plan.moveCount)
        var endSpan = ends.mutableSpan
        var moveSpan = moves.mutableSpan
        for people in runs {
            stageMoves(
                plan, people: people, skipped: Span(), offsets: c.offsets.span, times: c.times.span, masks: masks.span,
                weights: RandomMasks.weights(c).span, ends: &endSpan, moves: &moveSpan)
        }
        return (ends, moves)
    }

    private func find(
        _ first: Int?, _ last: Int?, _ plan: StagePlan, _ c: RandomColumns, _ masks: [UInt32]
    ) -> [Int] {
        var rows = [UInt32](repeating: 0, count: c.people.count)
        var span = rows.mutableSpan
        let count = findPeople(
            in: first, then: last, plan, people: c.people, skipped: Span(), offsets: c.offsets.span,
            times: c.times.span, masks: masks.span, weights: RandomMasks.weights(c).span, into: &span)
        return rows[..<count].map { Int($0) }
    }
}

enum RandomMasks {
    /// Two weights for each event, many of them 0.
    static func weights(_ columns: RandomColumns) -> [Int64] {
        columns.times.map { $0 % 3 } + columns.times.map { max(0, $0 % 11 - 6) }
    }

    /// A filter for each of the first names, and one for a channel.
    static func of(_ columns: RandomColumns, filterCount: Int) -> [UInt32] {
        columns.times.indices.map { event in
            (0..<filterCount).reduce(0) { mask, k in
                let isMet = k == 0 ? columns.channels[event] == 127 : columns.names[event] == UInt16(k * 300)
                return mask | (isMet ? 1 << UInt32(k) : 0)
            }
        }
    }
}

/// Stages as they are said in words, person by person and moment by moment.
private struct DefinedStages {
    let rules: [StagePlan.Rule]
    let stageCount: Int
    let moments: [Int64]
    let starts: [[Int64]]

    static func random(_ seed: UInt64, times: Int64, using random: inout SeededGenerator) -> Self {
        let count = seed % 5 == 0 ? 70 : Int.random(in: 1...9, using: &random)
        let stepMax = max(1, times / Int64(count)) * 2
        var moments = [seed % 4 == 1 ? times / 2 : Int64.random(in: -3...3, using: &random)]
        for _ in 1..<count { moments.append((moments.last ?? 0) + Int64.random(in: 1...stepMax, using: &random)) }
        let lengths = [0, 1, times / 20, times / 3].map { $0 + Int64.random(in: 0...2, using: &random) }
        let starts = lengths.map { length in moments.map { $0 - length } } + [moments.map { _ in .min }]
        let stageCount = Int.random(in: 1...6, using: &random)
        let rules = (0..<Int.random(in: 0...8, using: &random)).flatMap { _ in
            let (state, last) = (Int.random(in: 1...stageCount, using: &random), Int.random(in: 0...2, using: &random))
            return (0...last).map { place in
                StagePlan.Rule(
                    state: state, filters: UInt32.random(in: 0..<32, using: &random),
                    least: Int64.random(in: 1...4, using: &random),
                    window: Int.random(in: 0..<starts.count, using: &random),
                    weight: [nil, nil, 0, 1].randomElement(using: &random) ?? nil, isWithNext: place < last)
            }
        }
        return Self(rules: rules, stageCount: stageCount, moments: moments, starts: starts)
    }

    var plan: StagePlan {
        StagePlan(rules: rules, stageCount: stageCount, momentsMs: moments, windowStartsMs: starts)
    }

    /// At each moment.
    func states(of person: Int, _ c: RandomColumns, _ masks: [UInt32]) -> [Int] {
        let weights = RandomMasks.weights(c)
        return moments.enumerated().map { number, moment in
            let holding = rules.map { rule in
                let seen = c.events(of: person).filter { event in
                    masks[event] & rule.filters != 0 && c.times[event] < moment
                        && c.times[event] >= starts[rule.window][number]
                }
                return rule.least
                    <= seen.reduce(0) { sum, event in
                        sum + (rule.weight.map { weights[$0 * c.times.count + event] } ?? 1)
                    }
            }
            var (state, areHolding) = (0, true)
            for (rule, isHolding) in zip(rules, holding) {
                areHolding = areHolding && isHolding
                if rule.isWithNext { continue }
                if areHolding { state = max(state, rule.state) }
                areHolding = true
            }
            return state
        }
    }

    func ends(_ people: [[Int]]) -> [Int] { flow(people.map { ($0[0], $0[moments.count - 1]) }) }

    func moves(_ people: [[Int]]) -> [Int] {
        (1..<max(1, moments.count)).flatMap { moment in
            flow(people.map { ($0[moment - 1], $0[moment]) }.filter { $0 != $1 })
        }
    }

    private func flow(_ pairs: [(Int, Int)]) -> [Int] {
        pairs.reduce(into: [Int](repeating: 0, count: (stageCount + 1) * (stageCount + 1))) { cells, pair in
            cells[pair.0 * (stageCount + 1) + pair.1] += 1
        }
    }
}
