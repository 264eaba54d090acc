public import Base

/// Which of the elements that were set aside; what is nil lets all through.
public struct QuarantineFilter: Sendable, Equatable {
    public static let all = QuarantineFilter()

    public var reason: String?
    public var source: SourceName?
    public var received: Range<EventTime>?

    public init(reason: String? = nil, source: SourceName? = nil, received: Range<EventTime>? = nil) {
        self.reason = reason
        self.source = source
        self.received = received
    }
}

/// How many elements were set aside, and of those how many were not taken yet.
public struct QuarantineCount: Sendable, Equatable {
    public let all: Int
    public let waiting: Int

    public init(all: Int, waiting: Int) {
        self.all = all
        self.waiting = waiting
    }
}
