import Base

/// The bytes behind the last whole record of a segment: what a crash left of a write, or what a disk made of records.
struct TornTail {
    private static let pieceByteCount = 1 << 20
    /// Bytes that may look like records without end; so much is checked, then the tail counts as unclear.
    private static let checkedBytesMax = 1 << 30

    let file: JournalFile
    let start: Int64
    let end: Int64  // What is written later does not belong to it.

    /// Whether a whole record stands anywhere in it, or might: a write that was cut off leaves none behind it.
    ///
    /// - Complexity: O(n) for n bytes, and the checksum of whatever looks like a record.
    func mayHoldRecords(byteCountMax: Int) throws(JournalError) -> Bool {
        var offset = start + 1
        var checkedByteCount = 0
        while offset < end {
            let reach = Self.pieceByteCount + RecordFormat.recordHeaderByteCount + byteCountMax
            let bytes = try file.read(at: offset, count: Int(min(end - offset, Int64(reach))))
            let isFound = unsafe bytes.withUnsafeBytes { bytes in
                for place in 0..<min(Self.pieceByteCount, bytes.count) {
                    guard let byteCount = unsafe RecordFormat.byteCount(bytes, at: place, byteCountMax: byteCountMax)
                    else { continue }
                    checkedByteCount += byteCount
                    if checkedByteCount > Self.checkedBytesMax { return true }
                    if unsafe RecordFormat.parse(bytes, at: place, byteCountMax: byteCountMax) != nil { return true }
                }
                return false
            }
            if isFound { return true }
            offset += Int64(Self.pieceByteCount)
        }
        return false
    }

    /// Cuts it off; its bytes are kept first, in `<segment>.cut`, behind those of earlier cuts.
    func cut() throws(JournalError) {
        let kept = try JournalFile(path: file.path + ".cut", opening: .newOrExisting)
        var offset = start
        while offset < end {
            let bytes = try file.read(at: offset, count: Int(min(end - offset, Int64(Self.pieceByteCount))))
            guard !bytes.isEmpty else { break }
            try kept.append(bytes, calls: .system)
            offset += Int64(bytes.count)
        }
        try kept.sync(calls: .system)
        try JournalFile.syncFolder(file.path.lastIndex(of: "/").map { String(file.path[..<$0]) } ?? ".")
        try file.truncate(to: start)
        try file.sync(calls: .system)
    }
}
