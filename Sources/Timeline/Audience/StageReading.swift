import Base
import Kernels

/// A condition on stages in the codes of a snapshot. Models ask for many events, so that these are looked for apart.
struct StageReading: Sendable {
    /// The events of which one leaves a window as time goes by.
    private struct Window: Sendable {
        let bits: UInt32
        let lengthMs: Int64
    }

    let states: UInt32  // A bit for each that is meant.
    let isOfNow: Bool  // Whether time alone can change who is in them.
    private let plan: StagePlan
    private let matcher: EventMatcher
    private let sums: [Int?]
    private let momentMs: Int64
    private let windows: [Window]

    init(_ stage: AudienceExpression.Stage, _ query: AudienceQuery, _ snapshot: TimelineSnapshot) {
        let end = query.asOf ?? EventTime(clampingUnixMs: EventTime.unixMsEnd)
        let moment = min(stage.at ?? query.asOf ?? query.now, end)
        let stages = StageQuery(model: stage.model, at: moment, zone: stage.zone)
        states = stage.states.reduce(0) { $0 | 1 << UInt32($1) }
        isOfNow = stage.at == nil
        plan = stages.plan
        matcher = snapshot.matcher(stage.model.filters)
        sums = snapshot.columns(stage.model.sums)
        momentMs = moment.unixMs
        windows = zip(stage.model.stages.flatMap(\.conditions), stages.windowStarts).map { condition, starts in
            Window(
                bits: stage.model.bits(of: condition),
                lengthMs: starts[0].map { moment.unixMs - $0.unixMs } ?? EventTime.unixMsEnd)
        }
    }

    /// The people of a piece with those of their events that the model asks for.
    ///
    /// - Parameter matching: Memory that is used again.
    func matched(_ piece: MatchedRows, with matching: inout Matching<Int>) -> MatchedRows {
        matching.match(piece.first..<piece.first + piece.people.count, of: piece.rows, matcher)
    }

    /// - Parameter piece: Of `matched`.
    func mark(_ bit: UInt64, _ piece: MatchedRows, marks: inout [UInt64]) {
        let weights = piece.amounts(sums)
        var span = marks.mutableSpan
        markStates(
            bit, states, plan, offsets: piece.offsets.span, times: piece.times.span, masks: piece.masks.span,
            weights: weights.span, into: &span)
    }

    /// - Parameter piece: Of `matched`.
    func lowerDue(_ piece: MatchedRows, dueMs: inout MutableSpan<Int64>) {
        for window in windows {
            lowerDueTimes(
                bits: window.bits, lengthMs: window.lengthMs, momentMs: momentMs, offsets: piece.offsets.span,
                times: piece.times.span, masks: piece.masks.span, dueMs: &dueMs)
        }
    }
}
