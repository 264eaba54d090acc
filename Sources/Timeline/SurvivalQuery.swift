public import Base

/// How long after a start something happens to people.
public struct SurvivalQuery: Sendable, Hashable {
    public static let unitCountMax = 1000
    public static let occurrenceMax = 1000
    public static let groupCountMax = 8

    public let start: EventFilter
    public let end: EventFilter
    public let occurrence: Int  // Which start of a person counts, from 1 for the very first on.
    public let isFirstOnly: Bool  // Leaves out to whom it happened before their start.
    public let range: Range<EventTime>  // In which the start lies.
    public let unit: Milliseconds  // What durations are counted in.
    public let unitCount: Int  // The horizon.
    public let groups: [EventFilter]  // Whom to compare: by the first of them that the start meets.

    public init(
        start: EventFilter, end: EventFilter, occurrence: Int, isFirstOnly: Bool, range: Range<EventTime>,
        unit: Milliseconds,
        unitCount: Int, groups: [EventFilter]
    ) {
        precondition((1...Self.unitCountMax).contains(unitCount) && (1...Self.occurrenceMax).contains(occurrence))
        precondition(unit.count > 0 && groups.count <= Self.groupCountMax, "a unit, and at most 8 groups")
        self.start = start
        self.end = end
        self.occurrence = occurrence
        self.isFirstOnly = isFirstOnly
        self.range = range
        self.unit = unit
        self.unitCount = unitCount
        self.groups = groups
    }
}

public struct SurvivalResult: Sendable, Equatable {
    /// For how many it happened, and how many were cut off, by whole units; those at the horizon are cut off.
    public struct Group: Sendable, Equatable {
        public let happened: [Int]  // Shape `[unitCount + 1]`.
        public let cutOff: [Int]  // Shape `[unitCount + 1]`.

        public init(happened: [Int], cutOff: [Int]) {
            self.happened = happened
            self.cutOff = cutOff
        }
    }

    public let groups: [Group]  // Of each of the query's, or of everybody where it has none.
    public let leftOut: Int  // Who started and is in no group, or to whom it had happened before.
}
