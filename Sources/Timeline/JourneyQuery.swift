public import Base
public import Domain

/// The journeys that led people to what they did, or to nothing.
public struct JourneyQuery: Sendable, Hashable {
    public static let touchFilterCountMax = 16
    public static let lookBackDaysMax: Int64 = 365

    /// What touches are counted under.
    public enum Dimension: Sendable, Hashable {
        case channel
        case subject(Subject.Kind)  // Of touches about something else, the property of the kind's name.
        case property(PropertyName)  // Its texts; a touch without one names nothing.
    }

    public let conversion: EventFilter
    public let refund: EventFilter?  // Takes back the last conversion before it about the same subject.
    public let touches: [EventFilter]
    public let dimension: Dimension
    public let range: Range<EventTime>  // Conversions lie in it, and so do the touches that led to none.
    public let lookBack: Milliseconds  // From a touch to its conversion, inclusive.
    public let isSinceConversion: Bool  // A touch leads to the next conversion alone.
    public let isCollapsed: Bool  // Touches of one key in a row are one, the last of them.
    public let direct: Set<Channel>  // Channels that stand for having come by oneself.

    public init(
        conversion: EventFilter, refund: EventFilter?, touches: [EventFilter], dimension: Dimension,
        range: Range<EventTime>, lookBack: Milliseconds, isSinceConversion: Bool = true, isCollapsed: Bool = false,
        direct: Set<Channel> = []
    ) throws(TimelineQueryError) {
        guard (1...Self.touchFilterCountMax).contains(touches.count) else {
            throw .touchCountOutOfRange(count: touches.count, max: Self.touchFilterCountMax)
        }
        guard (0...Milliseconds.days(Self.lookBackDaysMax).count).contains(lookBack.count) else {
            throw .windowOutOfRange(ms: lookBack.count)
        }
        self.conversion = conversion
        self.refund = refund
        self.touches = touches
        self.dimension = dimension
        self.range = range
        self.lookBack = lookBack
        self.isSinceConversion = isSinceConversion
        self.isCollapsed = isCollapsed
        self.direct = direct
    }
}
