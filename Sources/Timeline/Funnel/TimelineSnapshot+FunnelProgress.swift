import Base
import Domain
import Kernels
import Statistics

extension TimelineSnapshot {
    /// A funnel of any kind, person by person.
    func funnelProgress(_ query: FunnelQuery) -> FunnelResult {
        let filters = query.steps + query.exclusions.map(\.event)
        let plan = progressPlan(query)
        let grouping = query.breakdown.map { FunnelGrouping($0, self, query.range?.lowerBound ?? times?.lowerBound) }
        let parts = scan(
            matching: filters, looking: query.order == .strict ? .every : .matching,
            start: { FunnelSums(stepCount: query.steps.count, hasTimes: query.hasTimes) },
            visit: { sums, piece in sums.visit(piece, plan, grouping) })
        var sums = FunnelSums(stepCount: query.steps.count, hasTimes: query.hasTimes)
        for part in parts { sums.add(part) }
        return FunnelResult(
            people: sums.people, groups: grouping.map { sums.largest(query.groupCount, $0, self) } ?? [],
            times: query.hasTimes ? sums.durations.map { FunnelResult.StepTimes($0) } : [], peopleTotal: peopleCount)
    }

    private func progressPlan(_ query: FunnelQuery) -> FunnelProgressPlan {
        let order: FunnelProgressPlan.Order =
            switch query.order {
            case .ordered: .ordered
            case .strict: .strict
            case .any: .any
            }
        let range = query.range.map { $0.lowerBound.unixMs..<$0.upperBound.unixMs } ?? 0..<EventTime.unixMsEnd
        return FunnelProgressPlan(
            stepCount: query.steps.count, order: order, windowMs: query.window.count,
            stepWindowsMs: query.stepWindows.map { $0?.count },
            exclusions: query.exclusions.map { FunnelProgressPlan.Exclusion(steps: $0.from..<$0.to) }, timesMs: range)
    }
}

/// What the kernel says of the people of one piece; memory that is used again from one to the next.
struct FunnelRows: Sendable {
    private(set) var levels: [UInt8] = []  // Shape [people].
    private(set) var origins: [Int] = []
    private(set) var reachedMs: [Int64] = []  // Shape [people][steps].
    private(set) var startsMs: [Int64] = []

    /// In memory that was used before; each array is taken out for the call, since spans into one value would overlap.
    ///
    /// - Parameter masks: Shape `[events]`: which steps each event of the piece is.
    init(
        _ piece: MatchedRows, _ plan: FunnelProgressPlan, masks: [UInt32], reusing used: consuming FunnelRows
    ) {
        let count = piece.people.count
        let isLarge = used.levels.count >= count
        var levels = isLarge ? used.levels : [UInt8](repeating: 0, count: count)
        var origins = isLarge ? used.origins : [Int](repeating: 0, count: count)
        var reachedMs = isLarge ? used.reachedMs : [Int64](repeating: 0, count: count * plan.stepCount)
        var startsMs = isLarge ? used.startsMs : reachedMs
        used = FunnelRows()
        var levelSpan = levels.mutableSpan
        var originSpan = origins.mutableSpan
        var reachedSpan = reachedMs.mutableSpan
        var startSpan = startsMs.mutableSpan
        funnelProgress(
            plan, offsets: piece.offsets.span, times: piece.times.span,
            masks: masks.span, levels: &levelSpan, origins: &originSpan, reachedMs: &reachedSpan,
            startsMs: &startSpan)
        (self.levels, self.origins, self.reachedMs, self.startsMs) = (levels, origins, reachedMs, startsMs)
    }

    init() {}
}

/// What one thread counts.
private struct FunnelSums: Sendable {
    var people: [Int]  // Shape [steps].
    var groups: [UInt32: [Int]] = [:]
    var durations: [[Int64]]  // Shape [steps][people who reached it].
    private let hasTimes: Bool
    private var rows = FunnelRows()

    init(stepCount: Int, hasTimes: Bool) {
        people = [Int](repeating: 0, count: stepCount)
        durations = [[Int64]](repeating: [], count: stepCount)
        self.hasTimes = hasTimes
    }

    mutating func visit(_ piece: MatchedRows, _ plan: FunnelProgressPlan, _ grouping: FunnelGrouping?) {
        var used = FunnelRows()
        swap(&used, &rows)
        rows = FunnelRows(piece, plan, masks: piece.masks, reusing: used)
        let none = [Int](repeating: 0, count: plan.stepCount)
        var byLevel = [Int](repeating: 0, count: plan.stepCount + 1)
        for person in piece.people where rows.levels[person] > 0 && !isSet(person, in: piece.skipped.span) {
            let level = Int(rows.levels[person])
            byLevel[level] += 1
            if hasTimes { time(person, level, plan) }
            guard let grouping else { continue }
            let group = grouping.group(of: piece.position(rows.origins[person]), piece.rows)
            for step in 0..<level { groups[group, default: none][step] += 1 }
        }
        var reached = 0
        for step in people.indices.reversed() {
            reached += byLevel[step + 1]
            people[step] += reached
        }
    }

    /// Notes how long a person took to each level.
    private mutating func time(_ person: Int, _ level: Int, _ plan: FunnelProgressPlan) {
        let row = person * plan.stepCount
        for step in 0..<level { durations[step].append(rows.reachedMs[row + step] - rows.startsMs[row + step]) }
    }

    mutating func add(_ other: Self) {
        for step in people.indices {
            people[step] += other.people[step]
            durations[step] += other.durations[step]
        }
        for (group, counts) in other.groups {
            let known = groups[group] ?? .init(repeating: 0, count: counts.count)
            groups[group] = zip(known, counts).map { $0 + $1 }
        }
    }

    /// The groups with most people in the first step, and all others as one.
    func largest(_ countMax: Int, _ grouping: FunnelGrouping, _ snapshot: TimelineSnapshot) -> [FunnelResult.Group] {
        let sorted = groups.sorted { one, other in
            grouping.isInOrder ? one.key < other.key : (other.value[0], one.key) < (one.value[0], other.key)
        }
        let groups = sorted.map { FunnelResult.Group(key: grouping.key($0.key, snapshot), people: $0.value) }
        return FunnelResult.cut(groups, countMax: countMax)
    }
}

extension FunnelResult.StepTimes {
    fileprivate init(_ durationsMs: [Int64]) {
        var sorted = durationsMs
        sortAscending(&sorted)
        people = sorted.count
        quantiles =
            sorted.isEmpty
            ? []
            : FunnelResult.shares.map { share in
                let found = OrderStatistics.quantile(share, ofSorted: sorted)
                return FunnelResult.Quantile(
                    share: share, time: Milliseconds(found.value), low: found.interval.map { Milliseconds($0.low) },
                    high: found.interval.map { Milliseconds($0.high) })
            }
        var counts = [Int](repeating: 0, count: FunnelResult.bounds.count + 1)
        var bound = 0
        for duration in sorted {
            while bound < FunnelResult.bounds.count, duration > FunnelResult.bounds[bound].count { bound += 1 }
            counts[bound] += 1
        }
        self.counts = counts
    }
}
