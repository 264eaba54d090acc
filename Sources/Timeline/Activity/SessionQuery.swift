public import Base
public import Domain

/// Stretches of a person's events that no gap parts, each counted where its first event lies.
public struct SessionQuery: Sendable, Hashable {
    public let events: EventFilter
    public let gap: Milliseconds
    public let range: Range<EventTime>
    let days: ShownPeriods

    /// - Parameters:
    ///   - events: What belongs to a session, and holds it together.
    ///   - gap: An event that comes later than this behind the one before it begins a session.
    ///   - range: Where the first event lies; the others may lie behind.
    ///   - zone: Whose days sessions are counted by. A session that goes on past midnight stays one, of its first day.
    public init(
        events: EventFilter, gap: Milliseconds, range: Range<EventTime>, zone: DayZone
    ) throws(TimelineQueryError) {
        self.events = events
        self.gap = gap
        self.range = range
        days = try ShownPeriods(range: range, period: .day, zone: zone, leadCount: 1)
    }
}

public struct SessionResult: Sendable, Equatable {
    public struct Group: Sendable, Equatable {
        public let people: Int
        public let sessions: Int
        public let events: Int
        public let bounces: Int  // Sessions of one event alone.
        public let sessionsPerPerson: RatioSums
        public let eventsPerSession: RatioSums
        public let bounceShare: RatioSums
        public let durationMs: RatioSums  // Per session.
    }

    public struct Day: Sendable, Equatable {
        public let start: EventTime
        public let group: Group
    }

    public struct ChannelGroup: Sendable, Equatable {
        public let channel: Channel  // Of the first event.
        public let group: Group
    }

    public let all: Group
    public let days: [Day]
    public let channels: [ChannelGroup]  // The most sessions first.
    public let durationsMs: [Double]  // Of each session, those of one person side by side.
    public let sessionCounts: [UInt32]  // Of each person with a session, in the same order.
}
