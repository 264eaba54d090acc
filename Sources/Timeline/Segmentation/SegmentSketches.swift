import Base
import Kernels
import Statistics

/// What one thread leaves in the sketches of the smallest cells: those of one group and period.
private struct SketchPart: Sendable {
    var columns: SegmentColumns
    var hashes: [UInt64] = []
    var events: [Int]
    var registers: [UInt8]

    init(_ plan: SegmentPlan, _ columns: SegmentColumns, _ precision: Int) {
        self.columns = columns
        events = [Int](repeating: 0, count: plan.sketchCount)
        registers = [UInt8](repeating: 0, count: plan.sketchCount << precision)
    }

    mutating func add(_ piece: MatchedRows, _ plan: SegmentPlan, _ precision: Int) {
        columns.fill(piece)
        hashes.removeAll(keepingCapacity: true)
        for person in piece.people { hashes.append(SeededGenerator.mix(UInt64(piece.firstCode(person)) &+ 1)) }
        Self.add(piece, plan, columns, hashes, precision, &events, &registers)
    }

    private static func add(
        _ piece: MatchedRows, _ plan: SegmentPlan, _ columns: SegmentColumns, _ hashes: [UInt64], _ precision: Int,
        _ events: inout [Int], _ registers: inout [UInt8]
    ) {
        var eventSpan = events.mutableSpan
        var registerSpan = registers.mutableSpan
        segmentSketches(
            plan, offsets: piece.offsets.span, skipped: piece.skipped.span,
            times: piece.times.span, masks: piece.masks.span,
            firstCodes: columns.codes(of: 0).span, secondCodes: columns.codes(of: 1).span, hashes: hashes.span,
            precision: precision, events: &eventSpan, registers: &registerSpan)
    }

    mutating func merge(_ other: Self) {
        for i in events.indices { events[i] += other.events[i] }
        for i in registers.indices { registers[i] = max(registers[i], other.registers[i]) }
    }
}

/// The people of some cells, as a sketch, and their events.
private struct SketchCell {
    var events = 0
    var people: DistinctSketch

    mutating func merge(_ other: Self) {
        events += other.events
        people.merge(other.people)
    }

    /// People are whole: the estimate is rounded, and its interval to the outside.
    var measured: SegmentationResult.Cell {
        let interval = people.interval()
        let count = people.estimate.rounded()
        return SegmentationResult.Cell(
            events: events, people: Int(count), value: count, low: interval.low.rounded(.down),
            high: interval.high.rounded(.up))
    }
}

extension TimelineSnapshot {
    /// Sketches the people of each group in each period, and merges these: a group's periods into the group, and the
    /// groups into all.
    func sketch(
        _ query: SegmentationQuery, _ plan: SegmentPlan, _ sources: [SegmentColumns.Source], precision: Int
    ) -> SegmentCells {
        let columns = SegmentColumns(sources, value: nil)
        let parts = scan(
            matching: [query.event], start: { SketchPart(plan, columns, precision) },
            visit: { part, piece in part.add(piece, plan, precision) })
        guard var sum = parts.first else { return SegmentCells(totals: [], series: []) }
        for part in parts.dropFirst() { sum.merge(part) }
        return SegmentCells(sum, plan, precision)
    }
}

extension SegmentCells {
    fileprivate init(_ sum: SketchPart, _ plan: SegmentPlan, _ precision: Int) {
        let empty = SketchCell(people: DistinctSketch(precision: precision))
        let periodCount = max(1, plan.sketchCount / plan.groupCount)
        var (all, totals, series) = (empty, [SegmentationResult.Cell](), [SegmentationResult.Cell]())
        for group in 0..<plan.groupCount {
            var whole = empty
            for number in group * periodCount..<(group + 1) * periodCount {
                let registers = sum.registers[number << precision..<(number + 1) << precision]
                let sketch = DistinctSketch(precision: precision, registers: Array(registers))
                let cell = SketchCell(events: sum.events[number], people: sketch)
                if plan.seriesCount > 0 { series.append(cell.measured) }
                whole.merge(cell)
            }
            totals.append(whole.measured)
            all.merge(whole)
        }
        self.init(totals: totals + [all.measured], series: series)
    }
}
