import Base
import Testing

@testable import Kernels

@Suite struct RetentionKernelTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let moments = [40, 700, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, momentCount: moments)
        let boundaries = Self.boundaries(seed, moments, using: &random)
        let periodCount = boundaries.count - 1
        let question = DefinedRetention(
            start: CodedFilter(name: 300, channel: seed % 4 == 1 ? 127 : nil),
            returning: CodedFilter(name: seed % 3 == 0 ? 300 : 600, kind: seed % 5 == 2 ? 1 : nil),
            boundaries: boundaries, cohortCount: Int.random(in: 1...periodCount, using: &random),
            columnCount: Int.random(in: 1...min(periodCount, 9) + 3, using: &random),
            endedCount: Int.random(in: 0...periodCount, using: &random), isFirstOnly: seed % 2 == 0,
            isRolling: seed % 7 < 3)
        let (cells, sums) = run(question.plan, columns, [question.start, question.returning])
        let people = columns.people.map { question.cohorts(of: $0, columns) }
        #expect(cells == question.cells(people))
        #expect(sums == question.moments(people))
    }

    /// Up to several words of bits, of uneven lengths, from before the first event or behind it.
    private static func boundaries(
        _ seed: UInt64, _ moments: Int64, using random: inout SeededGenerator
    ) -> [Int64] {
        let count = seed % 4 == 0 ? 190 : Int.random(in: 1...9, using: &random)
        let first = seed % 3 == 1 ? moments / 4 : -5
        return (0..<count).reduce(into: [first]) { bounds, _ in
            let step = max(1, moments / Int64(count))
            bounds.append((bounds.last ?? first) + Int64.random(in: 1...step, using: &random))
        }
    }

    static let cases: [(what: String, names: [UInt16], times: [Int64], cells: [Int])] = [
        ("the start is no return to itself", [1], [5], [1, 0, 0]),
        ("the same again is", [1, 1], [5, 5], [1, 1, 0]),
        ("a return before the start is none", [2, 1], [5, 6], [1, 0, 0]),
        ("a return at the start's time is one behind it in the columns", [1, 2], [5, 5], [1, 1, 0]),
        ("a return in the next period", [1, 2], [5, 10], [1, 0, 1]),
        ("a return after the last column", [1, 2], [5, 25], [1, 0, 0]),
        ("a start before the first period", [1, 2], [-5, 5], [0, 0, 0]),
    ]

    @Test(arguments: cases)
    func countsWhatIsMeant(c: (what: String, names: [UInt16], times: [Int64], cells: [Int])) {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        columns.names = c.names
        columns.times = c.times
        columns.channels = c.names.map { _ in 0 }
        columns.subjects = c.names.map { _ in 0 }
        columns.offsets = [0, UInt32(c.names.count)]
        let isSame = !c.names.contains(2)
        let plan = RetentionPlan(
            boundariesMs: [0, 10, 20], cohortCount: 1, columnCount: 2, endedCount: 2, isFirstOnly: false,
            isRolling: false)
        let filters = [CodedFilter(name: 1), CodedFilter(name: isSame ? 1 : 2)]
        #expect(run(plan, columns, filters).cells == c.cells, "\(c.what)")
    }

    @Test func somebodyOfTwoCohortsIsOnePersonInTheMoments() {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        (columns.names, columns.times) = ([1, 1, 1], [5, 15, 25])
        columns.channels = [0, 0, 0]
        columns.subjects = [0, 0, 0]
        columns.offsets = [0, 3]
        let plan = RetentionPlan(
            boundariesMs: [0, 10, 20, 30], cohortCount: 3, columnCount: 2, endedCount: 3, isFirstOnly: false,
            isRolling: false)
        let next = run(plan, columns, [CodedFilter(name: 1), CodedFilter(name: 1)]).moments[1]
        #expect([next.people, next.expected, next.returned, next.expectedSquares, next.products] == [1, 2, 2, 4, 4])
    }

    /// One by one, and all in one call: what one person leaves behind must not reach the next.
    private func run(
        _ plan: RetentionPlan, _ c: RandomColumns, _ filters: [CodedFilter]
    ) -> (cells: [Int], moments: [RetentionMoments]) {
        let masks = c.masks(filters)
        let together = count(plan, c, masks, [c.people])
        let apart = count(plan, c, masks, c.people.map { $0..<$0 + 1 })
        #expect(together.cells == apart.cells && together.moments == apart.moments)
        return together
    }

    private func count(
        _ plan: RetentionPlan, _ c: RandomColumns, _ masks: [UInt32], _ runs: [Range<Int>]
    ) -> (cells: [Int], moments: [RetentionMoments]) {
        var cells = [Int](repeating: 0, count: plan.cellCount)
        var moments = [RetentionMoments](repeating: RetentionMoments(), count: plan.columnCount)
        var cellSpan = cells.mutableSpan
        var momentSpan = moments.mutableSpan
        for people in runs {
            retentionCounts(
                plan, people: people, skipped: Span(), offsets: c.offsets.span, times: c.times.span,
                masks: masks.span, into: &cellSpan, moments: &momentSpan)
        }
        return (cells, moments)
    }
}

/// Retention as it is said in words, person by person and cohort by cohort.
private struct DefinedRetention {
    let start: CodedFilter
    let returning: CodedFilter
    let boundaries: [Int64]
    let cohortCount: Int
    let columnCount: Int
    let endedCount: Int
    let isFirstOnly: Bool
    let isRolling: Bool

    var plan: RetentionPlan {
        RetentionPlan(
            boundariesMs: boundaries, cohortCount: cohortCount, columnCount: columnCount,
            endedCount: endedCount, isFirstOnly: isFirstOnly, isRolling: isRolling)
    }

    func cells(_ people: [[Int: [Bool]]]) -> [Int] {
        people.reduce(into: [Int](repeating: 0, count: plan.cellCount)) { cells, cohorts in
            for (cohort, present) in cohorts {
                cells[cohort * (columnCount + 1)] += 1
                for (column, isThere) in present.enumerated() where isThere {
                    cells[cohort * (columnCount + 1) + column + 1] += 1
                }
            }
        }
    }

    func moments(_ people: [[Int: [Bool]]]) -> [RetentionMoments] {
        (0..<columnCount).map { column in
            people.reduce(into: RetentionMoments()) { moments, cohorts in
                let over = cohorts.filter { $0.key + column < endedCount }
                guard !over.isEmpty else { return }
                moments.add(expected: over.count, returned: over.values.count { $0[column] })
            }
        }
    }

    /// For each cohort of a person, whether they are counted in each of its columns.
    func cohorts(of person: Int, _ c: RandomColumns) -> [Int: [Bool]] {
        let events = Array(c.events(of: person))
        var starts = events.filter { c.meets($0, start) }
        if isFirstOnly { starts = Array(starts.prefix(1)) }
        var found: [Int: [Bool]] = [:]
        for cohort in Set(starts.compactMap { period(of: c.times[$0]) }) where cohort < cohortCount {
            guard let first = starts.first(where: { period(of: c.times[$0]) == cohort }) else { continue }
            let returns = events.filter { $0 > first && c.meets($0, returning) }
                .compactMap { period(of: c.times[$0]) }
            found[cohort] = (0..<min(columnCount, boundaries.count - 1 - cohort)).map { column in
                returns.contains { isRolling ? $0 >= cohort + column : $0 == cohort + column }
            }
        }
        return found
    }

    private func period(of timeMs: Int64) -> Int? {
        (0..<boundaries.count - 1).first { boundaries[$0] <= timeMs && timeMs < boundaries[$0 + 1] }
    }
}
