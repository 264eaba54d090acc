public import Base
public import Domain
public import Timeline

/// What a metric comes to, made of numbers that are counted of the same people.
public indirect enum MetricExpression: Sendable, Hashable {
    case number(Double)
    case parameter(String)  // A number that whoever asks gives, such as a gross margin.
    case days  // Of the stretch of time that is measured.
    case leaf(MetricLeaf)
    case ratio(MetricExpression, MetricExpression)
    case times(MetricExpression, MetricExpression)
    case minus(MetricExpression, MetricExpression)
}

extension MetricExpression {
    /// The numbers that are counted, each once, in the order in which they are read.
    public var leaves: [MetricLeaf] {
        var found: [MetricLeaf] = []
        collect(&found)
        return found
    }

    private func collect(_ found: inout [MetricLeaf]) {
        switch self {
        case .number, .parameter, .days: return
        case .leaf(let leaf): if !found.contains(leaf) { found.append(leaf) }
        case .ratio(let one, let other), .times(let one, let other), .minus(let one, let other):
            one.collect(&found)
            other.collect(&found)
        }
    }

    public var parameters: Set<String> {
        switch self {
        case .parameter(let name): [name]
        case .number, .days, .leaf: []
        case .ratio(let one, let other), .times(let one, let other), .minus(let one, let other):
            one.parameters.union(other.parameters)
        }
    }

    /// How the value grows where everything is counted twice: 1 for counts, 0 for what is per something.
    /// Nil where a difference is of unlike things.
    var degree: Int? {
        switch self {
        case .number, .parameter, .days: return 0
        case .leaf: return 1
        case .ratio(let top, let bottom):
            guard let top = top.degree, let bottom = bottom.degree else { return nil }
            return top - bottom
        case .times(let one, let other):
            guard let one = one.degree, let other = other.degree else { return nil }
            return one + other
        case .minus(let one, let other):
            guard let one = one.degree, one == other.degree else { return nil }
            return one
        }
    }

    /// The ratio that the value is, but for a factor.
    var fraction: (top: MetricExpression, bottom: MetricExpression)? {
        switch self {
        case .ratio(let top, let bottom): (top, bottom)
        case .times(.number, let other), .times(let other, .number): other.fraction
        default: nil
        }
    }

    /// The share of people that the value is: those above the line are among those below it. Nil where it is none.
    var share: (part: MetricLeaf, whole: MetricLeaf)? {
        guard case .ratio(.leaf(let part), .leaf(let whole)) = self, part.isAmong(whole) else { return nil }
        return (part, whole)
    }
}

/// A number that is counted: which events, for how much, and when.
public struct MetricLeaf: Sendable, Hashable {
    public enum Value: Sendable, Hashable {
        case money  // In the currency that is asked for.
        case property(PropertyName)
    }

    public enum Measure: Sendable, Hashable {
        case events
        case orders  // Events, once for each subject of a person.
        case people(eventCountMin: Int)
        case sum(Value)
        case seconds(gapMax: Milliseconds, starts: [EventFilter])
        case subjects
    }

    public let of: [EventFilter]
    public let measure: Measure
    public let isOncePerSubject: Bool
    public let isFirst: Bool
    public let after: TallyQuery.Relation?
    public let without: TallyQuery.Relation?
    public let unlessFollowed: TallyQuery.Relation?
    public let countsWithAfter: Bool

    public init(
        of: [EventFilter], measure: Measure, isOncePerSubject: Bool = false, isFirst: Bool = false,
        after: TallyQuery.Relation? = nil, without: TallyQuery.Relation? = nil,
        unlessFollowed: TallyQuery.Relation? = nil, countsWithAfter: Bool = false
    ) {
        self.of = of
        self.measure = measure
        self.isOncePerSubject = isOncePerSubject || measure == .orders
        self.isFirst = isFirst
        self.after = after
        self.without = without
        self.unlessFollowed = unlessFollowed
        self.countsWithAfter = countsWithAfter
    }

    func tallied(in currency: Currency) -> TallyQuery.Leaf {
        TallyQuery.Leaf(
            of: of, measure: measure.tallied(in: currency), isOncePerSubject: isOncePerSubject, isFirst: isFirst,
            after: after, without: without, unlessFollowed: unlessFollowed, countsWithAfter: countsWithAfter)
    }

    /// Whether all people of this are people of `whole` too, and are counted when those are.
    func isAmong(_ whole: MetricLeaf) -> Bool {
        guard case .people = measure, whole.measure == .people(eventCountMin: 1) else { return false }
        if countsWithAfter, let after, whole.isPlain { return Set(after.of).isSubset(of: Set(whole.of)) }
        return Set(of).isSubset(of: Set(whole.of)) && after == whole.after && without == whole.without
            && unlessFollowed == whole.unlessFollowed && (isFirst || !whole.isFirst)
            && countsWithAfter == whole.countsWithAfter
    }

    private var isPlain: Bool { after == nil && without == nil && unlessFollowed == nil && !isFirst }
}

extension MetricLeaf.Measure {
    fileprivate func tallied(in currency: Currency) -> TallyQuery.Measure {
        switch self {
        case .events, .orders: .events
        case .people(let eventCountMin): .people(eventCountMin: eventCountMin)
        case .sum(.money): .sum(.money(currency))
        case .sum(.property(let name)): .sum(.property(name))
        case .seconds(let gapMax, let starts): .seconds(gapMax: gapMax, starts: starts)
        case .subjects: .subjects
        }
    }
}
