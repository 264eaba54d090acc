import Base
import Domain
import Kernels

/// An expression taken apart: the different filters of its leaves, the leaves, and the program over their marks.
struct AudienceParts: Sendable {
    static let filterCountMax = FilterTables.countMax

    enum Kind: Sendable {
        case counts(ClosedRange<Int>)
        case steps([Int], window: Milliseconds)  // Filters in their order.
        case values(ValueAggregate, SegmentationQuery.Value, ClosedRange<Double>)
        case distinct(SegmentationQuery.Dimension, ClosedRange<Int>)
        case latest(meeting: Int)  // A filter.
        case stage(AudienceExpression.Stage)  // Its filters are matched apart.
    }

    struct Leaf: Sendable {
        let kind: Kind
        let filters: [Int]  // Whose events matter.
        let span: AudienceSpan

        var bits: UInt32 { filters.reduce(0) { $0 | 1 << UInt32($1) } }
    }

    private(set) var filters: [EventFilter] = []
    private(set) var leaves: [Leaf] = []
    private(set) var steps: [AudienceProgram.Step] = []

    init(_ expression: AudienceExpression) { add(expression) }

    private mutating func add(_ expression: AudienceExpression) {
        switch expression {
        case .all(let parts):
            for part in parts { add(part) }
            steps.append(.all(parts.count))
        case .any(let parts):
            for part in parts { add(part) }
            steps.append(.any(parts.count))
        case .not(let part):
            add(part)
            steps.append(.not)
        case .did(let leaf): add(.counts(leaf.counts), [number(leaf.event)], leaf.span)
        case .sequence(let leaf):
            let steps = leaf.steps.map { number($0) }
            add(.steps(steps, window: leaf.window), steps, leaf.span)
        case .aggregate(let leaf): add(Self.kind(leaf), [number(leaf.event)], leaf.span)
        case .property(let leaf): add(leaf)
        case .stage(let leaf): add(.stage(leaf), [], .always)
        }
    }

    private mutating func add(_ kind: Kind, _ filters: [Int], _ span: AudienceSpan) {
        steps.append(.leaf(leaves.count))
        leaves.append(Leaf(kind: kind, filters: filters, span: span))
    }

    /// Without the property is who has no event with it.
    private mutating func add(_ leaf: AudienceExpression.Property) {
        let name = leaf.condition.property
        let present = number(leaf.event.adding(PropertyCondition(name, .isPresent)))
        switch (leaf.condition.test, leaf.occasion) {
        case (.isPresent, _): add(.counts(1...Int.max), [present], leaf.span)
        case (.isAbsent, _): add(.counts(0...0), [present], leaf.span)
        case (_, .ever):
            let meeting = leaf.event.adding(PropertyCondition(name, .isPresent)).adding(leaf.condition)
            add(.counts(1...Int.max), [number(meeting)], leaf.span)
        case (_, .latest):
            let meeting = number(leaf.event.adding(leaf.condition))
            add(.latest(meeting: meeting), [present], leaf.span)
        }
    }

    private static func kind(_ leaf: AudienceExpression.Aggregate) -> Kind {
        switch leaf.measure {
        case .sum(let value): .values(.sum, value, leaf.bounds)
        case .mean(let value): .values(.mean, value, leaf.bounds)
        case .max(let value): .values(.max, value, leaf.bounds)
        case .min(let value): .values(.min, value, leaf.bounds)
        case .distinct(let dimension):
            .distinct(dimension, Int(clamping: leaf.bounds.lowerBound.rounded(.up))...wholeEnd(leaf.bounds))
        }
    }

    private static func wholeEnd(_ bounds: ClosedRange<Double>) -> Int {
        max(Int(clamping: bounds.lowerBound.rounded(.up)), Int(clamping: bounds.upperBound.rounded(.down)))
    }

    private mutating func number(_ filter: EventFilter) -> Int {
        if let known = filters.firstIndex(of: filter) { return known }
        filters.append(filter)
        return filters.count - 1
    }
}

extension EventFilter {
    fileprivate func adding(_ condition: PropertyCondition) -> EventFilter {
        EventFilter(
            name: name, channel: channel, subjectKind: subjectKind, subject: subject,
            conditions: conditions + [condition])
    }
}

extension Int {
    fileprivate init(clamping value: Double) {
        self = value >= 9e18 ? .max : value <= -9e18 ? .min : Int(value)
    }
}
