import Base
import Cleaning
import Domain
import Journal
import Synchronization
import Timeline

/// Timelines on their way: all history read again, while the old ones are in use.
final class TimelinesMaking: Sendable {
    private static let batchCountMax = 4096

    let timelines: Timelines
    private let history: CleaningHistory
    private let journal: Journal
    private let progress = Mutex<UInt64>(0)
    private let isCancelled = Mutex(false)

    init(history: CleaningHistory, journal: Journal, options: TimelineOptions) {
        timelines = Timelines(options: options)
        self.history = history
        self.journal = journal
    }

    /// Records before it are in the timelines.
    var sequenceEnd: UInt64 { progress.withLock { $0 } }

    var wasCancelled: Bool { isCancelled.withLock { $0 } }

    func cancel() { isCancelled.withLock { $0 = true } }

    /// Reads on up to the record `end`, or until it is cancelled. Blocks.
    func catchUp(to end: UInt64) throws(JournalError) {
        var decode = JournalDecoder()
        while sequenceEnd < end, !wasCancelled {
            let next = sequenceEnd
            let countMax = min(Self.batchCountMax, Int(clamping: end - next))
            let records = try journal.read(from: next, countMax: countMax).filter { $0.sequence < end }
            var fresh = Timelines.Fresh(countMax: records.count)
            for record in records {
                guard let event = try? decode(record.payload).event else { continue }
                fresh.add(history(event, sequence: record.sequence), at: record.sequence)
            }
            timelines.append(fresh)
            if timelines.isMergeDue { timelines.merge() }
            let done = records.last.map { $0.sequence + 1 } ?? end  // Without any, all up to there are lost.
            progress.withLock { $0 = done }
        }
    }
}
