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

    /// The upper half of the keys of records that a start finds: no other record has it, but for a chance in 2⁶⁴.
    static let notedHigh: UInt64 = 0x5159_4E4F_5445_4453

    private static let batchBytesMax = 1 << 30  // A group that waited for it must fit into its header, too.

    public let recovery: JournalRecovery
    /// Where the records stood at the start whose key is a `notedKey`.
    public let notedSequences: [UInt64]
    let folder: String
    let options: JournalOptions
    let redaction = Mutex<JournalRedaction?>(nil)
    private let lock: FolderLock
    private let queue = Mutex(Queue())
    private let durable: Mutex<Durable>
    private let committer: Mutex<Committer>  // The committer thread's alone.
    private let keys: Mutex<KeyFigures>
    private let keyWork: [KeyRunWork]  // Started by the committer.
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
        folder = directory
        self.options = options
        var noted: [UInt64] = []
        var foundKeys = try KeyRecovery(folder: directory, countMax: options.keysInMemoryMax, calls: calls)
        let found = try RecoveredSegments(
            folder: directory, recordBytesMax: options.recordBytesMax, writing: calls
        ) { key, sequence in
            foundKeys.found(key, at: sequence)
            if key.high == Self.notedHigh { noted.append(sequence) }
        }
        notedSequences = noted
        try foundKeys.finish(found.segments, recordBytesMax: options.recordBytesMax)
        var recovery = found.recovery
        recovery.keyRunsLost = foundKeys.losses
        self.recovery = recovery
        durable = Mutex(Durable(segments: found.segments))
        let (sealing, merging) = (KeyRunWork(news: work), KeyRunWork(news: work))
        keyWork = [sealing, merging]
        let known = KnownKeys(
            folder: directory, options: options, calls: calls, found: foundKeys, sealing: sealing, merging: merging)
        keys = Mutex(known.figures)
        committer = Mutex(
            Committer(folder: directory, options: options, calls: calls, found: found, keys: known))
        start()
    }

    /// The sequence that the next record will get; all before it are durable.
    public var sequenceEnd: UInt64 { durable.withLock { $0.sequenceEnd } }
    public var bytesOnDisk: Int64 { durable.withLock { $0.segments.reduce(0) { $0 + $1.byteCount } } }
    public var keyFigures: KeyFigures { keys.withLock { $0 } }

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
            let (refusal, isFirst) = queue.withLock { queue -> (JournalError?, Bool) in
                if queue.isClosing { return (.closed, false) }
                let isFirst = queue.waiting.isEmpty
                if !isFirst, queue.byteCount + byteCount > options.backlogBytesMax { return (.backlogFull, false) }
                let batch = AppendBatch(records: records, trailer: trailer)
                queue.waiting.append(Waiting(batch: batch, byteCount: byteCount, answer: answer))
                queue.byteCount += byteCount
                return (nil, isFirst)
            }
            if let refusal { answer.resume(returning: .failure(refusal)) }
            if isFirst { wakeCommitter() }  // Those behind it are taken with it.
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
        let (redact, segments) = (redaction.withLock { $0 }, segments)
        return try Self.read(segments, from: sequence, countMax: countMax, recordBytesMax: options.recordBytesMax)
            .redacted(by: redact)
    }

    /// As `read`, of one record, as it stands in the file.
    public func readAsWritten(_ sequence: UInt64) throws(JournalError) -> [UInt8]? {
        try Self.read(segments, from: sequence, countMax: 1, recordBytesMax: options.recordBytesMax)
            .first { $0.sequence == sequence }?.payload
    }

    var segments: [Segment] { durable.withLock { $0.segments } }

    /// Lets the committer change its segments, and readers see that.
    func changeSegments(
        _ change: (inout Committer) throws(JournalError) -> Void
    ) throws(JournalError) {
        try committer.withLock { committer throws(JournalError) in
            try change(&committer)
            publish(committer)
        }
    }

    private func publish(_ committer: borrowing Committer) {
        durable.withLock { ($0.segments, $0.isPoisoned) = (committer.segments, committer.isPoisoned) }
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
            var next: [Waiting]? = []
            while let group = next {
                let batches = group.map(\.batch)
                let (results, figures) = committer.withLock { committer in
                    let results = batches.isEmpty ? [] : committer.commit(batches)
                    committer.settle()
                    publish(committer)
                    return (results, committer.keys.figures)
                }
                keys.withLock { $0 = figures }
                for (waiting, result) in zip(group, results) { waiting.answer.resume(returning: result) }
                news.raise()
                next = nextGroup()
            }
            committer.withLock { $0.close() }
            lock.release()
            queue.withLock { $0.isClosed = true }
        }
        thread.name = "journal"
        thread.start()
    }

    /// All that waits, or nothing where a run of keys was made; blocks while there is neither; nil once closed and
    /// empty.
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
            let isRunMade = keyWork.contains { $0.isDone }
            if group.isEmpty, !isClosing, !isRunMade { work.wait() }
            work.unlock()
            if !group.isEmpty { return group }
            if isClosing { return nil }
            if isRunMade { return [] }
        }
    }
}
