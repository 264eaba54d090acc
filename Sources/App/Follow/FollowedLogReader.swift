import Base
import Collect
import Domain
import Foundation
import Store

/// One declared log: its files, and how far each is read. A file that was renamed is read to its end before the one
/// that took its place; one that was compressed since it was looked at, from what it became.
final class FollowedLogReader {
    private static let batchesAtOnce = 8  // Then the other logs have their turn.
    private static let leftCountMax = 32
    static let rotatedIdle = Duration.seconds(30)  // Writers go on in a renamed file until they are told.

    let log: FollowedLog
    private let reading: LogReading
    private let store: FollowedLogStore
    private let collect: CollectEvents
    private let folders: FollowFolders
    private let rotatedIdle: Duration
    private var files: [String: FollowedFile] = [:]  // By device and inode.
    private var rotated: Set<String> = []  // Files under names of rotation that were met or passed over before.
    private var left: [LogCheckpoint] = []  // Of files that are read to their end, so that they are known compressed.
    private var lookedAt: EventTime?
    private var damage = ""  // What could not be read of a compressed file, since the start.
    private var isBegun = false
    private var isLoaded = false
    private var meter = LineMeter()
    private(set) var state = LogState()

    /// - Parameter rotatedIdle: How long a renamed file must not have grown to be let go of.
    /// - Throws: Where format or mapping cannot be read.
    init(
        _ log: FollowedLog, store: FollowedLogStore, collect: CollectEvents, folders: FollowFolders,
        rotatedIdle: Duration = FollowedLogReader.rotatedIdle
    ) throws {
        self.log = log
        self.store = store
        self.collect = collect
        self.folders = folders
        self.rotatedIdle = rotatedIdle
        reading = try LogReading(log)
    }

    /// Looks once.
    ///
    /// - Returns: Whether there was something to read.
    nonisolated(nonsending) func poll(now: EventTime) async -> Bool {
        do {
            if let complaint = folders.complaint(about: log.pattern) {
                throw TableError(description: "the path " + complaint)
            }
            try await meet(now)
            let isBusy = try await drain(now)
            state.failure = files.isEmpty ? "no file is there" : damage
            report()
            return isBusy
        } catch let error as CollectError {
            state.failure = error.explanation
        } catch let error as DatabaseError {
            state.failure = error.explanation
        } catch {
            state.failure = "\(error)"
        }
        report()
        return false
    }

    private func report() {
        state.files = files.values.map {
            LogState.File(path: $0.path, offset: $0.checkpoint?.offset ?? 0, byteCount: $0.byteCount)
        }.sorted { ($0.path, $0.offset) < ($1.path, $1.offset) }
        state.linesPerSecond = meter.rate
    }

    // MARK: Files

    private nonisolated(nonsending) func meet(_ now: EventTime) async throws(DatabaseError) {
        if !isLoaded { try await load(now) }
        for path in folders.files(log.pattern) {
            guard let key = FollowedFile.key(path: path) else { continue }
            if let known = files[key] {
                known.path = path
            } else if let file = FollowedFile(path: path) {
                files[file.key] = file
                if !isBegun, log.beginning == .end, file.byteCount > 0 {
                    let checkpoint = file.begin(log: log.id, at: file.lastLineEnd, now: now)
                    try await store.save(checkpoint, adding: LogTotals())
                }
            }
        }
        meetRotated(now)
        if !isBegun {
            try await store.begin(log: log.id)
            isBegun = true
        }
    }

    /// A file that came and was renamed between two looks is met under its new name. One that rotation has copied, to
    /// empty the original then, has nothing new.
    private func meetRotated(_ now: EventTime) {
        let current = Set(folders.files(log.pattern).compactMap { FollowedFile.key(path: $0) })
        let hasRotated = files.keys.contains { !current.contains($0) }
        var seen: Set<String> = []
        for path in folders.rotated(log.pattern) {
            guard let key = FollowedFile.key(path: path) else { continue }
            if hasRotated, isBegun, !rotated.contains(key), files[key] == nil, let file = FollowedFile(path: path) {
                guard file.byteCount > 0 else { continue }  // What it is will show.
                if !files.values.contains(where: { file.isCopy(of: $0) }) { files[key] = file }
            }
            seen.insert(key)
        }
        for path in folders.compressed(log.pattern) {
            guard let key = FollowedFile.key(path: path, isCompressed: true) else { continue }
            if hasRotated, isBegun, !rotated.contains(key), files[key] == nil { meetCompressed(path) }
            seen.insert(key)
        }
        rotated = seen
        lookedAt = now
    }

    /// One that was written since the last look, and is none of those that were met when they were not compressed.
    private func meetCompressed(_ path: String) {
        guard let file = FollowedFile(path: path, isCompressed: true), let lookedAt, let changedAt = file.changedAt,
            changedAt > lookedAt, !files.values.contains(where: { file.isCopy(of: $0) }),
            !left.contains(where: { file.isBegun(as: $0) })
        else { return }
        files[file.key] = file
    }

    /// The files that were read before the last stop, under whatever name they have now.
    private nonisolated(nonsending) func load(_ now: EventTime) async throws(DatabaseError) {
        isBegun = try await store.isBegun(log: log.id)
        let checkpoints = try await store.checkpoints(log: log.id)
        let paths = checkpoints.isEmpty ? [:] : pathsByKey()
        let current = Set(folders.files(log.pattern))
        for checkpoint in checkpoints {
            let file = paths[checkpoint.file].flatMap {
                FollowedFile(path: $0, isCompressed: checkpoint.isOfCompressedFile)
            }
            file?.checkpoint = checkpoint
            if let file, file.key == checkpoint.file, file.isSame {
                files[file.key] = file
                continue
            }
            // It is gone, or begun anew, or its inode is another file's now.
            try await goOn(checkpoint, in: compressed(checkpoint), known: checkpoints)
            if let file, file.key == checkpoint.file, current.contains(file.path) {
                files[file.key] = file
            } else {
                try await store.forget(log: log.id, file: checkpoint.file)
            }
        }
        // What was written after the last reading, and renamed, came and went while nobody looked.
        let readAt = checkpoints.map(\.updatedAt).max()
        lookedAt = readAt
        rotated = Set(
            folders.rotated(log.pattern).compactMap { FollowedFile(path: $0) }.filter { file in
                guard let readAt, let changedAt = file.changedAt else { return true }
                return changedAt <= readAt
            }.map(\.key))
        isLoaded = true
    }

    private func pathsByKey() -> [String: String] {
        var paths: [String: String] = [:]
        for path in folders.files(log.pattern) + folders.siblings(log.pattern) {
            if let key = FollowedFile.key(path: path), paths[key] == nil { paths[key] = path }
        }
        for path in folders.compressed(log.pattern) {
            if let key = FollowedFile.key(path: path, isCompressed: true) { paths[key] = path }
        }
        return paths
    }

    /// What the file of a checkpoint became when it was compressed: the newest that begins as it did.
    private func compressed(_ checkpoint: LogCheckpoint) -> FollowedFile? {
        var found: FollowedFile?
        for path in folders.compressed(log.pattern) {
            guard let file = FollowedFile(path: path, isCompressed: true), file.isBegun(as: checkpoint),
                let changedAt = file.changedAt
            else { continue }
            if found?.changedAt.map({ $0 < changedAt }) ?? true { found = file }
        }
        return found
    }

    /// Goes on where the file was when it was not compressed, with the same ids of lines.
    private nonisolated(nonsending) func goOn(
        _ checkpoint: LogCheckpoint, in file: FollowedFile?, known: [LogCheckpoint]
    ) async throws(DatabaseError) {
        guard let file, !known.contains(where: { $0.file == file.key }) else { return }  // Begun before a crash.
        let moved = checkpoint.moved(to: file)
        try await store.save(moved, adding: LogTotals())
        file.checkpoint = moved
        files[file.key] = file
    }

    // MARK: Reading

    /// Renamed files first; while one has more to give, those behind it wait.
    private nonisolated(nonsending) func drain(_ now: EventTime) async throws -> Bool {
        let current = Set(folders.files(log.pattern).compactMap { FollowedFile.key(path: $0) })
        let order = files.values.sorted { one, other in
            let (isRenamed, isOtherRenamed) = (!current.contains(one.key), !current.contains(other.key))
            guard isRenamed == isOtherRenamed else { return isRenamed }
            return (one.checkpoint?.updatedAt.unixMs ?? .max, one.path)
                < (other.checkpoint?.updatedAt.unixMs ?? .max, other.path)
        }
        var isBusy = false
        for file in order {
            let isRenamed = !current.contains(file.key)
            let isEmptied = try await drain(file, isLast: false, now)
            isBusy = isBusy || !isEmptied
            if isRenamed, !isEmptied { return true }
            if isRenamed, .now - file.grownAt > rotatedIdle { try await leave(file, now) }
        }
        return isBusy
    }

    /// - Returns: Whether nothing whole is left in the file.
    private nonisolated(nonsending) func drain(_ file: FollowedFile, isLast: Bool, _ now: EventTime) async throws
        -> Bool
    {
        let hasChanged = file.look()
        if file.checkpoint == nil {
            guard file.byteCount > 0 else { return true }
            try await store.save(file.begin(log: log.id, at: 0, now: now), adding: LogTotals())
        } else if hasChanged || !file.isChecked {
            if !file.isSame { try await store.save(file.begin(log: log.id, at: 0, now: now), adding: LogTotals()) }
            file.strengthenFingerprint()
        }
        file.isChecked = true
        for _ in 0..<Self.batchesAtOnce {
            guard file.approach() else { return false }
            guard let batch = file.batch(isLast: isLast) else { return true }
            try await take(batch, of: file, now)
        }
        return false
    }

    /// A file that was renamed and has not grown for long: its last line is whole as it is. That it was read stays
    /// known for a while: it may be compressed yet.
    private nonisolated(nonsending) func leave(_ file: FollowedFile, _ now: EventTime) async throws {
        guard try await drain(file, isLast: true, now) else { return }
        if !file.isWhole { damage = "\(file.path) is no whole gzip file: what could be read of it was taken" }
        files[file.key] = nil
        if let checkpoint = file.checkpoint { left.append(checkpoint) }
        guard left.count > Self.leftCountMax else { return }
        let oldest = left.removeFirst()
        if files[oldest.file] == nil, !left.contains(where: { $0.file == oldest.file }) {
            try await store.forget(log: log.id, file: oldest.file)
        }
    }

    /// The lines are on disk, as events or in quarantine, before it is noted how far the file is read.
    private nonisolated(nonsending) func take(_ batch: FollowedFile.Batch, of file: FollowedFile, _ now: EventTime)
        async throws
    {
        guard var checkpoint = file.checkpoint else { return }
        var totals = LogTotals()
        totals.lines = Int64(batch.lines.count)
        let items = batch.lines.compactMap { line -> WireItem? in
            let id = "log-\(checkpoint.mark)-\(line.offset)"
            return line.isTooLong
                ? reading.tooLong(line.bytes, id: id, byteCountMax: FollowedFile.lineBytesMax)
                : reading.item(line.bytes, id: id)
        }
        totals.skipped = totals.lines - Int64(items.count)
        if !items.isEmpty {
            let byteCount = Int(batch.end - checkpoint.offset)
            let collected = try await collect(items, format: .log, source: log.source, byteCount: byteCount)
            for receipt in collected.receipts {
                switch receipt.status {
                case .accepted: totals.accepted += 1
                case .duplicate: totals.duplicate += 1
                case .quarantined: totals.quarantined += 1
                case .rejected: totals.skipped += 1  // As a line without a record: it is not kept.
                }
            }
        }
        checkpoint.offset = batch.end
        checkpoint.path = file.path
        checkpoint.updatedAt = now
        try await store.save(checkpoint, adding: totals)
        file.checkpoint = checkpoint
        meter.add(totals.lines)
    }
}

/// Lines a second, over the last few seconds.
struct LineMeter {
    private static let window = Duration.seconds(5)
    private var counts: [(at: ContinuousClock.Instant, count: Int64)] = []

    mutating func add(_ count: Int64) {
        let now = ContinuousClock.now
        counts.append((now, count))
        counts.removeAll { now - $0.at > Self.window }
    }

    var rate: Double {
        let recent = counts.filter { .now - $0.at <= Self.window }
        return Double(recent.reduce(0) { $0 + $1.count }) / (Self.window / .seconds(1))
    }
}
