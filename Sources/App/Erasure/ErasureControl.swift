import API
import Base
import Dispatch
import Domain
import Identities
import Journal
import Measure
import Store
import Timeline

/// Erases people: puts the erasure on record, has it applied, rewrites the files, and looks whether anything is left.
actor ErasureControl {
    private static let pause = Duration.milliseconds(2)
    private static let retryPause = Duration.seconds(5)  // Where the journal or the store fails.

    private let journal: Journal
    private let store: ControlStore
    private let state: DerivedState
    private let persons: @Sendable (TimelineSnapshot, PersonBasis) throws(ReadFailure) -> TimelineSnapshot
    private let projector: Projector
    private let folder: DataFolder
    private let log: Log
    private let worker = DispatchQueue(label: "erasure", qos: .utility)
    private let interruption = Interruption()
    private var waiting: [Erasure] = []
    private var task: Task<Void, Never>?

    init(
        journal: Journal, store: ControlStore, state: DerivedState,
        persons: @escaping @Sendable (TimelineSnapshot, PersonBasis) throws(ReadFailure) -> TimelineSnapshot,
        projector: Projector, folder: DataFolder, log: Log
    ) {
        self.persons = persons
        self.journal = journal
        self.store = store
        self.state = state
        self.projector = projector
        self.folder = folder
        self.log = log
    }

    // MARK: Asking

    /// Returns once the erasure of all ids of a person is on disk.
    func erase(_ person: PersonID, by actor: String) async throws(ReadFailure) -> Erasure {
        try await untilApplied(journal.sequenceEnd)
        let ids = state.identity.members(of: person)
        guard ids.count <= ErasureRecord.hashCountMax else {
            throw ReadFailure(reason: "the person has more than \(ErasureRecord.hashCountMax) ids")
        }
        let record = ErasureRecord(
            askedAt: WallClock.now(), actor: actor, hashes: ids.map(state.erasures.hash))
        do throws(DatabaseError) {
            _ = try await store.quarantine.erase(ids)
            try await store.audiences.erase(ids)
        } catch {
            throw ReadFailure(reason: error.explanation)
        }
        let key = Journal.notedKey(UInt64.random(in: .min ... .max))
        let outcome: AppendOutcome
        do throws(JournalError) {
            outcome = try await journal.append([JournalRecord(key: key, payload: ErasureCodec.encode(record))])[0]
        } catch {
            throw ReadFailure(reason: error.explanation)
        }
        guard case .appended(let sequence) = outcome else { throw ReadFailure(reason: "its key is known: try again") }
        let erasure = Erasure(sequence: sequence, record: record, state: .waiting)
        do throws(DatabaseError) { try await store.erasures.save(erasure) } catch {
            // The journal has it, and so will the next start.
            log.error("an erasure was not noted", ("reason", .string(error.explanation)))
        }
        begin(erasure)
        return erasure
    }

    /// Goes on with what was under way when the last process ended.
    func resume() async throws {
        let done = try await store.erasures.doneSequences()
        for (sequence, record) in try Erasures.all(of: journal) where !done.contains(sequence) {
            let erasure = Erasure(sequence: sequence, record: record, state: .waiting)
            try await store.erasures.save(erasure)
            begin(erasure)
        }
    }

    /// Ends what is under way, to be gone on with by the next start.
    func stop() async {
        interruption.ask()
        task?.cancel()
        await task?.value
    }

    // MARK: Erasing

    private func begin(_ erasure: Erasure) {
        waiting.append(erasure)
        if task == nil { task = Task { await self.run() } }
    }

    private func run() async {
        while let first = waiting.first, !Task.isCancelled {
            do {
                try await carryOut(waiting.filter { $0.sequence <= max(first.sequence, projector.sequenceEnd) })
            } catch is CancellationError {
                break
            } catch {
                log.error("a person cannot be erased yet", ("reason", .string("\(error)")))
                try? await Task.sleep(for: Self.retryPause)
            }
        }
        task = nil
    }

    private func carryOut(_ erasures: [Erasure]) async throws {
        guard let last = erasures.map(\.sequence).max() else { return }
        try await untilApplied(last + 1)
        try Task.checkCancellation()
        for var erasure in erasures {
            erasure.state = .scrubbing
            try await store.erasures.save(erasure)
        }
        _ = try await onWorker { [persons, state] () throws(JournalError) in
            _ = try? persons(state.view.timelines.counted.snapshot(), .now)  // It lets go of the timeline before.
        }
        await projector.save()
        state.removeBroken()
        _ = try await onWorker { [journal, interruption] () throws(JournalError) in
            try journal.scrub(before: last) { interruption.isRequested }
        }
        for erasure in erasures {
            let proof = try await proof(of: erasure)
            guard proof.isClean else {
                throw ReadFailure(
                    reason: "something is left: \(proof.journalRecordCount) records of the journal, "
                        + "\(proof.memoryCount) places in memory, \(proof.snapshotCount) in snapshots")
            }
            try await store.erasures.save(
                Erasure(sequence: erasure.sequence, record: erasure.record, state: .done, proof: proof))
            state.erasures.finish(erasure.sequence)
            waiting.removeAll { $0.sequence == erasure.sequence }
            log.info("a person is erased", ("erasure", .int(Int64(clamping: erasure.sequence))))
        }
    }

    /// Looks at everything anew: memory, the saved files, and the journal as it lies on disk.
    private func proof(of erasure: Erasure) async throws -> ErasureProof {
        let isOne = state.erasures.test(erasure.record)
        let inMemory = try await onWorker { [state] () throws(JournalError) in state.count(erasure, isOne) }
        let (inSnapshots, inJournal) = try await onWorker { [state, folder] () throws(JournalError) in
            let counts = try JournalErasureCount(folder.journal, erasure, isOne)
            return (state.paths.count(erasure, isOne, of: state), counts)
        }
        return ErasureProof(
            checkedAt: WallClock.now(), eventCount: inJournal.erasedCount, journalRecordCount: inJournal.leftCount,
            memoryCount: inMemory, snapshotCount: inSnapshots)
    }

    private func untilApplied(_ end: UInt64) async throws(ReadFailure) {
        while projector.sequenceEnd < end {
            do { try await Task.sleep(for: Self.pause) } catch { throw ReadFailure(reason: "the server is stopping") }
        }
    }

    private func onWorker<Value: Sendable>(
        _ work: @escaping @Sendable () throws(JournalError) -> Value
    ) async throws -> Value {
        let result: Result<Value, JournalError> = await withCheckedContinuation { answer in
            worker.async {
                do throws(JournalError) { answer.resume(returning: .success(try work())) } catch {
                    answer.resume(returning: .failure(error))
                }
            }
        }
        try Task.checkCancellation()
        return try result.get()
    }
}
