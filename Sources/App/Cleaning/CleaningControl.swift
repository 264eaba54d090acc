import API
import Base
import Cleaning
import Dispatch
import Domain
import Journal
import Store
import Timeline

/// Changes how events are read: from now on, or for all history.
///
/// The store is changed first, and while it is, no record that the change is about is applied: what queries see is
/// always what the store says, after a kill, too.
actor CleaningControl {
    private static let pause = Duration.milliseconds(2)
    private static let retryPause = Duration.seconds(1)  // Where the journal or the store fails.
    private static let nearCount: UInt64 = 4096  // Records that may wait while the last ones are read.

    private let journal: Journal
    private let store: ControlStore
    private let view: CleanedView
    private let erasures: Erasures
    private let projector: Projector
    private let log: Log
    private let worker = DispatchQueue(label: "cleaning.rerun", qos: .utility)
    private var isChanging = false
    private var making: TimelinesMaking?
    private var task: Task<Void, Never>?

    init(
        journal: Journal, store: ControlStore, view: CleanedView, erasures: Erasures, projector: Projector, log: Log
    ) {
        self.erasures = erasures
        self.journal = journal
        self.store = store
        self.view = view
        self.projector = projector
        self.log = log
    }

    /// How far history has been read again; nil where it is not being read.
    var progress: CleaningProgress? {
        making.map { CleaningProgress(sequence: $0.sequenceEnd, sequenceEnd: journal.sequenceEnd) }
    }

    // MARK: From now on

    func add(
        steps: JSON?, rates: [CurrencyRate], author: String, note: String
    ) async throws(CleaningChangeError) -> CleaningVersion {
        let store = store
        let record = try await changing { start throws(DatabaseError) in
            try await store.cleaning.add(
                steps: steps, rates: rates, author: author, note: note, from: start, at: WallClock.now())
        }
        guard let made = record.versions.last else { throw .failed(reason: "the version is missing") }
        return made
    }

    func hold(_ version: Int64) async throws(CleaningChangeError) {
        try await check(version)
        let store = store
        _ = try await changing { start throws(DatabaseError) in
            try await store.cleaning.hold(version, from: start)
        }
    }

    /// - Parameter change: What is done in the store, given the record from which on it holds.
    private func changing(
        _ change: @Sendable (UInt64) async throws(DatabaseError) -> CleaningRecord
    ) async throws(CleaningChangeError) -> CleaningRecord {
        guard task == nil else { throw .rerunUnderWay }
        guard !isChanging else { throw .busy }
        isChanging = true
        defer { isChanging = false }
        let start = view.holdBack { [journal] in journal.sequenceEnd }
        do throws(DatabaseError) {
            let record = try await change(start)
            view.release(history: try Self.history(record))
            return record
        } catch {
            view.release()
            throw .failed(reason: error.explanation)
        }
    }

    private func check(_ version: Int64) async throws(CleaningChangeError) {
        let known: CleaningVersion?
        do throws(DatabaseError) { known = try await store.cleaning.version(version) } catch {
            throw .failed(reason: error.explanation)
        }
        guard known != nil else { throw .unknownVersion(version) }
    }

    private static func history(_ record: CleaningRecord) throws(DatabaseError) -> CleaningHistory {
        do throws(CleaningSettingsError) { return try CleaningHistory(record) } catch {
            throw DatabaseError(reason: .corrupt, message: "a version of cleaning cannot be read: \(error.place)")
        }
    }

    // MARK: All history

    func rerun(_ version: Int64, author: String) async throws(CleaningChangeError) {
        try await check(version)
        guard task == nil else { throw .rerunUnderWay }
        guard !isChanging else { throw .busy }
        isChanging = true
        defer { isChanging = false }
        do throws(DatabaseError) {
            try await store.cleaning.beginRerun(of: version, author: author, at: WallClock.now())
        } catch {
            throw .failed(reason: error.explanation)
        }
        begin(version)
    }

    /// Goes on with what was under way when the last process ended.
    func resume() async throws(DatabaseError) {
        guard let rerun = try await store.cleaning.rerun(), rerun.state == .running, task == nil else { return }
        log.info("history is read again from its beginning", ("version", .int(rerun.version)))
        begin(rerun.version)
    }

    func cancelRerun() async throws(CleaningChangeError) {
        guard let task else { throw .noRerun }
        making?.cancel()
        task.cancel()
        await task.value
        do throws(DatabaseError) {
            if try await store.cleaning.rerun()?.state == .running {
                try await store.cleaning.endRerun(done: nil, at: WallClock.now())
                return
            }
        } catch {
            throw .failed(reason: error.explanation)
        }
        throw .noRerun  // It was done just before.
    }

    /// Ends what is under way, to be gone on with by the next start.
    func stop() async {
        making?.cancel()
        task?.cancel()
        await task?.value
    }

    private func begin(_ version: Int64) {
        task = Task { [self] in
            while !Task.isCancelled {
                do {
                    try await run(version)
                    break
                } catch is CancellationError {
                    break
                } catch {
                    log.error("history cannot be read again", ("reason", .string("\(error)")))
                    try? await Task.sleep(for: Self.retryPause)
                }
            }
            (making, task) = (nil, nil)
        }
    }

    private func run(_ version: Int64) async throws {
        var record = try await store.cleaning.record()
        guard let wanted = try await store.cleaning.version(version) else { return }
        (record.spans, record.versions) = ([CleaningSpan(sequenceStart: 0, version: version)], [wanted])
        let making = TimelinesMaking(
            history: try Self.history(record), journal: journal, erasures: erasures,
            options: view.timelines.counted.options)
        if let time = view.timelines.counted.observedFrom { making.timelines.forget(before: time) }
        self.making = making
        repeat {
            try await read(making, to: journal.sequenceEnd)
            try await Task.sleep(for: Self.pause)
        } while min(making.sequenceEnd, projector.sequenceEnd) + Self.nearCount < journal.sequenceEnd
        let limit = view.holdBack { [journal] in journal.sequenceEnd }
        do {
            while projector.sequenceEnd < limit { try await Task.sleep(for: Self.pause) }
            try await read(making, to: limit)
            try Task.checkCancellation()
            let done = try await store.cleaning.endRerun(done: version, at: WallClock.now())
            view.release(history: try Self.history(done), timelines: making.timelines.starting(at: limit))
        } catch {
            view.release()
            throw error
        }
        projector.saveSoon()
        log.info("all history is read under another version", ("version", .int(version)))
    }

    private func read(_ making: TimelinesMaking, to end: UInt64) async throws {
        let result: Result<Void, any Error> = await withCheckedContinuation { answer in
            worker.async {
                answer.resume(returning: Result { try making.catchUp(to: end) })
            }
        }
        try result.get()
        try Task.checkCancellation()
    }
}
