import Base
import Decide
import Domain
import Foundation
import Journal
import Measure
import Synchronization
import Timeline

/// Follows the journal and applies each event, in order, to everything that is derived from it. The only writer of all
/// of it.
final class Projector: Sendable {
    private static let batchCountMax = 4096
    private static let waitMax = Milliseconds(200)
    private static let retryPause = 1.0  // Seconds, after the journal could not be read.
    private static let mergePause = Duration.seconds(10)  // After a merge failed.
    private static let holdPause = 0.002  // Seconds, while records wait until it is settled how they are read.

    private struct Upkeep {
        var isRunning = false
        var lastSave = ContinuousClock.now
        var savedEnd: UInt64
        var mergeFrom = ContinuousClock.now  // Not before: the last one may have failed.
    }

    private let journal: Journal
    private let state: DerivedState
    private let log: Log
    private let isStopping = Mutex(false)
    private let progress: Mutex<UInt64>
    private let newest: Mutex<EventTime?>
    private let work = DispatchQueue(label: "projector")  // Follows the journal.
    private let upkeep = DispatchQueue(label: "projector.upkeep")  // Merges and snapshots, one at a time.
    private let upkeepState: Mutex<Upkeep>
    private let snapshotInterval: Duration

    init(journal: Journal, state: DerivedState, snapshotInterval: Milliseconds, log: Log) {
        self.journal = journal
        self.state = state
        self.log = log
        self.snapshotInterval = .milliseconds(snapshotInterval.count)
        progress = Mutex(state.sequenceEnd)
        upkeepState = Mutex(Upkeep(savedEnd: state.sequenceEnd))
        newest = Mutex(try? journal.newestTime(by: state.view.history))
    }

    /// Records before this one are in everything that is derived.
    var sequenceEnd: UInt64 { progress.withLock { $0 } }

    /// When the event that was taken last happened.
    var newestTime: EventTime? { newest.withLock { $0 } }

    func start() {
        work.async { self.follow() }
    }

    /// Applies what is left, saves, and ends.
    func stop() async {
        isStopping.withLock { $0 = true }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            work.async { self.upkeep.async { done.resume() } }
        }
        state.save(log)
    }

    private func follow() {
        while true {
            let isStopping = isStopping.withLock { $0 }
            if journal.waitForRecords(past: sequenceEnd, timeout: isStopping ? Milliseconds(0) : Self.waitMax) {
                let isApplied = applyBatch()
                if isStopping, !isApplied { return }
            } else if isStopping {
                return
            }
            startUpkeep()
        }
    }

    /// False where the journal could not be read.
    private func applyBatch() -> Bool {
        do {
            let end = journal.sequenceEnd
            let records = try journal.read(from: sequenceEnd, countMax: Self.batchCountMax)
            guard let last = records.last else {
                progress.withLock { $0 = end }  // All up to there are lost.
                return true
            }
            // Asked for after reading, so that all that was read before a hold lies before its limit.
            let content = state.view.current
            guard let limit = content.sequenceLimit, limit <= last.sequence else {
                try apply(records, to: content, end: last.sequence + 1)
                return true
            }
            try apply(records.filter { $0.sequence < limit }, to: content, end: max(limit, sequenceEnd))
            Thread.sleep(forTimeInterval: Self.holdPause)
            return true
        } catch let error as JournalError {
            log.error("the journal cannot be read", ("reason", .string(error.explanation)))
        } catch {
            log.error("an erasure cannot be applied yet", ("reason", .string("\(error)")))
        }
        Thread.sleep(forTimeInterval: Self.retryPause)
        return false
    }

    /// - Throws: Where an erasure fails: all records before it are applied.
    private func apply(
        _ records: [(sequence: UInt64, payload: [UInt8])], to content: CleanedView.Content, end: UInt64
    ) throws(TimelineError) {
        var (content, rest) = (content, records[...])
        while let place = rest.firstIndex(where: { $0.payload.first == ErasureCodec.version }) {
            let own = rest[place]
            apply(rest[..<place], to: content)
            progress.withLock { $0 = own.sequence }
            if case .erasure(let erasure)? = try? JournalEntry(own.payload) {
                try state.erase(erasure, at: own.sequence)
                content.timelines = state.view.timelines
            }
            apply([own], to: content)
            rest = rest[(place + 1)...]
        }
        apply(rest, to: content)
        progress.withLock { $0 = end }
    }

    private func apply(_ records: ArraySlice<(sequence: UInt64, payload: [UInt8])>, to content: CleanedView.Content) {
        guard !records.isEmpty else { return }
        let newestTime = state.apply(Array(records), to: content, log)
        newest.withLock { $0 = newestTime ?? $0 }
    }

    /// Saves all that is applied, once what is under way is done.
    func save() async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            upkeep.async { [self] in
                state.save(log)
                done.resume()
            }
        }
    }

    /// Saves once what is under way is done.
    func saveSoon() { upkeep.async { [self] in state.save(log) } }

    /// Merges and saves where it is time, unless the last upkeep is still under way.
    private func startUpkeep() {
        let applied = sequenceEnd
        let isMergeDue = state.view.timelines.isMergeDue || state.isForgettingDue
        let due = upkeepState.withLock { upkeep in
            let due = (
                merge: isMergeDue && upkeep.mergeFrom <= .now,
                save: upkeep.savedEnd < applied && ContinuousClock.now - upkeep.lastSave > snapshotInterval
            )
            guard !upkeep.isRunning, due.merge || due.save else { return (merge: Bool, save: Bool)?.none }
            upkeep.isRunning = true
            if due.save { (upkeep.lastSave, upkeep.savedEnd) = (.now, applied) }
            return due
        }
        guard let due else { return }
        upkeep.async { [self] in
            let mergeFrom = due.merge ? merge() : nil
            if due.save { state.save(log) }
            upkeepState.withLock { upkeep in
                upkeep.mergeFrom = mergeFrom ?? upkeep.mergeFrom
                upkeep.isRunning = false
            }
        }
    }

    /// - Returns: Where it failed, when to try again.
    private func merge() -> ContinuousClock.Instant? {
        let timelines = state.view.timelines
        if let time = state.observedFrom { timelines.forget(before: time) }
        timelines.merge()
        guard let failure = timelines.mergeFailure else { return nil }
        log.warning(
            "the timeline cannot be merged; its newest events stay in memory", ("reason", .string("\(failure)")))
        return .now + Self.mergePause
    }
}
