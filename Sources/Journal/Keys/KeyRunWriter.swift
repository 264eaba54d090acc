import Base
private import Glibc

/// Writes one run. It gets its name only when it is whole and on disk, so that a crash leaves none or all of it.
struct KeyRunWriter {
    private static let pieceByteCount = 1 << 20
    private static let syncByteCount = 1 << 24  // The journal's own syncs do not wait for more than this.

    private let folder: String
    private let header: KeyRunFormat.Header
    private let calls: JournalFileCalls
    private let file: JournalFile
    private var table: KeyRunTable
    private var piece: [UInt8] = []
    private var unsyncedByteCount = 0
    private var checksum: UInt32 = 0

    /// Makes the run of `header` from keys that come ascending, each once.
    ///
    /// - Parameters:
    ///   - keyCountMax: How many come at most.
    ///   - isStopped: Asked now and then; true ends the work.
    /// - Throws: `closed` where it was stopped; what `next` throws; `diskFull`, `io`. Then no file is left.
    static func write(
        _ header: KeyRunFormat.Header, in folder: String, keyCountMax: Int, calls: JournalFileCalls,
        isStopped: () -> Bool, next: () throws(JournalError) -> Hash128?
    ) throws(JournalError) -> KeyRun {
        var writer = try KeyRunWriter(header, in: folder, keyCountMax: keyCountMax, calls: calls)
        do throws(JournalError) {
            while let key = try next() {
                try writer.add(writer.table.add(key), isStopped: isStopped)
            }
            return try writer.finish(isStopped: isStopped)
        } catch {
            writer.file.remove()
            throw error
        }
    }

    private init(
        _ header: KeyRunFormat.Header, in folder: String, keyCountMax: Int, calls: JournalFileCalls
    ) throws(JournalError) {
        self.folder = folder
        self.header = header
        self.calls = calls
        let path = folder + "/" + KeyRunFormat.fileName(of: header.sequences)
        let unfinished = path.dropLast(KeyRunFormat.suffix.count) + KeyRunFormat.unfinishedSuffix
        _ = unsafe unlink(String(unfinished))  // What a process that died has left.
        file = try JournalFile(path: String(unfinished), opening: .new)
        table = KeyRunTable(keyCountMax: keyCountMax)
        piece = KeyRunFormat.bytes(of: header)
    }

    private mutating func add(_ keys: [UInt8], isStopped: () -> Bool) throws(JournalError) {
        guard !keys.isEmpty else { return }
        checksum = unsafe keys.withUnsafeBytes { unsafe CRC32C.checksum($0, continuing: checksum) }
        piece += keys
        guard piece.count >= Self.pieceByteCount else { return }
        if isStopped() { throw .closed }
        try file.append(piece, calls: calls)
        unsyncedByteCount += piece.count
        piece.removeAll(keepingCapacity: true)
        if unsyncedByteCount >= Self.syncByteCount {
            try file.sync(calls: calls)
            unsyncedByteCount = 0
        }
    }

    private mutating func finish(isStopped: () -> Bool) throws(JournalError) -> KeyRun {
        try add(table.finish(), isStopped: isStopped)
        if isStopped() { throw .closed }
        let footer = KeyRunFormat.Footer(keyCount: UInt64(table.keyCount), checksum: checksum)
        try file.append(piece + KeyRunFormat.bytes(of: footer), calls: calls)
        try file.sync(calls: calls)
        let path = folder + "/" + KeyRunFormat.fileName(of: header.sequences)
        guard unsafe rename(file.path, path) == 0 else { throw JournalFile.failure("rename \(file.path)") }
        try JournalFile.syncFolder(folder)
        return KeyRun(
            file: try JournalFile(path: path, opening: .existing), sequences: header.sequences, tally: header.tally,
            checksum: checksum, table: table)
    }
}
