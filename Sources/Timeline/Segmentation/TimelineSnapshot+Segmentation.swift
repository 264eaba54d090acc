import Base
import Domain
import Kernels
import Statistics

extension TimelineSnapshot {
    /// - Complexity: One pass over the events, and one more to find the largest groups where it is grouped.
    public func segmentation(_ query: SegmentationQuery) -> SegmentationResult {
        let sources = query.dimensions.map { source($0) }
        let named =
            sources.contains { codeCount($0) > query.groupCount } ? largest(query, sources) : everyCode(of: sources)
        let dimensions = zip(sources, named).map { source, codes in
            SegmentPlan.Dimension(codes, codeCount: codeCount(source))
        }
        let plan = SegmentPlan(
            first: dimensions.first ?? .whole, second: dimensions.count > 1 ? dimensions[1] : .whole,
            periods: PeriodBounds(query.boundaries.map(\.unixMs)))
        let cells = cells(query, plan, sources)
        let keys = zip(sources, named).map { source, codes in codes.map { key($0, source) } + [.others] }
        return result(cells, plan, keys)
    }

    /// Where all codes have a group of their own, nobody has to be counted for it.
    private func everyCode(of sources: [SegmentColumns.Source]) -> [[UInt32]] {
        sources.map { source in (0..<codeCount(source)).map { UInt32($0) } }
    }

    /// The codes of each dimension with most events, in descending order of them.
    private func largest(_ query: SegmentationQuery, _ sources: [SegmentColumns.Source]) -> [[UInt32]] {
        let timesMs = query.boundaries[0].unixMs..<query.boundaries[query.boundaries.count - 1].unixMs
        let codeCounts = sources.map { codeCount($0) }
        let parts = scan(
            matching: [query.event],
            start: {
                CodeCounts(
                    columns: SegmentColumns(sources, value: nil),
                    counts: codeCounts.map { .init(repeating: 0, count: $0) })
            },
            visit: { part, piece in
                part.columns.fill(piece)
                for dimension in sources.indices {
                    var counts: [Int] = []  // Out for the call: nothing else may hold it.
                    swap(&counts, &part.counts[dimension])
                    defer { swap(&counts, &part.counts[dimension]) }
                    var span = counts.mutableSpan
                    countCodes(
                        part.columns.codes(of: dimension).span, offsets: piece.offsets.span,
                        skipped: piece.skipped.span,
                        times: piece.times.span, masks: piece.masks.span,
                        timesMs: timesMs, into: &span)
                }
            })
        return sources.indices.map { dimension in
            var counts = [Int](repeating: 0, count: codeCounts[dimension])
            for part in parts { for code in counts.indices { counts[code] += part.counts[dimension][code] } }
            let found = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$0], $1) > (counts[$1], $0) }
            return found.prefix(query.groupCount).map { UInt32($0) }
        }
    }

    private func cells(
        _ query: SegmentationQuery, _ plan: SegmentPlan, _ sources: [SegmentColumns.Source]
    ) -> SegmentCells {
        switch query.measure {
        case .events: count(query, plan, sources) { Double($0.events) }
        case .people: count(query, plan, sources) { Double($0.people) }
        case .peopleApproximate(let precision): sketch(query, plan, sources, precision: precision)
        case .eventsPerPerson: sum(query, plan, sources, nil) { $0.eventsPerPerson }
        case .sum(let value): sum(query, plan, sources, source(value)) { $0.sum }
        case .mean(let value): sum(query, plan, sources, source(value)) { $0.mean }
        case .sumPerPerson(let value): sum(query, plan, sources, source(value)) { $0.sumPerPerson }
        case .quantile(let quantile, let value): collect(query, plan, sources, source(value), quantile)
        }
    }

    /// Groups with events, the largest value first.
    private func result(
        _ cells: SegmentCells, _ plan: SegmentPlan, _ keys: [[SegmentationResult.Key]]
    ) -> SegmentationResult {
        let groups = (0..<plan.groupCount).map { group in
            let second = keys.count > 1 ? keys[1].count : 1
            let series =
                plan.seriesCount == 0
                ? [] : Array(cells.series[group * plan.periodCount..<(group + 1) * plan.periodCount])
            let places = [group / second, group % second]
            return SegmentationResult.Group(
                keys: zip(keys, places).map { $0[$1] }, total: cells.totals[group], series: series)
        }
        let found = groups.filter { $0.total.events > 0 }
        return SegmentationResult(
            groups: found.enumerated().sorted { one, other in
                let (a, b) = (one.element.total.value ?? -.infinity, other.element.total.value ?? -.infinity)
                return a == b ? one.offset < other.offset : a > b
            }.map(\.element), total: cells.totals[plan.groupCount])
    }
}

private struct CodeCounts: Sendable {
    var columns: SegmentColumns
    var counts: [[Int]]
}

extension SegmentPlan.Dimension {
    /// Groups in the order of `codes`, and one more for every other code.
    fileprivate init(_ codes: [UInt32], codeCount: Int) {
        var groups = [UInt32](repeating: UInt32(codes.count), count: codeCount)
        for (group, code) in codes.enumerated() { groups[Int(code)] = UInt32(group) }
        self.init(groups: groups, groupCount: codes.count + 1)
    }
}
