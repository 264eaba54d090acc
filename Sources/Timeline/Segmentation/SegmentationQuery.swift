public import Base
public import Domain
private import Statistics

/// How much of what is meant happened, by what it is grouped by, over time.
public struct SegmentationQuery: Sendable, Hashable {
    public static let dimensionCountMax = 2
    public static let groupCountMax = 200  // Of one dimension.
    public static let periodCountMax = 800
    static let cellCountMax = 1 << 19
    static let registerCountMax = 1 << 26  // Of all sketches of one query: a byte each, for every thread.

    /// What events are grouped by.
    public enum Dimension: Sendable, Hashable {
        case name, channel, subject
        case property(PropertyName)  // Of texts.
    }

    /// What is measured. Those of values leave out events without one.
    public enum Measure: Sendable, Hashable {
        case events
        case people  // Distinct, exact.
        case peopleApproximate(precision: Int)  // Distinct, by sketches of 2^precision bytes.
        case eventsPerPerson  // Of those who did it.
        case sum(Value)
        case mean(Value)  // An event.
        case sumPerPerson(Value)  // Of those with a value.
        case quantile(Double, Value)  // Over events.
    }

    public enum Value: Sendable, Hashable {
        case money(Currency)  // In minor units.
        case property(PropertyName)  // Of numbers.
    }

    public let event: EventFilter
    public let measure: Measure
    public let dimensions: [Dimension]
    public let boundaries: [EventTime]  // Of stretches of time; the last is where the last one ends.
    public let groupCount: Int  // Named groups of a dimension, the largest; the others are one.

    public init(
        event: EventFilter, measure: Measure, dimensions: [Dimension] = [], boundaries: [EventTime],
        groupCount: Int = 20
    ) throws(TimelineQueryError) {
        guard dimensions.count <= Self.dimensionCountMax, Set(dimensions).count == dimensions.count else {
            throw .dimensionsOutOfRange(count: dimensions.count, max: Self.dimensionCountMax)
        }
        guard (1...Self.groupCountMax).contains(groupCount) else {
            throw .groupCountOutOfRange(groupCount, max: Self.groupCountMax)
        }
        guard (2...Self.periodCountMax + 1).contains(boundaries.count),
            zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .tooManyPeriods(max: Self.periodCountMax) }
        let cells = dimensions.reduce(boundaries.count - 1) { count, _ in count * (groupCount + 1) }
        guard cells <= Self.cellCountMax else { throw .tooManyGroups(count: cells, max: Self.cellCountMax) }
        if case .peopleApproximate(let precision) = measure {
            guard DistinctSketch.precisions.contains(precision) else {
                throw .precisionOutOfRange(
                    precision, min: DistinctSketch.precisions.lowerBound, max: DistinctSketch.precisions.upperBound)
            }
            let cellsMax = Self.registerCountMax >> precision
            guard cells <= cellsMax else { throw .sketchesTooLarge(cells: cells, max: cellsMax) }
        }
        self.event = event
        self.measure = measure
        self.dimensions = dimensions
        self.boundaries = boundaries
        self.groupCount = groupCount
    }
}

/// Groups, the largest first, and what is measured of each: over all time, and in each period where there are several.
public struct SegmentationResult: Sendable, Equatable {
    /// What an event has of a dimension.
    public enum Key: Sendable, Hashable {
        case text(String)
        case none  // It has none.
        case others  // Any but the named ones.
    }

    public struct Cell: Sendable, Equatable {
        public let events: Int  // That are measured.
        public let people: Int
        public let value: Double?  // Nil where nothing can be said.
        public let low: Double?  // Of the interval at 95%; nil where the value is exact.
        public let high: Double?
    }

    public struct Group: Sendable, Equatable {
        public let keys: [Key]  // One for each dimension.
        public let total: Cell
        public let series: [Cell]  // Shape `[periods]`; empty where there is one period.
    }

    public let groups: [Group]  // Those with events.
    public let total: Cell
}
