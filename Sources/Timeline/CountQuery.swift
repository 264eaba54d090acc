public import Base
public import Domain

/// How many events and distinct people there are, by name, channel and time as asked.
public struct CountQuery: Sendable, Hashable {
    /// Bounds the memory of one query.
    public static let groupCountMax = 1 << 21

    public var range: Range<EventTime>?  // Nil for all time.
    public var names: Set<EventName>?  // Nil for all.
    public var channels: Set<Channel>?  // Nil for all.
    public var isByName = false
    public var isByChannel = false
    public var bucket: Milliseconds?  // Length of a bucket of time; nil for none.
    public var offset = Milliseconds(0)  // Local time less UTC: buckets begin at multiples of their length locally.
    public var sumsValues = false

    public init(
        range: Range<EventTime>? = nil, names: Set<EventName>? = nil, channels: Set<Channel>? = nil,
        isByName: Bool = false, isByChannel: Bool = false, bucket: Milliseconds? = nil,
        offset: Milliseconds = Milliseconds(0), sumsValues: Bool = false
    ) {
        self.range = range
        self.names = names
        self.channels = channels
        self.isByName = isByName
        self.isByChannel = isByChannel
        self.bucket = bucket
        self.offset = offset
        self.sumsValues = sumsValues
    }
}

/// A sum of money past what one `Money` may hold: exact as far as 64 bits go, and their largest number from there on.
public struct ValueSum: Sendable, Hashable {
    public let minor: Int64
    public let currency: Currency

    public init(minor: Int64, currency: Currency) {
        self.minor = minor
        self.currency = currency
    }
}

/// One group that has events.
public struct CountRow: Sendable, Hashable {
    public let start: EventTime?  // Of the bucket; nil unless asked for.
    public let name: EventName?  // Nil unless asked for.
    public let channel: Channel?  // Nil unless asked for.
    public let events: Int
    public let people: Int  // Distinct within the group, exact: groups do not add up.
    public let values: [ValueSum]  // By currency code; empty unless asked for.
}
