import Base

/// The bytes at the end of a segment that nothing shows to be acknowledged: what a crash left of a write.
struct TornTail {
    private static let pieceByteCount = 1 << 20

    let file: JournalFile
    let bytes: Range<Int64>

    /// Cuts it off; its bytes are kept first, in `<segment>.cut`, behind those of earlier cuts.
    func cut() throws(JournalError) {
        if !bytes.isEmpty { try keep() }
        try file.truncate(to: bytes.lowerBound)
        try file.sync(calls: .system)
    }

    private func keep() throws(JournalError) {
        let kept = try JournalFile(path: file.path + ".cut", opening: .newOrExisting)
        var offset = bytes.lowerBound
        while offset < bytes.upperBound {
            let piece = try file.read(
                at: offset, count: Int(min(bytes.upperBound - offset, Int64(Self.pieceByteCount))))
            guard !piece.isEmpty else { break }
            try kept.append(piece, calls: .system)
            offset += Int64(piece.count)
        }
        try kept.sync(calls: .system)
        try JournalFile.syncFolder(file.path.lastIndex(of: "/").map { String(file.path[..<$0]) } ?? ".")
    }
}
