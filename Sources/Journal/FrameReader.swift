import Base

/// Reads the frames of a segment in pieces; from front to back each byte is read about once.
struct FrameReader {
    struct Frame {
        enum Content {
            case group(RecordFormat.Group)
            case record(key: Hash128?, payload: ArraySlice<UInt8>)
        }

        let content: Content
        let byteCount: Int  // A group's is that of its header alone.
    }

    let file: JournalFile
    let mark: UInt32?  // Nil where it is not known: then any will do, and records cannot be read.
    let end: Int64  // Nothing behind it is read.
    private let payloadBytesMax: Int
    private let pieceByteCount: Int
    private var piece: [UInt8] = []
    private var pieceStart: Int64 = 0

    init(file: JournalFile, mark: UInt32?, end: Int64, payloadBytesMax: Int, pieceByteCount: Int = 1 << 20) {
        self.file = file
        self.mark = mark
        self.end = end
        self.payloadBytesMax = min(payloadBytesMax, RecordFormat.payloadBytesMax)
        self.pieceByteCount = pieceByteCount
    }

    /// The frame at `offset`, or nil where no whole one stands there.
    mutating func frame(at offset: Int64) throws(JournalError) -> Frame? {
        if let group = try group(at: offset) {
            return Frame(content: .group(group), byteCount: RecordFormat.frameHeaderByteCount)
        }
        guard let mark, let claim = try claim(at: offset), claim.isRecord else { return nil }
        guard let start = try load(offset, claim.byteCount) else { return nil }
        let range = start..<start + claim.byteCount
        guard case .some(let key) = unsafe piece.withUnsafeBytes({ unsafe RecordFormat.record($0, range, mark: mark) })
        else { return nil }
        let payload = piece[(start + RecordFormat.frameHeaderByteCount)..<range.upperBound]
        return Frame(content: .record(key: key, payload: payload), byteCount: claim.byteCount)
    }

    mutating func group(at offset: Int64) throws(JournalError) -> RecordFormat.Group? {
        guard let start = try load(offset, RecordFormat.frameHeaderByteCount) else { return nil }
        return unsafe piece.withUnsafeBytes { unsafe RecordFormat.group($0, at: start, mark: mark) }
    }

    /// How far a frame reaches by its header, whole or not; nil where that cannot be.
    mutating func claim(at offset: Int64) throws(JournalError) -> (byteCount: Int, isRecord: Bool)? {
        guard let start = try load(offset, RecordFormat.frameHeaderByteCount) else { return nil }
        let claim = unsafe piece.withUnsafeBytes { unsafe RecordFormat.claim($0, at: start) }
        guard claim.byteCount <= payloadBytesMax + RecordFormat.frameHeaderByteCount,
            offset + Int64(claim.byteCount) <= end
        else { return nil }
        return claim
    }

    /// The first header of a group from `start` on, where the record `sequence` would begin.
    ///
    /// A group can be that far ahead of `sequence` only as the bytes between can have held records.
    ///
    /// - Complexity: O(n) for n bytes.
    mutating func nextGroup(
        from start: Int64, sequence: UInt64
    ) throws(JournalError) -> (offset: Int64, group: RecordFormat.Group)? {
        var offset = start
        while let first = try load(offset, RecordFormat.frameHeaderByteCount) {
            let found = unsafe piece.withUnsafeBytes { bytes -> (place: Int, group: RecordFormat.Group)? in
                for place in first...(bytes.count - RecordFormat.frameHeaderByteCount) {
                    guard let group = unsafe RecordFormat.group(bytes, at: place, mark: mark),
                        group.sequence >= sequence
                    else { continue }
                    let recordCountMax =
                        (pieceStart + Int64(place) - start) / Int64(RecordFormat.frameHeaderByteCount)
                    if group.sequence - sequence <= UInt64(recordCountMax) { return (place, group) }
                }
                return nil
            }
            if let found { return (pieceStart + Int64(found.place), found.group) }
            offset = pieceStart + Int64(piece.count - RecordFormat.frameHeaderByteCount + 1)
        }
        return nil
    }

    /// Where `offset` is within the piece, once so many bytes from it on are in it; nil where the file ends before.
    private mutating func load(_ offset: Int64, _ count: Int) throws(JournalError) -> Int? {
        guard offset + Int64(count) <= end else { return nil }
        if offset < pieceStart || offset + Int64(count) > pieceStart + Int64(piece.count) {
            piece = try file.read(at: offset, count: Int(min(Int64(max(count, pieceByteCount)), end - offset)))
            pieceStart = offset
            guard piece.count >= count else { return nil }
        }
        return Int(offset - pieceStart)
    }
}
