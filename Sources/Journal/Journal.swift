public import Base
import Foundation
import Synchronization

/// A durable, ordered log of byte strings, each known by a sequence from 0 on.
///
/// One thread commits: it takes all that waits, drops records whose key is known, writes, syncs, and only then answers.
/// So a duplicate is told from a new record in the same step in which it is written, and requests share one sync.
public final class Journal: Sendable {
    struct Waiting {
        let batch: AppendBatch
        let byteCount: Int
        let answer: CheckedContinuation<Result<[AppendOutcome], JournalError>, Never>
    }

    /// What the committer has still to do.
    private struct Queue {
        var waiting: [Waiting] = []
        var byteCount = 0
        var isClosing = false
        var isClosed = false
    }

    /// What readers may see.
    private struct Durable: Sendable {
        var segments: [Segment]
        var isPoisoned = false
        var sequenceEnd: UInt64 { segments.last?.sequenceEnd ?? 0 }
    }

    private static let batchBytesMax = 1 << 30  // A group that waited for it must fit into its header, too.

    public let recovery: JournalRecovery
    private let options: JournalOptions
    private let lock: FolderLock
    private let queue = Mutex(Queue())
    private let durable: Mutex<Durable>
    private let committer: Mutex<Committer>  // The committer thread's alone.
    private let indexByteCount = Atomic<Int>(0)
    private let work = NSCondition()
    private let news = TimedSignal()

    /// Opens the folder, or makes it. A last group that is not whole is cut and kept in `<segment>.cut`; records that
    /// the disk has damaged are passed over, and those behind them keep their sequences. `recovery` tells of both.
    ///
    /// - Throws: `locked` where another process has it; `otherFormat`; `corrupt` where a segment is missing.
    public init(
        directory: String, options: JournalOptions = JournalOptions(), calls: JournalFileCalls = .system
    ) throws(JournalError) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw .io(errno: errno, what: "create \(directory)")
        }
        lock = try FolderLock(folder: directory)
        self.options = options
        let found = try RecoveredSegments(
            folder: directory, recordBytesMax: options.recordBytesMax, isWriting: true)
        // The last process may have died before it could: what it wrote will be acknowledged when it is sent again.
        if let last = found.segments.last { try last.file.sync(calls: calls) }
        recovery = found.recovery
        durable = Mutex(Durable(segments: found.segments))
        committer = Mutex(Committer(folder: directory, options: options, calls: calls, found: found))
        indexByteCount.store(found.keys.byteCount, ordering: .relaxed)
        start()
    }

    /// The sequence that the next record will get; all before it are durable.
    public var sequenceEnd: UInt64 { durable.withLock { $0.sequenceEnd } }
    public var bytesOnDisk: Int64 { durable.withLock { $0.segments.reduce(0) { $0 + $1.byteCount } } }
    public var keyIndexBytes: Int { indexByteCount.load(ordering: .relaxed) }

    /// Why nothing more will be taken until the next start; nil where all is well.
    public var appendFailure: JournalError? {
        if durable.withLock({ $0.isPoisoned }) { return .poisoned }
        return queue.withLock { $0.isClosing } ? .closed : nil
    }

    /// Returns once the records are on disk, or known to be there already.
    ///
    /// - Parameter trailer: Makes one record more from the outcomes of the others, right behind them: it stands or
    ///   falls with them. Called on the committer's thread; it must be quick.
    /// - Returns: One outcome a record, and then the trailer's.
    public func append(
        _ records: [JournalRecord], trailer: JournalTrailer? = nil
    ) async throws(JournalError) -> [AppendOutcome] {
        guard !records.isEmpty || trailer != nil else { return [] }
        if let large = records.first(where: { $0.payload.count > options.recordBytesMax }) {
            throw .recordTooLarge(byteCount: large.payload.count, byteCountMax: options.recordBytesMax)
        }
        let byteCount = records.reduce(0) { $0 + $1.payload.count + RecordFormat.frameHeaderByteCount }
        guard byteCount <= Self.batchBytesMax else {
            throw .recordTooLarge(byteCount: byteCount, byteCountMax: Self.batchBytesMax)
        }
        let result = await withCheckedContinuation { answer in
            let refusal = queue.withLock { queue -> JournalError? in
                if queue.isClosing { return .closed }
                if !queue.waiting.isEmpty, queue.byteCount + byteCount > options.backlogBytesMax { return .backlogFull }
                let batch = AppendBatch(records: records, trailer: trailer)
                queue.waiting.append(Waiting(batch: batch, byteCount: byteCount, answer: answer))
                queue.byteCount += byteCount
                return nil
            }
            if let refusal { answer.resume(returning: .failure(refusal)) } else { wakeCommitter() }
        }
        return try result.get()
    }

    /// Durable records from `sequence` on, at most `countMax`, and fewer at the end of a segment; those that are lost
    /// are passed over. Empty where there is none.
    ///
    /// - Throws: `corrupt` where a record on the way cannot be read any more; `io`.
    public func read(
        from sequence: UInt64, countMax: Int
    ) throws(JournalError) -> [(sequence: UInt64, payload: [UInt8])] {
        let segments = durable.withLock { $0.segments }
        return try Self.read(segments, from: sequence, countMax: countMax, recordBytesMax: options.recordBytesMax)
    }

    /// Blocks until there is a record at `sequence` or after it. False when `timeout` has passed without one.
    public func waitForRecords(past sequence: UInt64, timeout: Milliseconds) -> Bool {
        news.wait(atMost: timeout) { sequenceEnd > sequence }
    }

    /// Writes what waits, refuses all else, and lets another process have the folder. Reading goes on.
    public func close() async {
        queue.withLock { $0.isClosing = true }
        wakeCommitter()
        while !queue.withLock({ $0.isClosed }) { try? await Task.sleep(for: .milliseconds(1)) }
    }

    static func read(
        _ segments: [Segment], from sequence: UInt64, countMax: Int, recordBytesMax: Int
    ) throws(JournalError) -> [(sequence: UInt64, payload: [UInt8])] {
        guard countMax > 0, let first = segments.lastIndex(where: { $0.sequenceStart <= sequence }) else { return [] }
        for segment in segments[first...] {
            let records = try segment.records(from: sequence, countMax: countMax, recordBytesMax: recordBytesMax)
            if !records.isEmpty { return records }
        }
        return []
    }

    private func wakeCommitter() {
        work.lock()
        work.broadcast()
        work.unlock()
    }

    private func start() {
        let thread = Thread { [self] in
            while let group = nextGroup() {
                let batches = group.map(\.batch)
                let (results, segments, isPoisoned, indexBytes) = committer.withLock { committer in
                    let results = committer.commit(batches)
                    return (results, committer.segments, committer.isPoisoned, committer.keys.byteCount)
                }
                durable.withLock { ($0.segments, $0.isPoisoned) = (segments, isPoisoned) }
                indexByteCount.store(indexBytes, ordering: .relaxed)
                for (waiting, result) in zip(group, results) { waiting.answer.resume(returning: result) }
                news.raise()
            }
            committer.withLock { $0.close() }
            lock.release()
            queue.withLock { $0.isClosed = true }
        }
        thread.name = "journal"
        thread.start()
    }

    /// All that waits; blocks while nothing does; nil once closed and empty.
    private func nextGroup() -> [Waiting]? {
        while true {
            work.lock()
            let (group, isClosing) = queue.withLock { queue in
                defer {
                    queue.waiting = []
                    queue.byteCount = 0
                }
                return (queue.waiting, queue.isClosing)
            }
            if group.isEmpty, !isClosing { work.wait() }
            work.unlock()
            if !group.isEmpty { return group }
            if isClosing { return nil }
        }
    }
}
