import Base

/// What is read from a folder of segments.
struct RecoveredSegments {
    var segments: [Segment] = []
    var recovery = JournalRecovery()
    /// Whether the last segment ends with an empty group, as a close leaves it.
    var isClosed = false
    private let folder: String
    private let recordBytesMax: Int
    private let writing: JournalFileCalls?

    /// - Parameters:
    ///   - writing: A tail is cut off; nil for a reader beside a writer, which leaves the files alone.
    ///   - foundKey: Told of the key and the sequence of each record that is whole, from front to back; all but those
    ///     of the last segment are on disk, and these too where it is written.
    init(
        folder: String, recordBytesMax: Int, writing: JournalFileCalls?, foundKey: (Hash128, UInt64) -> Void
    ) throws(JournalError) {
        self.folder = folder
        self.recordBytesMax = recordBytesMax
        self.writing = writing
        let names = try JournalFile.names(inFolder: folder).filter { $0.hasSuffix(".journal") }.sorted()
        var starts: [UInt64] = []
        for name in names {
            guard let start = Segment.sequence(ofFileName: name) else {
                throw .corrupt(file: folder + "/" + name, byteOffset: 0, reason: "no name of a segment")
            }
            starts.append(start)
        }
        if let first = starts.first, first > 0 {
            throw .corrupt(
                file: folder + "/" + names[0], byteOffset: 0, reason: "the segments before it are missing")
        }
        for (index, start) in starts.enumerated() {
            try open(start, sequenceAfter: index + 1 < starts.count ? starts[index + 1] : nil, foundKey)
        }
    }

    private mutating func open(
        _ start: UInt64, sequenceAfter: UInt64?, _ foundKey: (Hash128, UInt64) -> Void
    ) throws(JournalError) {
        let file = try JournalFile(path: folder + "/" + Segment.fileName(sequence: start), opening: .existing)
        // The last process may have died before it could: what it wrote will be acknowledged when it is sent again.
        if let writing, sequenceAfter == nil { try file.sync(calls: writing) }
        let size = file.byteCount
        let header = try file.read(at: 0, count: RecordFormat.headerByteCount)
        let whole = RecordFormat.segmentHeader(of: header)
        if let whole, whole.sequence != start {
            throw .corrupt(file: file.path, byteOffset: 0, reason: "it begins with record \(whole.sequence)")
        }
        var mark = whole?.mark
        if mark == nil { mark = try markOfGroups(file, size: size, sequence: start) }
        guard let mark else {
            if RecordFormat.isOfOtherVersion(header) { throw .otherFormat(file: file.path) }
            return try openWithoutMark(file, size: size, start, sequenceAfter: sequenceAfter, foundKey)
        }
        try take(
            Segment(file: file, mark: mark, sequenceStart: start), isHeaderWhole: whole != nil, size: size,
            sequenceAfter: sequenceAfter, foundKey)
    }

    /// A segment whose header is broken tells its mark by its groups.
    private func markOfGroups(_ file: JournalFile, size: Int64, sequence: UInt64) throws(JournalError) -> UInt32? {
        var frames = FrameReader(file: file, mark: nil, end: size, payloadBytesMax: recordBytesMax)
        return try frames.nextGroup(from: Int64(RecordFormat.headerByteCount), sequence: sequence)?.group.mark
    }

    /// Nothing of the segment can be read. Where it is the last, nothing shows that a write to it was acknowledged: a
    /// crash between the making of a file and its header leaves such a one.
    private mutating func openWithoutMark(
        _ file: JournalFile, size: Int64, _ start: UInt64, sequenceAfter: UInt64?,
        _ foundKey: (Hash128, UInt64) -> Void
    ) throws(JournalError) {
        guard sequenceAfter == nil else {
            let segment = Segment(file: file, mark: 0, sequenceStart: start)
            return try take(segment, isHeaderWhole: false, size: size, sequenceAfter: sequenceAfter, foundKey)
        }
        recovery.byteCountCut += size
        guard writing != nil else { return }
        try TornTail(file: file, bytes: 0..<size).cut()
        file.remove()
    }

    private mutating func take(
        _ segment: Segment, isHeaderWhole: Bool, size: Int64, sequenceAfter: UInt64?,
        _ foundKey: (Hash128, UInt64) -> Void
    ) throws(JournalError) {
        let found = try SegmentRecovery(
            segment, isHeaderWhole: isHeaderWhole, size: size, sequenceAfter: sequenceAfter,
            recordBytesMax: recordBytesMax, foundKey: foundKey)
        if let tail = found.tail {
            recovery.byteCountCut += tail.upperBound - tail.lowerBound
            if writing != nil { try TornTail(file: segment.file, bytes: tail).cut() }
        }
        recovery.recordCount += found.segment.recordCount
        recovery.byteCount += found.segment.byteCount
        recovery.damages += found.segment.gaps.map { gap in
            JournalDamage(
                file: segment.file.path, byteOffset: gap.bytes.lowerBound,
                byteCount: gap.bytes.upperBound - gap.bytes.lowerBound, sequences: gap.sequences)
        }
        segments.append(found.segment)
        isClosed = found.isEndEmptyGroup && found.tail == nil
    }
}
