import Kernels
import Statistics

/// The cells of a segmentation, measured.
struct SegmentCells: Sendable {
    let totals: [SegmentationResult.Cell]  // By group, and last of all together.
    let series: [SegmentationResult.Cell]  // By group and period.
}

/// What one thread sums up in cells of some kind.
private struct Sums<Cell: Sendable>: Sendable {
    var columns: SegmentColumns
    var totals: [Cell]
    var series: [Cell]

    init(_ plan: SegmentPlan, _ columns: SegmentColumns, _ empty: Cell) {
        self.columns = columns
        totals = [Cell](repeating: empty, count: plan.totalCount)
        series = [Cell](repeating: empty, count: plan.seriesCount)
    }

    mutating func add(_ other: Self, _ add: (inout Cell, Cell) -> Void) {
        for i in totals.indices { add(&totals[i], other.totals[i]) }
        for i in series.indices { add(&series[i], other.series[i]) }
    }

    /// Takes the cells out for a call: nothing else may hold them.
    mutating func withCells(_ body: (inout [Cell], inout [Cell]) -> Void) {
        var (takenTotals, takenSeries): ([Cell], [Cell]) = ([], [])
        swap(&takenTotals, &totals)
        swap(&takenSeries, &series)
        body(&takenTotals, &takenSeries)
        swap(&takenTotals, &totals)
        swap(&takenSeries, &series)
    }

    func measured(_ cell: (Cell) -> SegmentationResult.Cell) -> SegmentCells {
        SegmentCells(totals: totals.map(cell), series: series.map(cell))
    }
}

extension TimelineSnapshot {
    func count(
        _ query: SegmentationQuery, _ plan: SegmentPlan, _ sources: [SegmentColumns.Source],
        _ measure: @escaping (CountCell) -> Double
    ) -> SegmentCells {
        let columns = SegmentColumns(sources, value: nil)
        return gather(query, plan, columns, CountCell(), add: { $0.add($1) }) { piece, columns, totals, series in
            var totalSpan = totals.mutableSpan
            var seriesSpan = series.mutableSpan
            segmentCounts(
                plan, offsets: piece.offsets.span, skipped: piece.skipped.span,
                times: piece.times.span, masks: piece.masks.span,
                firstCodes: columns.codes(of: 0).span, secondCodes: columns.codes(of: 1).span,
                markBase: piece.mark(0), totals: &totalSpan, series: &seriesSpan)
        }.measured { cell in
            SegmentationResult.Cell(
                events: Int(cell.events), people: Int(cell.people), value: measure(cell), low: nil, high: nil)
        }
    }

    /// - Parameter value: Nil for 0 of every event.
    func sum(
        _ query: SegmentationQuery, _ plan: SegmentPlan, _ sources: [SegmentColumns.Source],
        _ value: SegmentColumns.ValueSource?, _ measure: @escaping (SegmentMoments) -> SegmentationResult.Cell
    ) -> SegmentCells {
        let columns = SegmentColumns(sources, value: value ?? .zero)
        let add = { (total: inout SegmentMoments, cell: SegmentMoments) in
            var closed = cell
            closed.close()
            total.add(closed)
        }
        return gather(query, plan, columns, SegmentMoments(), add: add) { piece, columns, totals, series in
            var totalSpan = totals.mutableSpan
            var seriesSpan = series.mutableSpan
            segmentMoments(
                plan, offsets: piece.offsets.span, skipped: piece.skipped.span,
                times: piece.times.span, masks: piece.masks.span,
                firstCodes: columns.codes(of: 0).span, secondCodes: columns.codes(of: 1).span,
                values: columns.values.span, markBase: piece.mark(0), totals: &totalSpan, series: &seriesSpan)
        }.measured(measure)
    }

    func collect(
        _ query: SegmentationQuery, _ plan: SegmentPlan, _ sources: [SegmentColumns.Source],
        _ value: SegmentColumns.ValueSource, _ quantile: Double
    ) -> SegmentCells {
        typealias Values = [(value: Double, cluster: UInt32)]
        let columns = SegmentColumns(sources, value: value)
        return gather(query, plan, columns, Values(), add: { $0 += $1 }) { piece, columns, totals, series in
            plan.visit(
                piece.offsets.span, piece.skipped.span, piece.times.span,
                piece.masks.span, columns.codes(of: 0).span, columns.codes(of: 1).span, piece.mark(0)
            ) { event, mark, group, cell in
                let value = columns.values[event]
                guard value.isFinite else { return }
                totals[group].append((value, mark))
                totals[plan.groupCount].append((value, mark))
                if cell >= 0 { series[cell].append((value, mark)) }
            } endPerson: {
            }
        }.measured { values in
            let estimate = ClusteredQuantile(quantile, of: values)
            return SegmentationResult.Cell(
                events: values.count, people: values.clusterCount, value: estimate?.value,
                low: estimate?.interval?.low, high: estimate?.interval?.high)
        }
    }

    /// Sums up the cells of all people.
    ///
    /// - Parameters:
    ///   - add: Adds to a cell what another thread has in it.
    ///   - visit: Adds one piece to the totals and the series.
    private func gather<Cell: Sendable>(
        _ query: SegmentationQuery, _ plan: SegmentPlan, _ columns: SegmentColumns, _ empty: Cell,
        add: (inout Cell, Cell) -> Void,
        visit: @Sendable (MatchedRows, SegmentColumns, inout [Cell], inout [Cell]) -> Void
    ) -> Sums<Cell> {
        let parts = scan(
            matching: [query.event], start: { Sums(plan, columns, empty) },
            visit: { part, piece in
                part.columns.fill(piece)
                let columns = part.columns
                part.withCells { totals, series in visit(piece, columns, &totals, &series) }
            })
        var sum = Sums(plan, columns, empty)
        for part in parts { sum.add(part, add) }
        return sum
    }
}

extension [(value: Double, cluster: UInt32)] {
    fileprivate var clusterCount: Int {
        indices.count { $0 == 0 || self[$0].cluster != self[$0 - 1].cluster }
    }
}

extension SegmentMoments {
    private func cell(_ value: Double?, _ interval: Interval? = nil) -> SegmentationResult.Cell {
        SegmentationResult.Cell(
            events: Int(events), people: people, value: value, low: interval?.low, high: interval?.high)
    }

    /// A sum of nothing is 0.
    var sum: SegmentationResult.Cell { cell(values) }

    var mean: SegmentationResult.Cell {
        let estimate = RatioEstimate(
            count: people, tops: values, bottoms: events, topSquares: valueSquares, bottomSquares: eventSquares,
            products: products)
        return cell(estimate.ratio, estimate.interval())
    }

    var sumPerPerson: SegmentationResult.Cell { perPerson(values, valueSquares) }
    var eventsPerPerson: SegmentationResult.Cell { perPerson(events, eventSquares) }

    private func perPerson(_ sums: Double, _ squares: Double) -> SegmentationResult.Cell {
        let people = Double(people)
        let estimate = RatioEstimate(
            count: self.people, tops: sums, bottoms: people, topSquares: squares, bottomSquares: people, products: sums)
        return cell(estimate.ratio, estimate.interval())
    }
}
