import Base
import Cleaning
import Domain
import Journal
import Measure
import Synchronization
import Timeline

/// Timelines on their way: all history read again, while the old ones are in use.
final class TimelinesMaking: Sendable {
    private static let batchCountMax = 4096

    private let made: Mutex<Timelines>
    private let erasures: Erasures
    private let history: CleaningHistory
    private let journal: Journal
    private let progress = Mutex<UInt64>(0)
    private let isCancelled = Mutex(false)

    init(history: CleaningHistory, journal: Journal, erasures: Erasures, options: TimelineOptions) {
        made = Mutex(Timelines(options: options))
        self.erasures = erasures
        self.history = history
        self.journal = journal
    }

    var timelines: Timelines { made.withLock { $0 } }

    /// Records before it are in the timelines.
    var sequenceEnd: UInt64 { progress.withLock { $0 } }

    var wasCancelled: Bool { isCancelled.withLock { $0 } }

    func cancel() { isCancelled.withLock { $0 = true } }

    /// Reads on up to the record `end`, or until it is cancelled. Blocks.
    ///
    /// - Throws: `JournalError`, and `TimelineError` where a merge fails; it can be called again.
    func catchUp(to end: UInt64) throws {
        var decode = JournalDecoder()
        while sequenceEnd < end, !wasCancelled {
            let next = sequenceEnd
            let countMax = min(Self.batchCountMax, Int(clamping: end - next))
            let records = try journal.read(from: next, countMax: countMax).filter { $0.sequence < end }
            var fresh = Timelines.Fresh(countMax: records.count)
            for record in records {
                switch try? decode(record.payload) {
                case .event(let event): fresh.add(history(event, sequence: record.sequence), at: record.sequence)
                case .erasure(let erasure):
                    timelines.append(fresh)
                    fresh = Timelines.Fresh(countMax: records.count)
                    try erase(erasure)
                case .receipt, .erased, nil: break
                }
            }
            timelines.append(fresh)
            if timelines.isMergeDue { timelines.merge() }
            if let failure = timelines.mergeFailure { throw failure }
            let done = records.last.map { $0.sequence + 1 } ?? end  // Without any, all up to there are lost.
            progress.withLock { $0 = done }
        }
    }

    /// Forgets a person of whom records were read before the erasure was known.
    private func erase(_ record: ErasureRecord) throws(TimelineError) {
        let isErased = erasures.test(record)
        try made.withLock { (timelines) throws(TimelineError) in
            let counted = try timelines.counted.erasing(isErased).timeline
            let marked = try timelines.marked.erasing(isErased).timeline
            timelines.decisions.erase(before: .max, isErased)
            timelines = Timelines(
                counted: counted, marked: marked, decisions: timelines.decisions,
                sequenceStart: timelines.sequenceStart)
        }
    }
}
