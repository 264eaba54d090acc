import Base
import Cleaning
import Domain
import Journal
import Synchronization

/// Timelines on their way: all history read again, while the old ones are in use.
final class TimelinesMaking: Sendable {
    private static let batchCountMax = 4096

    let timelines = Timelines()
    private let history: CleaningHistory
    private let journal: Journal
    private let progress = Mutex<UInt64>(0)
    private let isCancelled = Mutex(false)

    init(history: CleaningHistory, journal: Journal) {
        self.history = history
        self.journal = journal
    }

    /// Records before it are in the timelines.
    var sequenceEnd: UInt64 { progress.withLock { $0 } }

    var wasCancelled: Bool { isCancelled.withLock { $0 } }

    func cancel() { isCancelled.withLock { $0 = true } }

    /// Reads on up to the record `end`, or until it is cancelled. Blocks.
    func catchUp(to end: UInt64) throws(JournalError) {
        let parser = JSONParser()
        while sequenceEnd < end, !wasCancelled {
            let next = sequenceEnd
            let countMax = min(Self.batchCountMax, Int(clamping: end - next))
            let records = try journal.read(from: next, countMax: countMax).filter { $0.sequence < end }
            let events = records.compactMap { record -> (sequence: UInt64, cleaned: Cleaned)? in
                guard let event = try? JournalEntry(record.payload, parser: parser).event else { return nil }
                return (record.sequence, history(event, sequence: record.sequence))
            }
            timelines.append(events)
            if timelines.isMergeDue { timelines.merge() }
            let done = records.last.map { $0.sequence + 1 } ?? end  // Without any, all up to there are lost.
            progress.withLock { $0 = done }
        }
    }
}
