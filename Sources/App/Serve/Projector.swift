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

    private enum Phase { case waiting, running, stopping, stopped }

    private let journal: Journal
    private let state: DerivedState
    private let log: Log
    private let phase = Mutex(Phase.waiting)
    private let progress: Mutex<UInt64>
    private let newest: Mutex<EventTime?>
    private let work = DispatchQueue(label: "projector")  // Follows the journal.
    private let upkeep = DispatchQueue(label: "projector.upkeep")  // Merges and snapshots, one at a time.
    private let snapshotInterval: Duration

    init(journal: Journal, state: DerivedState, snapshotInterval: Milliseconds, log: Log) {
        self.journal = journal
        self.state = state
        self.log = log
        self.snapshotInterval = .milliseconds(snapshotInterval.count)
        progress = Mutex(state.sequenceEnd)
        newest = Mutex((try? journal.events([max(journal.sequenceEnd, 1) - 1]))?.first??.time)
    }

    /// Records before this one are in everything that is derived.
    var sequenceEnd: UInt64 { progress.withLock { $0 } }

    /// When the event that was taken last happened.
    var newestTime: EventTime? { newest.withLock { $0 } }

    func start() {
        phase.withLock { $0 = .running }
        work.async { self.follow() }
    }

    /// Applies what is left, saves, and ends.
    func stop() async {
        phase.withLock { $0 = .stopping }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            work.async { self.upkeep.async { done.resume() } }
        }
        state.save(log)
    }

    private func follow() {
        var merging = false
        var lastSave = ContinuousClock.now
        var savedEnd = sequenceEnd
        while true {
            let isStopping = phase.withLock { $0 == .stopping }
            if journal.waitForRecords(past: sequenceEnd, timeout: isStopping ? Milliseconds(0) : Self.waitMax) {
                applyBatch()
            } else if isStopping {
                return
            }
            if state.timeline.isMergeDue, !merging {
                merging = true
                upkeep.async { self.state.timeline.merge() }
            } else if !state.timeline.isMergeDue {
                merging = false
            }
            if ContinuousClock.now - lastSave > snapshotInterval, savedEnd < sequenceEnd {
                lastSave = .now
                savedEnd = sequenceEnd
                upkeep.async { self.state.save(self.log) }
            }
        }
    }

    private func applyBatch() {
        do throws(JournalError) {
            let records = try journal.read(from: sequenceEnd, countMax: Self.batchCountMax)
            guard let last = records.last else { return }
            let newestTime = state.apply(records, log)
            newest.withLock { $0 = newestTime ?? $0 }
            progress.withLock { $0 = last.sequence + 1 }
        } catch {
            log.error("the journal cannot be read", ("reason", .string(error.explanation)))
            Thread.sleep(forTimeInterval: Self.retryPause)
        }
    }
}
