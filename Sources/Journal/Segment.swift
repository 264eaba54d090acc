import Base

/// One file of the journal: records from `sequenceStart` on, as far as they are durable.
struct Segment: Sendable {
    /// Every so many records the place of one is remembered.
    static let stride = 32

    struct Place: Sendable {
        let sequence: UInt64
        let offset: Int64
    }

    /// Bytes that cannot be read, and the records that were in them; none where it is a header that is broken.
    struct Gap: Sendable {
        var bytes: Range<Int64>
        var sequences: Range<UInt64>
    }

    private(set) var file: JournalFile
    let mark: UInt32
    let sequenceStart: UInt64
    private(set) var sequenceEnd: UInt64
    private(set) var recordCount: UInt64 = 0  // Those that are in gaps do not count.
    var byteCount = Int64(RecordFormat.headerByteCount)  // Durable.
    private(set) var gaps: [Gap] = []  // From front to back.
    private var places: [Place] = []  // Of records, from front to back.

    init(file: JournalFile, mark: UInt32, sequenceStart: UInt64) {
        self.file = file
        self.mark = mark
        self.sequenceStart = sequenceStart
        sequenceEnd = sequenceStart
    }

    /// The record `sequenceEnd` stands at `offset`.
    mutating func count(recordAt offset: Int64) {
        if recordCount % UInt64(Self.stride) == 0 { places.append(Place(sequence: sequenceEnd, offset: offset)) }
        recordCount += 1
        sequenceEnd += 1
    }

    /// The records from `sequenceEnd` on that were in the gap are passed over.
    mutating func count(_ gap: Gap) {
        if let last = gaps.last, last.bytes.upperBound == gap.bytes.lowerBound,
            last.sequences.upperBound == gap.sequences.lowerBound
        {
            gaps[gaps.count - 1] = Gap(
                bytes: last.bytes.lowerBound..<gap.bytes.upperBound,
                sequences: last.sequences.lowerBound..<gap.sequences.upperBound)
        } else {
            gaps.append(gap)
        }
        sequenceEnd = gap.sequences.upperBound
    }

    /// Records from `sequence` on, at most `countMax`; those in gaps are passed over.
    ///
    /// - Throws: `corrupt` where a record on the way cannot be read any more; `io`.
    func records(
        from sequence: UInt64, countMax: Int, recordBytesMax: Int
    ) throws(JournalError) -> [(sequence: UInt64, payload: [UInt8])] {
        var records: [(sequence: UInt64, payload: [UInt8])] = []
        guard countMax > 0 else { return records }
        try visit(
            from: sequence, recordBytesMax: recordBytesMax, pieceByteCount: countMax == 1 ? 1 << 14 : 1 << 20
        ) { sequence, _, payload in
            records.append((sequence, Array(payload)))
            return records.count < countMax
        }
        return records
    }

    /// The same records in another file, whose bytes stand where they stood.
    func inFile(_ file: JournalFile) -> Segment {
        var segment = self
        segment.file = file
        return segment
    }

    /// Gives the records from `sequence` on to `body` until it returns false; those in gaps are passed over.
    ///
    /// - Throws: `corrupt` where a record on the way cannot be read any more; `io`.
    func visit(
        from sequence: UInt64, recordBytesMax: Int, pieceByteCount: Int = 1 << 20,
        _ body: (_ sequence: UInt64, _ key: Hash128?, _ payload: ArraySlice<UInt8>) -> Bool
    ) throws(JournalError) {
        try visitPlaces(from: sequence, recordBytesMax: recordBytesMax, pieceByteCount: pieceByteCount) {
            place, key, payload in body(place.sequence, key, payload)
        }
    }

    /// As `visit`, and tells where each record stands in the file.
    func visitPlaces(
        from sequence: UInt64, recordBytesMax: Int, pieceByteCount: Int = 1 << 20,
        _ body: (_ place: Place, _ key: Hash128?, _ payload: ArraySlice<UInt8>) -> Bool
    ) throws(JournalError) {
        guard sequence < sequenceEnd else { return }
        let start = place(before: sequence)
        var (next, offset) = (start.sequence, start.offset)
        var gaps = gaps.drop { $0.bytes.lowerBound < offset }
        var frames = FrameReader(
            file: file, mark: mark, end: byteCount, payloadBytesMax: recordBytesMax,
            pieceByteCount: pieceByteCount)
        while true {
            if let gap = gaps.first, gap.bytes.lowerBound == offset {
                (next, offset) = (gap.sequences.upperBound, gap.bytes.upperBound)
                gaps = gaps.dropFirst()
                continue
            }
            guard offset < byteCount else { return }
            guard let frame = try frames.frame(at: offset) else {
                throw .corrupt(file: file.path, byteOffset: offset, reason: "a record is not whole")
            }
            if case .record(let key, let payload) = frame.content {
                guard next < sequence || body(Place(sequence: next, offset: offset), key, payload) else { return }
                next += 1
            }
            offset += Int64(frame.byteCount)
        }
    }

    /// - Complexity: O(log n).
    private func place(before sequence: UInt64) -> Place {
        var range = 0..<places.count
        while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
            range = places[middle].sequence <= sequence ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound > 0
            ? places[range.lowerBound - 1]
            : Place(sequence: sequenceStart, offset: gaps.first.map { min($0.bytes.lowerBound, start) } ?? start)
    }

    private var start: Int64 { Int64(RecordFormat.headerByteCount) }

    static func fileName(sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".journal"
    }

    /// The sequence that a file of the folder is named by; nil for other names.
    static func sequence(ofFileName name: String) -> UInt64? {
        UInt64(name.prefix(20)).flatMap { fileName(sequence: $0) == name ? $0 : nil }
    }

    static func create(in folder: String, sequence: UInt64, calls: JournalFileCalls) throws(JournalError) -> Segment {
        let file = try JournalFile(path: folder + "/" + fileName(sequence: sequence), opening: .new)
        var random = SystemRandomNumberGenerator()
        let mark = RecordFormat.mark(using: &random)
        do throws(JournalError) {
            try file.append(RecordFormat.segmentHeader(mark: mark, sequence: sequence), calls: calls)
            try file.sync(calls: calls)
            try JournalFile.syncFolder(folder)
        } catch {
            file.remove()  // Or the next try would find its name taken.
            throw error
        }
        return Segment(file: file, mark: mark, sequenceStart: sequence)
    }
}
