public import Base
public import Domain

/// Whom an audience holds: what people did or did not do, joined by all, any and not.
public indirect enum AudienceExpression: Sendable, Hashable {
    case all([AudienceExpression])  // Of none: everybody.
    case any([AudienceExpression])  // Of none: nobody.
    case not(AudienceExpression)
    case did(Did)
    case sequence(Sequence)
    case aggregate(Aggregate)
    case property(Property)
    case stage(Stage)

    /// So many events.
    public struct Did: Sendable, Hashable {
        public let event: EventFilter
        public let counts: ClosedRange<Int>  // `Int.max` for no upper bound.
        public let span: AudienceSpan

        public init(event: EventFilter, counts: ClosedRange<Int> = 1...Int.max, span: AudienceSpan = .always) {
            self.event = event
            self.counts = counts
            self.span = span
        }
    }

    /// These events one after another, as in a funnel: others may lie between, and the first and the last lie within
    /// the window.
    public struct Sequence: Sendable, Hashable {
        public let steps: [EventFilter]  // 1 through `FunnelQuery.stepCountMax`.
        public let window: Milliseconds
        public let span: AudienceSpan

        public init(steps: [EventFilter], window: Milliseconds, span: AudienceSpan = .always) {
            self.steps = steps
            self.window = window
            self.span = span
        }
    }

    /// What is made of the values of a person's events is within bounds.
    public struct Aggregate: Sendable, Hashable {
        public enum Measure: Sendable, Hashable {
            case sum(SegmentationQuery.Value)  // Of none, 0.
            case mean(SegmentationQuery.Value)  // Of none, within no bounds; likewise the two below.
            case max(SegmentationQuery.Value)
            case min(SegmentationQuery.Value)
            case distinct(SegmentationQuery.Dimension)  // How many different ones.
        }

        public let measure: Measure
        public let event: EventFilter
        public let bounds: ClosedRange<Double>
        public let span: AudienceSpan

        public init(
            measure: Measure, event: EventFilter, bounds: ClosedRange<Double>, span: AudienceSpan = .always
        ) {
            self.measure = measure
            self.event = event
            self.bounds = bounds
            self.span = span
        }
    }

    /// What the person's events say of a property.
    public struct Property: Sendable, Hashable {
        public enum Occasion: String, Sendable, CaseIterable {
            case latest  // On the last event that has the property.
            case ever  // On any event.
        }

        public let condition: PropertyCondition
        public let occasion: Occasion
        public let event: EventFilter  // Those that are looked at.
        public let span: AudienceSpan

        public init(
            condition: PropertyCondition, occasion: Occasion = .latest, event: EventFilter = EventFilter(name: nil),
            span: AudienceSpan = .always
        ) {
            self.condition = condition
            self.occasion = occasion
            self.event = event
            self.span = span
        }
    }
}

extension AudienceExpression {
    /// Where people stand in a model of stages.
    public struct Stage: Sendable, Hashable {
        public let model: StageModel
        public let name: PlainName?  // By which the model was asked for; nil for one that was given as it is.
        public let states: Set<Int>  // One of which they are in: 0 for no stage, then the stages, the weakest first.
        public let at: EventTime?  // Nil for the moment that the audience is asked as of.
        public let zone: DayZone  // By whose clocks the days of the rules are counted.

        public init(model: StageModel, name: PlainName? = nil, states: Set<Int>, at: EventTime? = nil, zone: DayZone) {
            self.model = model
            self.name = name
            self.states = states
            self.at = at
            self.zone = zone
        }
    }

    /// The names of the models of stages that it asks for.
    public var stageModelNames: Set<PlainName> {
        switch self {
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.stageModelNames) }
        case .not(let part): part.stageModelNames
        case .stage(let leaf): leaf.name.map { [$0] } ?? []
        case .did, .sequence, .aggregate, .property: []
        }
    }
}

/// When what counts happened.
public enum AudienceSpan: Sendable, Hashable {
    case always
    case between(Range<EventTime>)
    case last(Milliseconds)  // Before the moment that an audience is asked as of.
}

/// Why there is no such audience. A place is written like `all[1].not.did`; the whole is the empty place.
public enum AudienceExpressionError: Error, Sendable, Equatable {
    case tooDeep(place: String, max: Int)
    case tooManyLeaves(count: Int, max: Int)
    case tooManyFilters(count: Int, max: Int)
    case stepCountOutOfRange(place: String, count: Int, max: Int)
    case lengthOutOfRange(place: String, ms: Int64)
    case countBelowZero(place: String, count: Int)
    case noSuchStage(place: String, max: Int)
}

extension AudienceExpression {
    public static let depthMax = 8
    public static let leafCountMax = 32

    /// Whether there can be such an audience.
    public func validate() throws(AudienceExpressionError) {
        try validate("", depth: 1)
        let leafCount = self.leafCount
        guard leafCount <= Self.leafCountMax else {
            throw .tooManyLeaves(count: leafCount, max: Self.leafCountMax)
        }
        let filters = AudienceParts(self).filters.count
        guard filters <= AudienceParts.filterCountMax else {
            throw .tooManyFilters(count: filters, max: AudienceParts.filterCountMax)
        }
    }

    /// Whether time alone can change who is in it.
    public var isOfLastDays: Bool {
        switch self {
        case .all(let parts), .any(let parts): parts.contains { $0.isOfLastDays }
        case .not(let part): part.isOfLastDays
        case .did(let leaf): leaf.span.isLast
        case .sequence(let leaf): leaf.span.isLast
        case .aggregate(let leaf): leaf.span.isLast
        case .property(let leaf): leaf.span.isLast
        case .stage(let leaf): leaf.at == nil
        }
    }

    private var leafCount: Int {
        switch self {
        case .all(let parts), .any(let parts): parts.reduce(0) { $0 + $1.leafCount }
        case .not(let part): part.leafCount
        case .did, .sequence, .aggregate, .property, .stage: 1
        }
    }

    private func validate(_ place: String, depth: Int) throws(AudienceExpressionError) {
        guard depth <= Self.depthMax else { throw .tooDeep(place: place, max: Self.depthMax) }
        let inside = { (part: String) in place.isEmpty ? part : "\(place).\(part)" }
        switch self {
        case .all(let parts):
            for (i, part) in parts.enumerated() { try part.validate(inside("all[\(i)]"), depth: depth + 1) }
        case .any(let parts):
            for (i, part) in parts.enumerated() { try part.validate(inside("any[\(i)]"), depth: depth + 1) }
        case .not(let part): try part.validate(inside("not"), depth: depth + 1)
        case .did(let leaf):
            guard leaf.counts.lowerBound >= 0 else {
                throw .countBelowZero(place: inside("did"), count: leaf.counts.lowerBound)
            }
            try leaf.span.validate(inside("did"))
        case .sequence(let leaf):
            guard (1...FunnelQuery.stepCountMax).contains(leaf.steps.count) else {
                throw .stepCountOutOfRange(
                    place: inside("sequence"), count: leaf.steps.count, max: FunnelQuery.stepCountMax)
            }
            try AudienceSpan.last(leaf.window).validate(inside("sequence"))
            try leaf.span.validate(inside("sequence"))
        case .aggregate(let leaf): try leaf.span.validate(inside("aggregate"))
        case .property(let leaf): try leaf.span.validate(inside("property"))
        case .stage(let leaf):
            let states = 0...leaf.model.stages.count
            guard !leaf.states.isEmpty, leaf.states.allSatisfy(states.contains) else {
                throw .noSuchStage(place: inside("stage"), max: states.upperBound)
            }
        }
    }
}

extension AudienceSpan {
    fileprivate var isLast: Bool { if case .last = self { true } else { false } }

    fileprivate func validate(_ place: String) throws(AudienceExpressionError) {
        guard case .last(let length) = self, !(0...EventTime.unixMsEnd).contains(length.count) else { return }
        throw .lengthOutOfRange(place: place, ms: length.count)
    }
}
