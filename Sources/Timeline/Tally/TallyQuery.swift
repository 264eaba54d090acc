public import Base
public import Domain

/// Several numbers of the same people, counted in one pass, so that what is made of them has an interval over people.
public struct TallyQuery: Sendable, Hashable {
    public static let leafCountMax = 8
    public static let filterCountMax = 32  // Different ones, of all leaves.
    static let cellCountMax = 1 << 16

    /// Other events of the same person that decide whether an event counts.
    public struct Relation: Sendable, Hashable {
        public enum Choice: String, Sendable, CaseIterable {
            case latest
            case first  // Of all time, or since the last of `unless`.
        }

        public let of: [EventFilter]  // Any of them.
        public let unless: [EventFilter]  // Any of these makes what came before it forgotten.
        public let within: Milliseconds?  // Of the event that is judged, inclusive; nil for any time.
        public let gap: Milliseconds  // At least so far from it.
        public let isOfSameSubject: Bool
        public let choice: Choice

        public init(
            of: [EventFilter], unless: [EventFilter] = [], within: Milliseconds? = nil,
            gap: Milliseconds = Milliseconds(0),
            isOfSameSubject: Bool = false, choice: Choice = .latest
        ) {
            self.of = of
            self.unless = unless
            self.within = within
            self.gap = gap
            self.isOfSameSubject = isOfSameSubject
            self.choice = choice
        }
    }

    public enum Measure: Sendable, Hashable {
        case events
        case people(eventCountMin: Int)  // Who have at least so many.
        case sum(SegmentationQuery.Value)  // Events without a value add nothing.
        /// Between an event and the person's one of the leaf just before it, where they are no further apart than this
        /// and the later one is none of `starts`.
        case seconds(gapMax: Milliseconds, starts: [EventFilter])
        case subjects  // Different ones, of all people; no interval comes of them.
    }

    /// One number: which events count, for how much, and when.
    public struct Leaf: Sendable, Hashable {
        public let of: [EventFilter]  // Any of them.
        public let measure: Measure
        public let isOncePerSubject: Bool  // Of a person: the first event of an order is the order.
        public let isFirst: Bool  // The person's first such event of all time.
        public let after: Relation?  // Needs one before it, or at its time.
        public let without: Relation?  // Needs that there is none.
        public let unlessFollowed: Relation?  // Needs that none comes after it, within the relation's time.
        /// Counts in the stretch and the group of the event that it came after.
        public let countsWithAfter: Bool

        public init(
            of: [EventFilter], measure: Measure, isOncePerSubject: Bool = false, isFirst: Bool = false,
            after: Relation? = nil, without: Relation? = nil, unlessFollowed: Relation? = nil,
            countsWithAfter: Bool = false
        ) {
            self.of = of
            self.measure = measure
            self.isOncePerSubject = isOncePerSubject
            self.isFirst = isFirst
            self.after = after
            self.without = without
            self.unlessFollowed = unlessFollowed
            self.countsWithAfter = countsWithAfter && after != nil
        }
    }

    public let leaves: [Leaf]
    public let dimension: SegmentationQuery.Dimension?
    public let boundaries: [EventTime]  // Of stretches of time; the last is where the last one ends.
    public let groupCount: Int  // Named groups, the largest; the others are one.
    let filters: [EventFilter]  // Each once.

    public init(
        leaves: [Leaf], dimension: SegmentationQuery.Dimension? = nil, boundaries: [EventTime], groupCount: Int = 20
    ) throws(TimelineQueryError) {
        let filters = Self.filters(of: leaves)
        guard (1...Self.leafCountMax).contains(leaves.count), (1...Self.filterCountMax).contains(filters.count) else {
            throw .tallyOutOfRange(count: max(leaves.count, filters.count), max: Self.leafCountMax)
        }
        guard (1...SegmentationQuery.groupCountMax).contains(groupCount) else {
            throw .groupCountOutOfRange(groupCount, max: SegmentationQuery.groupCountMax)
        }
        guard (2...SegmentationQuery.periodCountMax + 1).contains(boundaries.count),
            zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .tooManyPeriods(max: SegmentationQuery.periodCountMax) }
        let cells = boundaries.count * (dimension == nil ? 1 : groupCount + 2)
        guard cells <= Self.cellCountMax else { throw .tooManyGroups(count: cells, max: Self.cellCountMax) }
        self.leaves = leaves
        self.dimension = dimension
        self.boundaries = boundaries
        self.groupCount = groupCount
        self.filters = filters
    }

    /// Each once, in the order in which they come.
    public static func filters(of leaves: [Leaf]) -> [EventFilter] {
        var filters: [EventFilter] = []
        var known: Set<EventFilter> = []
        for filter in leaves.flatMap(\.filters) where known.insert(filter).inserted { filters.append(filter) }
        return filters
    }
}

extension TallyQuery.Leaf {
    var filters: [EventFilter] {
        let starts = if case .seconds(_, let starts) = measure { starts } else { [EventFilter]() }
        return of + starts + [after, without, unlessFollowed].compactMap(\.self).flatMap { $0.of + $0.unless }
    }
}

/// What was counted, by group and stretch of time.
public struct TallyResult: Sendable {
    /// Sums over people of what each of them has, and of the products of that.
    public struct Cell: Sendable, Equatable {
        public var people = 0  // Who have anything that counts.
        public var events: [Int]  // Shape `[leaves]`: that count.
        public var sums: [Double]  // Shape `[leaves]`.
        public var products: [Double]  // Shape `[leaves × leaves]`, row by row.

        public init(leafCount: Int) {
            events = [Int](repeating: 0, count: leafCount)
            sums = [Double](repeating: 0, count: leafCount)
            products = [Double](repeating: 0, count: leafCount * leafCount)
        }
    }

    public struct Group: Sendable, Equatable {
        public let key: SegmentationResult.Key
        public let total: Cell
        public let series: [Cell]  // Shape `[stretches]`; empty where there is one.
    }

    public let total: Cell
    public let series: [Cell]  // Shape `[stretches]`; empty where there is one.
    public let groups: [Group]  // With anything that counts, those with most events first; the others last.
}

/// An event that counted.
public struct TallyRow: Sendable, Equatable {
    public let leaf: Int
    public let person: PersonID  // The first of the person's ids that came.
    public let event: TimelineEntry
    public let countedAt: EventTime  // Its own time, or that of the event that it counts with.
    public let amount: Double
}
