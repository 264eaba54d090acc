import Base
public import Domain
import Kernels

extension TimelineSnapshot {
    /// - Complexity: One pass over the events, for each rule over those of one person at a time.
    public func stages(_ query: StageQuery) -> StageResult {
        let (plan, sums) = (query.plan, columns(query.model.sums))
        let partials = scan(
            matching: query.model.filters,
            start: { StageCells(plan) },
            visit: { partial, people in
                let weights = people.amounts(sums)
                var taken: [Int] = []  // Out for the call: two spans into one value would overlap.
                swap(&taken, &partial.moves)
                defer { swap(&taken, &partial.moves) }
                var moves = taken.mutableSpan
                var ends = partial.ends.mutableSpan
                stageMoves(
                    plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span, masks: people.masks.span,
                    weights: weights.span, ends: &ends, moves: &moves)
            })
        let sum = partials.reduce(into: StageCells(plan)) { $0.add($1) }
        return StageResult(moments: query.moments, ends: sum.ends, moves: sum.moves, stateCount: plan.stateCount)
    }

    /// Who was in one state at the first moment, and is in one at the last.
    ///
    /// - Parameters:
    ///   - first, last: Nil for any state.
    ///   - after: `next` of the page before.
    public func people(
        in first: Int?, then last: Int?, _ query: StageQuery, after: Int? = nil, countMax: Int
    ) -> StagePeople {
        let (plan, sums) = (query.plan, columns(query.model.sums))
        let partials = scan(
            matching: query.model.filters,
            start: { [UInt32]() },
            visit: { found, people in
                let weights = people.amounts(sums)
                var rows = [UInt32](repeating: 0, count: people.people.count)
                var span = rows.mutableSpan
                let count = findPeople(
                    in: first, then: last, plan, people: people.people, skipped: people.skipped.span,
                    offsets: people.offsets.span, times: people.times.span,
                    masks: people.masks.span, weights: weights.span, into: &span)
                for row in rows[..<count] { found.append(people.firstCode(Int(row))) }
            })
        let codes = partials.joined().sorted()
        let left = codes.drop { Int($0) <= after ?? -1 }
        let page = left.prefix(countMax)
        return StagePeople(
            people: page.map { person(of: $0) }, total: codes.count,
            next: left.count > page.count ? page.last.map { Int($0) } : nil)
    }

    /// Where the numbers of these properties are; nil for one that is not indexed.
    func columns(_ names: [PropertyName]) -> [Int?] {
        names.map { name in
            properties.properties.firstIndex { $0.name == name }.map {
                PropertyIndex.column(property: $0, kind: .number)
            }
        }
    }

    /// Of these names, those that no event of the timeline has.
    public func neverSeen(_ names: Set<EventName>) -> [EventName] { names.filter { code(of: $0) == nil }.sorted() }
}

extension StageQuery {
    var plan: StagePlan {
        let conditions = model.stages.enumerated().flatMap { number, stage in
            stage.rules.flatMap { rule in
                rule.conditions.enumerated().map { place, condition in
                    (state: number + 1, condition: condition, isWithNext: place + 1 < rule.conditions.count)
                }
            }
        }
        return StagePlan(
            rules: conditions.enumerated().map { number, one in
                StagePlan.Rule(
                    state: one.state, filters: model.bits(of: one.condition), least: one.condition.least,
                    window: number, weight: one.condition.sumOf.flatMap { model.sums.firstIndex(of: $0) },
                    isWithNext: one.isWithNext)
            }, stageCount: model.stages.count, momentsMs: moments.map(\.unixMs),
            windowStartsMs: windowStarts.map { row in row.map { $0?.unixMs ?? .min } })
    }
}

extension StageModel {
    /// The filters that a condition asks for, as bits.
    func bits(of condition: Condition) -> UInt32 {
        condition.meant.reduce(0) { bits, filter in
            bits | (filters.firstIndex(of: filter).map { 1 << UInt32($0) } ?? 0)
        }
    }
}

extension MatchedRows {
    /// Shape `[columns][events]`: what each event has in each column; 0 where it has nothing, or meets no filter.
    func amounts(_ numbers: [Int?]) -> [Int64] {
        guard !numbers.isEmpty else { return [] }
        var found: [Int64] = []
        found.reserveCapacity(numbers.count * count)
        for number in numbers {
            var values = [Double](repeating: .nan, count: count)
            if let column = number.map({ rows.property($0) }) {
                var span = values.mutableSpan
                gatherNumbers(
                    at: positions.span.extracting(0..<count), words: column.words.span, ranks: column.ranks.span,
                    numbers: column.numbers.span, masks: masks.span, into: &span)
            }
            found += values.map { $0 > 0 ? Int64(min($0.rounded(), Double(UInt32.max))) : 0 }
        }
        return found
    }
}

/// What one pass counts.
private struct StageCells: Sendable {
    var ends: [Int]
    var moves: [Int]

    init(_ plan: StagePlan) {
        ends = [Int](repeating: 0, count: plan.flowCount)
        moves = [Int](repeating: 0, count: plan.moveCount)
    }

    mutating func add(_ other: Self) {
        for i in ends.indices { ends[i] += other.ends[i] }
        for i in moves.indices { moves[i] += other.moves[i] }
    }
}

extension StageResult {
    /// Who is where at each moment follows from who was where at the first and who moved; who stayed, from that.
    fileprivate init(moments: [EventTime], ends: [Int], moves: [Int], stateCount: Int) {
        let states = 0..<stateCount
        let flow = states.map { from in Array(ends[from * stateCount..<(from + 1) * stateCount]) }
        var people = [flow.map { $0.reduce(0, +) }]
        var matrices: [[[Int]]] = []
        for moment in 0..<moments.count - 1 {
            let before = people[moment]
            let matrix = states.map { from in
                let begin = (moment * stateCount + from) * stateCount
                var row = Array(moves[begin..<begin + stateCount])
                row[from] = before[from] - row.reduce(0, +)
                return row
            }
            matrices.append(matrix)
            people.append(states.map { state in matrix.reduce(0) { $0 + $1[state] } })
        }
        self.init(moments: moments, people: people, moves: matrices, flow: flow)
    }
}
