import Base

/// Keys of a stretch of the journal in a file that is never changed: sorted on disk, told of by a table in memory.
///
/// It is read piece by piece and not mapped, so that a disk that fails makes an error and not the end of the process.
struct KeyRun: Sendable {
    let file: JournalFile
    let sequences: Range<UInt64>
    let tally: KeyTally
    let checksum: UInt32  // Of all keys.
    let table: KeyRunTable

    var keyCount: Int { table.keyCount }
    var byteCountOnDisk: Int64 {
        Int64(KeyRunFormat.headerByteCount + KeyRunFormat.footerByteCount + keyCount * KeyRunFormat.keyByteCount)
    }

    init(file: JournalFile, sequences: Range<UInt64>, tally: KeyTally, checksum: UInt32, table: KeyRunTable) {
        self.file = file
        self.sequences = sequences
        self.tally = tally
        self.checksum = checksum
        self.table = table
    }

    /// Reads and checks the file as a whole.
    ///
    /// - Throws: `corrupt` where it is not whole; `io`.
    init(path: String, sequences: Range<UInt64>) throws(JournalError) {
        let file = try JournalFile(path: path, opening: .existing)
        let size = file.byteCount
        let frame = Int64(KeyRunFormat.headerByteCount + KeyRunFormat.footerByteCount)
        guard size >= frame,
            let header = KeyRunFormat.header(of: try file.read(at: 0, count: KeyRunFormat.headerByteCount)),
            header.sequences == sequences
        else { throw .corrupt(file: path, byteOffset: 0, reason: "its header is not whole") }
        let footerStart = size - Int64(KeyRunFormat.footerByteCount)
        guard
            let footer = KeyRunFormat.footer(
                of: try file.read(at: footerStart, count: KeyRunFormat.footerByteCount)),
            footer.keyCount <= UInt64(KeyRunTable.keyCountMax),
            frame + Int64(footer.keyCount) * Int64(KeyRunFormat.keyByteCount) == size
        else { throw .corrupt(file: path, byteOffset: footerStart, reason: "its end is not whole") }
        var table = KeyRunTable(keyCountMax: Int(footer.keyCount))
        var keys = KeyRunStream(file: file, keyCount: Int(footer.keyCount), checksum: footer.checksum)
        var last: Hash128?
        while let key = try keys.next() {
            if let last, !last.isBefore(key) {
                throw .corrupt(file: path, byteOffset: 0, reason: "its keys are not in order")
            }
            last = key
            _ = table.add(key)
        }
        _ = table.finish()
        self.init(
            file: file, sequences: sequences, tally: header.tally, checksum: footer.checksum, table: table)
    }

    /// - Throws: `keysChanged` where the keys on disk are no more what they were; `io`.
    /// - Complexity: A cache line for most keys that are not there; one read of about a page for all others.
    func contains(_ key: Hash128) throws(JournalError) -> Bool {
        guard table.filter.contains(key) else { return false }
        let (keys, checksum) = table.place(of: key)
        let start = Int64(KeyRunFormat.headerByteCount + keys.lowerBound * KeyRunFormat.keyByteCount)
        let bytes = try file.read(at: start, count: keys.count * KeyRunFormat.keyByteCount)
        guard CRC32C.checksum(bytes) == checksum else {
            throw .keysChanged(file: file.path)
        }
        var range = 0..<bytes.count / KeyRunFormat.keyByteCount
        while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
            let found = KeyRunFormat.key(bytes, at: middle * KeyRunFormat.keyByteCount)
            if found == key { return true }
            range = found.isBefore(key) ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }

    /// All keys, ascending.
    var keys: KeyRunStream { KeyRunStream(file: file, keyCount: keyCount, checksum: checksum) }
}

/// The keys of a run's file from front to back.
struct KeyRunStream {
    private static let pieceKeyCount = 1 << 16

    private let file: JournalFile
    private let keyCount: Int
    private let checksumWanted: UInt32
    private var checksum: UInt32 = 0
    private var piece: [UInt8] = []
    private var pieceStart = 0  // Keys.
    private var place = 0

    init(file: JournalFile, keyCount: Int, checksum: UInt32) {
        self.file = file
        self.keyCount = keyCount
        checksumWanted = checksum
    }

    /// Nil behind the last.
    ///
    /// - Throws: `corrupt` at the last piece, where the keys do not have their checksum; `io`.
    mutating func next() throws(JournalError) -> Hash128? {
        guard place < keyCount else { return nil }
        if (place - pieceStart) * KeyRunFormat.keyByteCount >= piece.count { try load() }
        defer { place += 1 }
        return KeyRunFormat.key(piece, at: (place - pieceStart) * KeyRunFormat.keyByteCount)
    }

    private mutating func load() throws(JournalError) {
        let count = min(Self.pieceKeyCount, keyCount - place) * KeyRunFormat.keyByteCount
        let start = Int64(KeyRunFormat.headerByteCount + place * KeyRunFormat.keyByteCount)
        piece = try file.read(at: start, count: count)
        pieceStart = place
        checksum = unsafe piece.withUnsafeBytes { unsafe CRC32C.checksum($0, continuing: checksum) }
        let isLast = place * KeyRunFormat.keyByteCount + count == keyCount * KeyRunFormat.keyByteCount
        guard piece.count == count, !isLast || checksum == checksumWanted else {
            throw .corrupt(file: file.path, byteOffset: start, reason: "its keys do not have their checksum")
        }
    }
}
