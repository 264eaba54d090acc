import Base
import Domain
import Kernels

extension TimelineSnapshot {
    public func funnel(_ query: FunnelQuery) -> FunnelResult {
        let plan = plan(query)
        guard let plan else {
            return FunnelResult(people: query.steps.map { _ in 0 }, byChannel: [], peopleTotal: peopleCount)
        }
        let kinds = kinds(for: query.steps)
        let isByChannel = query.isByChannel
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
        guard query.isByChannel else { return FunnelResult(people: sums, byChannel: [], peopleTotal: peopleCount) }
        let shares = dictionaries.withTables { tables in
            rows.enumerated().filter { $1[0] > 0 }.map { code, people in
                FunnelResult.ChannelShare(
                    channel: Channel(validated: tables.channels.text(of: UInt32(code))), people: people)
            }
        }.sorted { ($1.people[0], $0.channel) < ($0.people[0], $1.channel) }
        return FunnelResult(people: sums, byChannel: shares, peopleTotal: peopleCount)
    }
}
