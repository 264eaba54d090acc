public import Base
public import Domain

/// What deciding needs of the world.
public struct DecidePorts: Sendable {
    /// Makes the decision durable as an event of source `quanyu`; returns when it is.
    public var record: @Sendable (Decision) async throws(DecideError) -> Void
    public var now: @Sendable () -> EventTime
    /// 64 random bits, new for each decision.
    public var seed: @Sendable () -> UInt64

    public init(
        record: @escaping @Sendable (Decision) async throws(DecideError) -> Void,
        now: @escaping @Sendable () -> EventTime,
        seed: @escaping @Sendable () -> UInt64
    ) {
        self.record = record
        self.now = now
        self.seed = seed
    }
}
