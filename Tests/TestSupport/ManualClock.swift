public import Base
private import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: Sendable {
    private let unixMs: Mutex<Int64>

    public init(unixMs: Int64 = 1_750_000_000_000) { self.unixMs = Mutex(unixMs) }

    public var now: EventTime { EventTime(clampingUnixMs: unixMs.withLock { $0 }) }

    public func advance(by span: Milliseconds) { unixMs.withLock { $0 += span.count } }
}
