import Synchronization

/// How long a query may run, and whether somebody ended it before. One that is spent leaves its result unfinished: look
/// at `isSpent` before using it.
public final class QueryBudget: Sendable {
    private let deadline: ContinuousClock.Instant
    private let isEnded = Atomic<Bool>(false)

    public init(until deadline: ContinuousClock.Instant) { self.deadline = deadline }

    /// Stops the query where it next looks: within milliseconds.
    public func end() { isEnded.store(true, ordering: .relaxed) }

    /// Whether a query stopped before its end, or has no time left.
    public var isSpent: Bool { isEnded.load(ordering: .relaxed) }

    /// Whether to go on; past the deadline the budget is spent.
    public func allowsMore() -> Bool {
        if isSpent { return false }
        guard ContinuousClock.now >= deadline else { return true }
        end()
        return false
    }
}
