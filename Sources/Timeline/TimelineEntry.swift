public import Base
public import Domain

/// One event as the timeline keeps it; the journal has the rest.
public struct TimelineEntry: Sendable, Equatable {
    public let sequence: UInt64  // In the journal.
    public let time: EventTime
    public let name: EventName
    public let channel: Channel
    public let subject: Subject?
    public let value: Money?
    public let decision: DecisionID?

    public init(
        sequence: UInt64, time: EventTime, name: EventName, channel: Channel, subject: Subject? = nil,
        value: Money? = nil, decision: DecisionID? = nil
    ) {
        self.sequence = sequence
        self.time = time
        self.name = name
        self.channel = channel
        self.subject = subject
        self.value = value
        self.decision = decision
    }

    /// Where to go on reading towards older events.
    public var cursor: TimelineCursor { TimelineCursor(time: time, sequence: sequence) }
}

/// A place in a person's timeline, written `unixMs.sequence`; it stays valid while events are added.
public struct TimelineCursor: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let time: EventTime
    public let sequence: UInt64

    public init(time: EventTime, sequence: UInt64) {
        self.time = time
        self.sequence = sequence
    }

    /// Nil unless `text` is two numbers with a point between, the first of them a time.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let ms = Int64(parts[0]), let time = EventTime(unixMs: ms),
            let sequence = UInt64(parts[1])
        else { return nil }
        self.init(time: time, sequence: sequence)
    }

    public var description: String { "\(time.unixMs).\(sequence)" }

    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.time, lhs.sequence) < (rhs.time, rhs.sequence) }
}
