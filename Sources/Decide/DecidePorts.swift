public import Base
public import Domain

/// What deciding needs of the world.
public struct DecidePorts: Sendable {
    /// Makes the decision durable as an event of source `quanyu`; returns when it is, and throws where its id is known.
    public var record: @Sendable (Decision) async throws(DecideError) -> Void
    public var now: @Sendable () -> EventTime
    /// 64 random bits, new for each decision: what it is drawn with.
    public var seed: @Sendable () -> UInt64
    /// An id that no other decision has; `seed` would be too few bits for that.
    public var newID: @Sendable () -> DecisionID

    public init(
        record: @escaping @Sendable (Decision) async throws(DecideError) -> Void,
        now: @escaping @Sendable () -> EventTime,
        seed: @escaping @Sendable () -> UInt64,
        newID: @escaping @Sendable () -> DecisionID = { .random() }
    ) {
        self.record = record
        self.now = now
        self.seed = seed
        self.newID = newID
    }
}
