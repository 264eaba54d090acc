import Base
import Collect
import Domain
import Foundation
import Store

/// One declared log: its files, and how far each is read. A file that was renamed is read to its end before the one
/// that took its place.
final class FollowedLogReader {
    private static let batchesAtOnce = 8  // Then the other logs have their turn.
    private static let rotatedIdle = Duration.seconds(30)  // Writers go on in a renamed file until they are told.

    let log: FollowedLog
    private let reading: LogReading
    private let store: FollowedLogStore
    private let collect: CollectEvents
    private let folders: FollowFolders
    private var files: [String: FollowedFile] = [:]  // By device and inode.
    private var rotated: Set<String> = []  // Files under names of rotation that were met or passed over before.
    private var isBegun = false
    private var isLoaded = false
    private var meter = LineMeter()
    private(set) var state = LogState()

    /// - Throws: Where format or mapping cannot be read.
    init(_ log: FollowedLog, store: FollowedLogStore, collect: CollectEvents, folders: FollowFolders) throws {
        self.log = log
        self.store = store
        self.collect = collect
        self.folders = folders
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
            state.failure = files.isEmpty ? "no file is there" : ""
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
        meetRotated()
        if !isBegun {
            try await store.begin(log: log.id)
            isBegun = true
        }
    }

    /// A file that came and was renamed between two looks is met under its new name. One that rotation has copied, to
    /// empty the original then, has nothing new.
    private func meetRotated() {
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
        rotated = seen
    }

    /// The files that were read before the last stop, under whatever name they have now.
    private nonisolated(nonsending) func load(_ now: EventTime) async throws(DatabaseError) {
        isBegun = try await store.isBegun(log: log.id)
        let checkpoints = try await store.checkpoints(log: log.id)
        var paths: [String: String] = [:]
        if !checkpoints.isEmpty {
            for path in folders.files(log.pattern) + folders.siblings(log.pattern) {
                if let key = FollowedFile.key(path: path), paths[key] == nil { paths[key] = path }
            }
        }
        for checkpoint in checkpoints {
            guard let path = paths[checkpoint.file], let file = FollowedFile(path: path), file.key == checkpoint.file
            else {
                try await store.forget(log: log.id, file: checkpoint.file)
                continue
            }
            file.checkpoint = checkpoint
            if !file.isSame, !folders.files(log.pattern).contains(path) {
                try await store.forget(log: log.id, file: checkpoint.file)  // Its inode is another file's now.
                continue
            }
            files[file.key] = file
        }
        // What was written after the last reading, and renamed, came and went while nobody looked.
        let readAt = checkpoints.map(\.updatedAt).max()
        rotated = Set(
            folders.rotated(log.pattern).compactMap { FollowedFile(path: $0) }.filter { file in
                guard let readAt, let changedAt = file.changedAt else { return true }
                return changedAt <= readAt
            }.map(\.key))
        isLoaded = true
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
            if isRenamed, .now - file.grownAt > Self.rotatedIdle { try await leave(file, now) }
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
            guard let batch = file.batch(isLast: isLast) else { return true }
            try await take(batch, of: file, now)
        }
        return false
    }

    /// A file that was renamed and has not grown for long: its last line is whole as it is.
    private nonisolated(nonsending) func leave(_ file: FollowedFile, _ now: EventTime) async throws {
        guard try await drain(file, isLast: true, now) else { return }
        files[file.key] = nil
        try await store.forget(log: log.id, file: file.key)
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
