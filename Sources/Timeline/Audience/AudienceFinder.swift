import Base
import Kernels

/// Finds the members among the people of one piece after another; memory is used again from one to the next.
struct AudienceFinder: Sendable {
    private let plan: AudiencePlan
    private(set) var found: [UInt32] = []  // Codes of members.
    private(set) var presentCount = 0  // People who were there.
    private var columns: [SegmentColumns?]  // Of leaves that read values or codes.
    private var marks: [UInt64] = []  // Shape [people].
    private var stepMasks: [UInt32] = []
    private var stageMatching = Matching(partial: 0, looked: .matching)  // Of leaves that are of stages.
    private var rows: [FunnelRows]  // Of leaves that are sequences.
    private var seen: [UInt32] = []

    init(_ plan: AudiencePlan) {
        self.plan = plan
        rows = plan.leaves.map { _ in FunnelRows() }
        columns = plan.leaves.map { leaf in
            guard leaf.value != nil || leaf.code != nil else { return nil }
            return SegmentColumns(leaf.code.map { [$0] } ?? [], value: leaf.value)
        }
    }

    mutating func visit(_ piece: MatchedRows) {
        var marks = taken(piece.people.count)
        for number in plan.leaves.indices { mark(number, piece, &marks) }
        let present = plan.presentMark
        if let beforeMs = plan.presentBeforeMs {
            let offsets = piece.rows.offsets.span.extracting(piece.first..<piece.first + piece.people.count + 1)
            var span = marks.mutableSpan
            markPresent(
                present, beforeMs: beforeMs, offsets: offsets, times: piece.columns.times.span, into: &span)
            for person in piece.people where !isSet(person, in: piece.skipped.span) {
                presentCount += marks[person] & present != 0 ? 1 : 0
            }
        }
        var rows = [UInt32](repeating: 0, count: marks.count)
        var span = rows.mutableSpan
        let count = findMembers(plan.program, marks: marks.span, skipped: piece.skipped.span, into: &span)
        for row in rows[..<count] { found.append(piece.firstCode(Int(row))) }
        self.marks = marks
    }

    /// Memory for marks, none of them set.
    private mutating func taken(_ count: Int) -> [UInt64] {
        var marks: [UInt64] = []
        swap(&marks, &self.marks)
        marks.removeAll(keepingCapacity: true)
        marks.append(contentsOf: repeatElement(0, count: count))
        return marks
    }

    private mutating func mark(_ number: Int, _ piece: MatchedRows, _ marks: inout [UInt64]) {
        let leaf = plan.leaves[number]
        let (bit, scope) = (UInt64(1) << UInt64(number), leaf.scope)
        let (offsets, masks) = (piece.offsets.span, piece.masks.span)
        let times = piece.times.span
        columns[number]?.fill(piece)
        switch leaf.kind {
        case .counts(let counts):
            var span = marks.mutableSpan
            markCounts(bit, scope, counts: counts, offsets: offsets, times: times, masks: masks, into: &span)
        case .latest(let meeting):
            var span = marks.mutableSpan
            markLatest(
                bit, scope, meeting: 1 << UInt32(meeting), offsets: offsets, times: times, masks: masks, into: &span)
        case .values(let aggregate, _, let bounds):
            let values = columns[number]?.values ?? []
            var span = marks.mutableSpan
            markValues(
                bit, scope, aggregate, within: bounds, values: values.span, offsets: offsets, times: times,
                masks: masks, into: &span)
        case .distinct(_, let counts):
            var codes = columns[number]?.codes(of: 0) ?? []
            if leaf.isEveryCodeOne { for i in codes.indices { codes[i] += 1 } }
            var seen: [UInt32] = []
            swap(&seen, &self.seen)
            defer { swap(&seen, &self.seen) }
            var span = marks.mutableSpan
            markDistinct(
                bit, scope, counts: counts, codes: codes.span, seen: &seen, offsets: offsets, times: times,
                masks: masks, into: &span)
        case .stage:
            guard let stage = leaf.stage else { break }
            stage.mark(bit, stage.matched(piece, with: &stageMatching), marks: &marks)
        case .steps(let steps, let window):
            markSequence(number, steps.map { UInt32($0) }, window.count, leaf.timesMs, piece, &marks)
        }
    }

    private mutating func markSequence(
        _ number: Int, _ steps: [UInt32], _ windowMs: Int64, _ timesMs: Range<Int64>, _ piece: MatchedRows,
        _ marks: inout [UInt64]
    ) {
        let bit = UInt64(1) << UInt64(number)
        let plan = FunnelProgressPlan(stepCount: steps.count, order: .ordered, windowMs: windowMs, timesMs: timesMs)
        var masks: [UInt32] = []
        swap(&masks, &stepMasks)
        defer { swap(&masks, &stepMasks) }
        masks.removeAll(keepingCapacity: true)
        masks.append(contentsOf: repeatElement(0, count: piece.count))
        var maskSpan = masks.mutableSpan
        copyBits(steps.span, of: piece.masks.span, into: &maskSpan)
        var used = FunnelRows()
        swap(&used, &rows[number])
        rows[number] = FunnelRows(piece, plan, masks: masks, reusing: used)
        let levels = rows[number].levels
        var span = marks.mutableSpan
        markReached(bit, level: steps.count, levels: levels.span, people: piece.people.count, into: &span)
    }
}
