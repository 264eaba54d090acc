public import Base
public import Domain

/// At least so many events of one name.
public struct AudienceClause: Sendable, Hashable {
    public let name: EventName
    public let channel: Channel?  // Nil for any.
    public let countMin: Int
    public let range: Range<EventTime>?  // Nil for all time.

    public init(
        name: EventName, channel: Channel? = nil, countMin: Int = 1, range: Range<EventTime>? = nil
    ) throws(TimelineQueryError) {
        guard countMin >= 1 else { throw .countBelowOne(countMin) }
        self.name = name
        self.channel = channel
        self.countMin = countMin
        self.range = range
    }
}

/// The people who meet every clause of `did` and none of `didNot`.
public struct AudienceQuery: Sendable, Hashable {
    public static let clauseCountMax = 64

    public let did: [AudienceClause]
    public let didNot: [AudienceClause]
    public let limit: Int  // Of the people named; the count is of all.

    public init(did: [AudienceClause], didNot: [AudienceClause] = [], limit: Int = 1000) throws(TimelineQueryError) {
        let count = did.count + didNot.count
        guard count <= Self.clauseCountMax else {
            throw .conditionCountOutOfRange(count: count, max: Self.clauseCountMax)
        }
        guard limit >= 0 else { throw .countBelowOne(limit) }
        self.did = did
        self.didNot = didNot
        self.limit = limit
    }
}

public struct AudienceResult: Sendable, Equatable {
    public let count: Int
    public let people: [PersonID]  // The first `limit`, by when the first of their ids came.
    public let peopleTotal: Int  // Everybody of the timeline.
}
