import Base

/// One file of the journal: records from `sequenceStart` on, as far as they are durable.
struct Segment: Sendable {
    /// Every so many records the place of one is remembered.
    static let stride = 32

    let file: JournalFile
    let sequenceStart: UInt64
    var recordCount: UInt64 = 0
    var byteCount: Int64  // Durable.
    var offsets: [Int64] = []  // Of records 0, stride, 2·stride, …

    var sequenceEnd: UInt64 { sequenceStart + recordCount }

    mutating func count(recordOfByteCount size: Int) {
        if recordCount % UInt64(Self.stride) == 0 { offsets.append(byteCount) }
        recordCount += 1
        byteCount += Int64(size)
    }

    static func fileName(sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".journal"
    }

    static func create(in folder: String, sequence: UInt64, calls: JournalFileCalls) throws(JournalError) -> Segment {
        let file = try JournalFile(path: folder + "/" + fileName(sequence: sequence), opening: .new)
        do throws(JournalError) {
            try file.append(RecordFormat.segmentHeader(sequence: sequence), calls: calls)
            try file.sync(calls: calls)
            try JournalFile.syncFolder(folder)
        } catch {
            file.remove()  // Or the next try would find its name taken.
            throw error
        }
        return Segment(file: file, sequenceStart: sequence, byteCount: Int64(RecordFormat.headerByteCount))
    }

    /// Reads records from front to back in pieces, up to the first that is not whole.
    ///
    /// - Parameter visit: Each record's key, its size in the file, and its payload.
    /// - Returns: The offset of the first byte that belongs to no whole record.
    static func scan(
        _ file: JournalFile, from start: Int64, byteCountMax: Int, pieceByteCount: Int = 1 << 20,
        visit: (Hash128?, Int, ArraySlice<UInt8>) -> Bool
    ) throws(JournalError) -> Int64 {
        var offset = start
        var pieceByteCount = pieceByteCount
        while true {
            let piece = try file.read(at: offset, count: pieceByteCount)
            var used = 0
            while let record = unsafe piece.withUnsafeBytes({
                unsafe RecordFormat.parse($0, at: used, byteCountMax: byteCountMax)
            }) {
                guard visit(record.key, record.end - used, piece[record.payload]) else { return offset + Int64(used) }
                used = record.end
            }
            offset += Int64(used)
            if piece.count < pieceByteCount { return offset }
            if used == 0 {
                guard pieceByteCount < byteCountMax + RecordFormat.recordHeaderByteCount else { return offset }
                pieceByteCount = byteCountMax + RecordFormat.recordHeaderByteCount
            }
        }
    }
}
