public import Base

/// Of each period, who was active in it for the first time, again, or after an absence, and who was no longer.
public struct LifecycleQuery: Sendable, Hashable {
    public let active: EventFilter
    let periods: ShownPeriods

    /// - Parameter range: The period that it begins in is the first, the one that it ends in the last.
    public init(
        active: EventFilter, range: Range<EventTime>, period: CalendarPeriod, zone: DayZone
    ) throws(TimelineQueryError) {
        self.active = active
        periods = try ShownPeriods(range: range, period: period, zone: zone, leadCount: 1)
    }
}

public struct LifecycleResult: Sendable, Equatable {
    public struct Period: Sendable, Equatable {
        public let start: EventTime
        public let isOver: Bool
        public let new: Int  // Never active before.
        public let returning: Int  // Active in the period before too.
        public let resurrecting: Int  // Active before, and not in the period before.
        public let dormant: Int  // Active in the period before, and not in this one.

        public var active: Int { new + returning + resurrecting }
        public var activeBefore: Int { returning + dormant }
    }

    public let periods: [Period]
}

/// Of those active in the days up to each day, how many were on that day itself.
public struct StickinessQuery: Sendable, Hashable {
    public static let windowDays: ClosedRange<Int> = 2...90

    public let active: EventFilter
    public let windowLength: Int  // In days, the last of a window among them.
    let periods: ShownPeriods

    public init(
        active: EventFilter, range: Range<EventTime>, zone: DayZone, windowLength: Int
    ) throws(TimelineQueryError) {
        self.active = active
        self.windowLength = min(max(windowLength, Self.windowDays.lowerBound), Self.windowDays.upperBound)
        periods = try ShownPeriods(range: range, period: .day, zone: zone, leadCount: self.windowLength - 1)
    }
}

public struct StickinessResult: Sendable, Equatable {
    public struct Day: Sendable, Equatable {
        public let start: EventTime
        public let isOver: Bool
        public let active: Int  // People active on the day.
        public let activeInWindow: Int  // People active on any day of the window that ends with it.
    }

    public let days: [Day]
    public let overall: RatioSums  // Days active over days in whose window, of days that are over.
    public let byActiveDays: [Int]  // Shape `[window + 1]`: people by active days of the last window that is over.
}
