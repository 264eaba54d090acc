public import Base
public import Domain

/// How many people went how far through steps in order, within a window that begins with the first step.
///
/// Means what ClickHouse's `windowFunnel` means in its default mode: steps may have other events between them, events
/// of one time count in the order of steps, and a later first step begins the window anew.
public struct FunnelQuery: Sendable, Hashable {
    public static let stepCountMax = 32

    public let steps: [EventFilter]
    public let window: Milliseconds  // From the first step to the last, inclusive.
    public let range: Range<EventTime>?  // Events outside it do not count; nil for all time.
    public let isByChannel: Bool

    public init(
        steps: [EventFilter], window: Milliseconds, range: Range<EventTime>? = nil, isByChannel: Bool = false
    ) throws(TimelineQueryError) {
        guard (1...Self.stepCountMax).contains(steps.count) else {
            throw .stepCountOutOfRange(count: steps.count, max: Self.stepCountMax)
        }
        guard (0...EventTime.unixMsEnd).contains(window.count) else { throw .windowOutOfRange(ms: window.count) }
        self.steps = steps
        self.window = window
        self.range = range
        self.isByChannel = isByChannel
    }
}

public struct FunnelResult: Sendable, Equatable {
    /// One channel's share: people whose chain of steps began there.
    public struct ChannelShare: Sendable, Equatable {
        public let channel: Channel
        public let people: [Int]  // Shape `[steps]`.
    }

    public let people: [Int]  // Shape `[steps]`: people who reached at least this step.
    public let byChannel: [ChannelShare]  // The largest first; sums to `people`. Empty unless asked for.
    public let peopleTotal: Int  // Everybody of the timeline.
}
