import Cleaning
import Synchronization

/// The journal as it is read now: under which history, and what queries read of it. Both change at once.
final class CleanedView: Sendable {
    struct Content: Sendable {
        var history: CleaningHistory
        var timelines: Timelines
        var sequenceLimit: UInt64?  // Records from here on wait until it is settled how they are read.
    }

    private let content: Mutex<Content>

    init(history: CleaningHistory, timelines: Timelines) {
        content = Mutex(Content(history: history, timelines: timelines))
    }

    var history: CleaningHistory { content.withLock { $0.history } }
    var timelines: Timelines { content.withLock { $0.timelines } }
    var current: Content { content.withLock { $0 } }

    /// From now on no record at or behind the limit is applied. What was read out of the journal before the call lies
    /// before it, since the journal only grows.
    ///
    /// - Parameter sequenceEnd: Of the journal.
    /// - Returns: The limit.
    func holdBack(at sequenceEnd: () -> UInt64) -> UInt64 {
        content.withLock { content in
            let limit = sequenceEnd()
            content.sequenceLimit = limit
            return limit
        }
    }

    /// Lets what waits be read, by the new history and into the new timelines where they are given.
    func release(history: CleaningHistory? = nil, timelines: Timelines? = nil) {
        content.withLock { content in
            content.history = history ?? content.history
            content.timelines = timelines ?? content.timelines
            content.sequenceLimit = nil
        }
    }

    /// Puts timelines in the place of others that were current until now.
    func replace(_ old: Timelines, by new: Timelines) {
        content.withLock { content in
            if content.timelines.counted === old.counted { content.timelines = new }
        }
    }

    /// How the records before `end` were read, for a snapshot of `timelines`; nil where they are no longer current.
    ///
    /// Ask once they are sealed: a record is applied only after the history that it is read by has come in here.
    func basis(of timelines: Timelines, before end: UInt64) -> UInt64? {
        content.withLock { content in
            content.timelines.counted === timelines.counted ? content.history.basis(before: end) : nil
        }
    }
}
