import Base

/// Reads one segment from front to back, and tells what is whole, what is damaged, and what was never acknowledged.
///
/// A group is written only when the one before it is on disk. So each that has another behind it was acknowledged:
/// where it is not whole, the disk has damaged it, and it is passed over. The last may be what a crash left of a
/// write, in whatever order its bytes reached the disk: where it is not whole, it is the tail.
struct SegmentRecovery {
    /// A record as it was found.
    private struct Found {
        let key: Hash128?
        let offset: Int64
    }

    /// What a stretch of the file is made of, from front to back.
    private struct Stretch {
        enum Part {
            case record(Found)
            case gap(Segment.Gap)
        }

        var parts: [Part] = []
        var isWhole = true
    }

    private(set) var segment: Segment
    private(set) var tail: Range<Int64>?
    private(set) var isEndEmptyGroup = false  // Then everything before it was acknowledged.
    private let size: Int64
    private let sequenceAfter: UInt64?  // Where the next segment begins; nil for the last.
    private var frames: FrameReader
    private var offset: Int64

    /// - Parameters:
    ///   - sequenceAfter: Where the next segment begins; nil for the last.
    ///   - foundKey: Told of the key and the sequence of each record that is whole, from front to back.
    /// - Throws: `corrupt` where more is missing than what is damaged can have held; `io`.
    init(
        _ segment: Segment, isHeaderWhole: Bool, size: Int64, sequenceAfter: UInt64?, recordBytesMax: Int,
        foundKey: (Hash128, UInt64) -> Void
    ) throws(JournalError) {
        self.segment = segment
        self.size = size
        self.sequenceAfter = sequenceAfter
        frames = FrameReader(file: segment.file, mark: segment.mark, end: size, payloadBytesMax: recordBytesMax)
        offset = min(size, Int64(RecordFormat.headerByteCount))
        if !isHeaderWhole {
            count(Segment.Gap(bytes: 0..<offset, sequences: segment.sequenceStart..<segment.sequenceStart))
        }
        while offset < size {
            if let group = try frames.group(at: offset), group.sequence == self.segment.sequenceEnd {
                guard try take(group, foundKey) else { break }
            } else {
                guard try passOver(foundKey) else { break }
            }
        }
        if offset < size { tail = offset..<size }
        self.segment.byteCount = offset
        guard sequenceAfter.map({ $0 == self.segment.sequenceEnd }) ?? true else { throw missing() }
    }

    /// - Returns: False where it is not whole and nothing shows that it was acknowledged.
    private mutating func take(
        _ group: RecordFormat.Group, _ foundKey: (Hash128, UInt64) -> Void
    ) throws(JournalError) -> Bool {
        let start = offset + Int64(RecordFormat.frameHeaderByteCount)
        let end = start + Int64(group.byteCount)
        let stretch = try stretch(start..<min(end, size), sequences: group.sequence..<group.sequenceEnd)
        if !stretch.isWhole || end > size, sequenceAfter == nil {
            guard try frames.nextGroup(from: end, sequence: group.sequenceEnd) != nil else { return false }
        }
        count(stretch, foundKey)
        offset = min(end, size)
        isEndEmptyGroup = group.recordCount == 0
        return true
    }

    /// Goes on with the next group, where no header of one is whole.
    ///
    /// - Returns: False where there is none, and nothing shows that what is there was acknowledged.
    private mutating func passOver(_ foundKey: (Hash128, UInt64) -> Void) throws(JournalError) -> Bool {
        let sequence = segment.sequenceEnd
        let next = try frames.nextGroup(from: offset, sequence: sequence)
        guard let sequenceEnd = next?.group.sequence ?? sequenceAfter else { return false }
        let end = next?.offset ?? size
        guard sequenceEnd >= sequence,
            sequenceEnd - sequence <= UInt64((end - offset) / Int64(RecordFormat.frameHeaderByteCount))
        else { throw missing() }
        let header = offset..<min(end, offset + Int64(RecordFormat.frameHeaderByteCount))
        count(Segment.Gap(bytes: header, sequences: sequence..<sequence))
        count(try stretch(header.upperBound..<end, sequences: sequence..<sequenceEnd), foundKey)
        offset = end
        return true
    }

    /// What is whole of bytes that held these records.
    ///
    /// A broken frame is passed over by its length, which may be broken itself. Only where that leads to the end of the
    /// bytes with the right count is it known which record is which; else all from the first broken one on is a gap.
    private mutating func stretch(
        _ bytes: Range<Int64>, sequences: Range<UInt64>
    ) throws(JournalError) -> Stretch {
        var stretch = Stretch()
        var prefix: (partCount: Int, offset: Int64, sequence: UInt64)?
        var (offset, next) = (bytes.lowerBound, sequences.lowerBound)
        while offset < bytes.upperBound, let claim = try frames.claim(at: offset),
            offset + Int64(claim.byteCount) <= bytes.upperBound, !claim.isRecord || next < sequences.upperBound
        {
            let end = offset + Int64(claim.byteCount)
            if case .record(let key, _)? = try frames.frame(at: offset)?.content {
                stretch.parts.append(.record(Found(key: key, offset: offset)))
            } else {
                prefix = prefix ?? (stretch.parts.count, offset, next)
                let lost = next..<(claim.isRecord ? next + 1 : next)
                stretch.parts.append(.gap(Segment.Gap(bytes: offset..<end, sequences: lost)))
            }
            (offset, next) = (end, claim.isRecord ? next + 1 : next)
        }
        if offset == bytes.upperBound, next == sequences.upperBound {
            stretch.isWhole = prefix == nil
            return stretch
        }
        let known = prefix ?? (stretch.parts.count, offset, next)
        stretch.parts.removeSubrange(known.partCount...)
        stretch.parts.append(
            .gap(
                Segment.Gap(
                    bytes: known.offset..<bytes.upperBound, sequences: known.sequence..<sequences.upperBound)))
        stretch.isWhole = false
        return stretch
    }

    private mutating func count(_ stretch: Stretch, _ foundKey: (Hash128, UInt64) -> Void) {
        for part in stretch.parts {
            switch part {
            case .gap(let gap): count(gap)
            case .record(let record):
                if let key = record.key { foundKey(key, segment.sequenceEnd) }
                segment.count(recordAt: record.offset)
            }
        }
    }

    private mutating func count(_ gap: Segment.Gap) { segment.count(gap) }

    private func missing() -> JournalError {
        let next = segment.sequenceEnd
        let want = sequenceAfter.map { "\($0)" } ?? "?"
        return .corrupt(
            file: segment.file.path, byteOffset: offset,
            reason: "record \(next) should follow here, and the next segment begins with \(want)")
    }
}
