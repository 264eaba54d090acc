import Base
import Glibc

/// What is read from a folder of segments.
struct RecoveredSegments {
    var segments: [Segment] = []
    var keys = KeyIndex()
    var recovery = JournalRecovery()

    /// - Parameter isCutting: Whether a torn tail is cut off; a reader beside a writer leaves it alone.
    init(folder: String, recordBytesMax: Int, isCutting: Bool, isIndexing: Bool) throws(JournalError) {
        let names = try JournalFile.names(inFolder: folder).filter { $0.hasSuffix(".journal") }.sorted()
        for (index, name) in names.enumerated() {
            try open(
                folder + "/" + name, isLast: index == names.count - 1, recordBytesMax: recordBytesMax,
                isCutting: isCutting, isIndexing: isIndexing)
        }
    }

    private mutating func open(
        _ path: String, isLast: Bool, recordBytesMax: Int, isCutting: Bool, isIndexing: Bool
    ) throws(JournalError) {
        let file = try JournalFile(path: path, opening: .existing)
        let whole = file.byteCount
        let expected = segments.last?.sequenceEnd ?? 0
        let header = try file.read(at: 0, count: RecordFormat.headerByteCount)
        guard header == RecordFormat.segmentHeader(sequence: expected) else {
            // A crash between the making of a file and its header leaves one without a record: nothing is lost with it.
            guard isLast, whole < Int64(RecordFormat.headerByteCount) else {
                throw .corrupt(file: path, byteOffset: 0, reason: "not the segment of sequence \(expected)")
            }
            recovery.byteCountCut += whole
            if isCutting { _ = unsafe unlink(path) }
            return
        }
        var segment = Segment(file: file, sequenceStart: expected, byteCount: Int64(RecordFormat.headerByteCount))
        let start = segment.byteCount
        let end = try Segment.scan(file, from: start, byteCountMax: recordBytesMax) { key, size, _ in
            segment.count(recordOfByteCount: size)
            if isIndexing, let key { _ = keys.insert(key) }
            return true
        }
        if end < whole {
            guard isLast else { throw .corrupt(file: path, byteOffset: end, reason: "a record is not whole") }
            let tail = TornTail(file: file, start: end, end: whole)
            guard try !tail.mayHoldRecords(byteCountMax: recordBytesMax) else {
                throw .corrupt(file: path, byteOffset: end, reason: "a record is not whole, but later ones are")
            }
            recovery.byteCountCut += whole - end
            if isCutting { try tail.cut() }
        }
        recovery.recordCount += segment.recordCount
        recovery.byteCount += end
        segments.append(segment)
    }
}
