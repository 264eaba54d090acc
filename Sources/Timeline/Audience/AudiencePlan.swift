import Base
import Domain
import Kernels

/// An audience in the codes of a snapshot, as of its moment.
struct AudiencePlan: Sendable {
    struct Leaf: Sendable {
        let kind: AudienceParts.Kind
        let scope: EventScope
        let bits: UInt32
        let timesMs: Range<Int64>
        let isLast: Bool  // Whether its span moves with time.
        let value: SegmentColumns.ValueSource?
        let code: SegmentColumns.Source?
        let stage: StageReading?

        /// Whether there is no code for none.
        var isEveryCodeOne: Bool {
            switch code {
            case .name, .channel: true
            case .subject, .property, .nothing, nil: false
            }
        }
    }

    let filters: [EventFilter]
    let leaves: [Leaf]
    let program: AudienceProgram
    let presentBeforeMs: Int64?  // Who has no event before it was not there.
    /// Where it asks for no more than counts of names: all conditions must hold.
    let conditions: [AudienceCondition]?

    /// The mark of who was there.
    var presentMark: UInt64 { 1 << UInt64(leaves.count) }

    init(_ query: AudienceQuery, _ snapshot: TimelineSnapshot) {
        let parts = AudienceParts(query.expression)
        filters = parts.filters
        leaves = parts.leaves.map { leaf in
            let timesMs = query.timesMs(leaf.span)
            var (value, code): (SegmentColumns.ValueSource?, SegmentColumns.Source?) = (nil, nil)
            var stage: StageReading?
            switch leaf.kind {
            case .values(_, let wanted, _): value = snapshot.source(wanted)
            case .distinct(let dimension, _): code = snapshot.source(dimension)
            case .stage(let wanted): stage = StageReading(wanted, query, snapshot)
            case .counts, .steps, .latest: break
            }
            let isLast = if case .last = leaf.span { true } else { false }
            return Leaf(
                kind: leaf.kind, scope: EventScope(bits: leaf.bits, timesMs: timesMs), bits: leaf.bits,
                timesMs: timesMs, isLast: isLast, value: value, code: code, stage: stage)
        }
        presentBeforeMs = query.asOf?.unixMs
        let present: [AudienceProgram.Step] = query.asOf == nil ? [] : [.leaf(leaves.count), .all(2)]
        program = AudienceProgram(parts.steps + present)
        conditions = query.asOf == nil ? snapshot.conditions(query) : nil
    }
}

extension TimelineSnapshot {
    /// Nil where an audience asks for more than that all of some counts of names are reached, or not, at any time.
    fileprivate func conditions(_ query: AudienceQuery) -> [AudienceCondition]? {
        let parts = if case .all(let parts) = query.expression { parts } else { [query.expression] }
        var conditions: [AudienceCondition] = []
        for part in parts {
            let (leaf, isMet): (AudienceExpression, Bool) =
                if case .not(let inner) = part { (inner, false) } else { (part, true) }
            guard case .did(let did) = leaf, let condition = condition(did, isMet, query) else { return nil }
            conditions.append(condition)
        }
        return conditions
    }

    private func condition(
        _ did: AudienceExpression.Did, _ isMet: Bool, _ query: AudienceQuery
    ) -> AudienceCondition? {
        let filter = did.event
        guard did.counts.lowerBound >= 1, did.counts.upperBound == .max, filter.conditions.isEmpty,
            filter.subject == nil, filter.subjectKind == nil, filter.channel == nil,
            let name = filter.name.flatMap({ code(of: $0) }),
            times.map({ isWithin($0, query.timesMs(did.span)) }) ?? true
        else { return nil }
        return AudienceCondition(name: name, countMin: did.counts.lowerBound, isMet: isMet)
    }

    private func isWithin(_ times: ClosedRange<EventTime>, _ spanMs: Range<Int64>) -> Bool {
        spanMs.contains(times.lowerBound.unixMs) && spanMs.contains(times.upperBound.unixMs)
    }
}
