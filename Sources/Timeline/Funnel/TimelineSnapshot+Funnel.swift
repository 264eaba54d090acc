import Base
import Domain
import Kernels

extension TimelineSnapshot {
    /// - Complexity: One pass over the events; over the names alone, and what they lead to, where the steps ask for no
    ///   more than names in order.
    public func funnel(_ query: FunnelQuery) -> FunnelResult {
        query.isPlain ? plainFunnel(query) : funnelProgress(query)
    }

    private func plainFunnel(_ query: FunnelQuery) -> FunnelResult {
        guard let plan = plan(query) else {
            return FunnelResult(people: query.steps.map { _ in 0 }, groups: [], times: [], peopleTotal: peopleCount)
        }
        let kinds = kinds(for: query.steps)
        let isByChannel = query.breakdown != nil
        let partials = scan(
            start: { [Int](repeating: 0, count: plan.cellCount(isByChannel: isByChannel)) },
            visit: { cells, people in
                var span = cells.mutableSpan
                funnelCounts(
                    plan, people: people.rows, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.columns.times.span, names: people.columns.names.span,
                    channels: people.columns.channels.span, subjects: people.columns.subjects.span,
                    kinds: kinds.span, isByChannel: isByChannel, into: &span)
            })
        var cells = [Int](repeating: 0, count: plan.cellCount(isByChannel: isByChannel))
        for partial in partials {
            for i in cells.indices { cells[i] += partial[i] }
        }
        return result(cells, query, stepCount: plan.steps.count)
    }

    /// The funnel in codes. A step that never happened ends it early; nil where that is the first.
    private func plan(_ query: FunnelQuery) -> FunnelPlan? {
        var steps: [CodedFilter] = []
        for step in query.steps {
            guard let coded = coded(step) else { break }
            steps.append(coded)
        }
        guard !steps.isEmpty, let times else { return nil }
        let all = times.lowerBound.unixMs..<times.upperBound.unixMs + 1
        let range = query.range.map { $0.lowerBound.unixMs..<$0.upperBound.unixMs } ?? all
        return FunnelPlan(
            steps: steps, windowMs: query.window.count, timesMs: range,
            coversAllTime: range.lowerBound <= all.lowerBound && range.upperBound >= all.upperBound)
    }

    private func result(_ cells: [Int], _ query: FunnelQuery, stepCount: Int) -> FunnelResult {
        let levelCount = stepCount + 1
        func people(from cell: Int) -> [Int] {
            query.steps.indices.map { step in
                step + 1 < levelCount ? cells[cell + step + 1..<cell + levelCount].reduce(0, +) : 0
            }
        }
        let rows = (0..<cells.count / levelCount).map { people(from: $0 * levelCount) }
        let sums = query.steps.indices.map { step in rows.reduce(0) { $0 + $1[step] } }
        guard query.breakdown != nil else {
            return FunnelResult(people: sums, groups: [], times: [], peopleTotal: peopleCount)
        }
        let groups = dictionaries.withTables { tables in
            rows.enumerated().filter { $1[0] > 0 }.map { code, people in
                (code: code, key: tables.channels.text(of: UInt32(code)), people: people)
            }
        }.sorted { ($1.people[0], $0.code) < ($0.people[0], $1.code) }
        return FunnelResult(
            people: sums,
            groups: FunnelResult.cut(
                groups.map { FunnelResult.Group(key: .text($0.key), people: $0.people) }, countMax: query.groupCount),
            times: [], peopleTotal: peopleCount)
    }
}
