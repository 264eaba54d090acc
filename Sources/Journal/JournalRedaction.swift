public import Base
import Glibc
import Synchronization

/// What a record is read as, and in the end rewritten to: as many bytes as it has, or nil where it stays as it is.
public typealias JournalRedaction =
    @Sendable (_ sequence: UInt64, _ payload: ArraySlice<UInt8>) -> [UInt8]?

/// What a scrub has rewritten.
public struct JournalScrub: Sendable, Equatable {
    public var recordCount = 0
    public var segmentCount = 0
}

extension Journal {
    private static let unfinishedSuffix = ".scrub"

    /// The key of a record that every start finds; the lower half tells it from others.
    public static func notedKey(_ low: UInt64) -> Hash128 { Hash128(high: notedHigh, low: low) }

    /// From now on, records are read as this says, also where they are not rewritten yet.
    public func redact(by redact: JournalRedaction?) { redaction.withLock { $0 = redact } }

    /// Rewrites the records before `end` that are read otherwise than they stand. Each segment is written whole beside
    /// the old one and then takes its name, so that a process that dies leaves one or the other; sequences and places
    /// stay. What earlier recoveries have cut off goes, too. Blocks; appending and reading go on.
    ///
    /// - Parameter isStopped: Asked now and then; true ends the work, and another call goes on with it.
    /// - Throws: `closed` where it was stopped; `corrupt`; `diskFull`; `io`; `poisoned`.
    public func scrub(before end: UInt64, isStopped: () -> Bool) throws(JournalError) -> JournalScrub {
        guard let redact = redaction.withLock({ $0 }) else { return JournalScrub() }
        if let last = segments.last, last.sequenceStart < end, last.sequenceEnd > last.sequenceStart {
            try changeSegments { committer throws(JournalError) in try committer.seal() }
        }
        var scrub = JournalScrub()
        for segment in segments.dropLast() where segment.sequenceStart < end {
            let changes = try segment.records(
                before: end, changedBy: redact, recordBytesMax: options.recordBytesMax, isStopped: isStopped)
            guard !changes.isEmpty else { continue }
            let rewritten = try rewrite(segment, changes)
            try changeSegments { $0.replace(rewritten) }
            scrub.recordCount += changes.count
            scrub.segmentCount += 1
        }
        for name in try JournalFile.names(inFolder: folder) where name.hasSuffix(".cut") {
            JournalFile.remove(folder + "/" + name)
        }
        return scrub
    }

    private func rewrite(_ segment: Segment, _ changes: [SegmentChange]) throws(JournalError) -> Segment {
        let path = segment.file.path
        JournalFile.remove(path + Self.unfinishedSuffix)  // What a process that died has left.
        let file = try JournalFile(path: path + Self.unfinishedSuffix, opening: .new)
        do throws(JournalError) {
            var offset: Int64 = 0
            for change in changes {
                try file.append(segment.file, offset..<change.offset)
                var bytes: [UInt8] = []
                RecordFormat.append(change.record, mark: segment.mark, to: &bytes)
                try file.append(bytes, calls: .system)
                offset = change.offset + Int64(bytes.count)
            }
            try file.append(segment.file, offset..<segment.file.byteCount)
            guard file.byteCount == segment.file.byteCount else {
                throw .corrupt(file: path, byteOffset: file.byteCount, reason: "it cannot be read to its end")
            }
            try file.sync(calls: .system)
        } catch {
            file.remove()
            throw error == .poisoned ? .io(errno: 0, what: "sync \(file.path)") : error
        }
        guard unsafe rename(file.path, path) == 0 else { throw JournalFile.failure("rename \(file.path)") }
        try JournalFile.syncFolder(folder)
        return segment.inFile(try JournalFile(path: path, opening: .existing))
    }
}

/// A record that takes the place of another of the same size.
struct SegmentChange {
    let offset: Int64
    let record: JournalRecord
}

extension Segment {
    private static let stopInterval: UInt64 = 4096  // Records from one look at whether to stop to the next.

    /// The records before `end` that a redaction changes, as they are then.
    func records(
        before end: UInt64, changedBy redact: JournalRedaction, recordBytesMax: Int, isStopped: () -> Bool
    ) throws(JournalError) -> [SegmentChange] {
        var changes: [SegmentChange] = []
        var wasStopped = false
        try visitPlaces(from: sequenceStart, recordBytesMax: recordBytesMax) { place, key, payload in
            guard place.sequence < end else { return false }
            if place.sequence % Self.stopInterval == 0, isStopped() { wasStopped = true }
            if let other = redact(place.sequence, payload), other.count == payload.count {
                changes.append(
                    SegmentChange(offset: place.offset, record: JournalRecord(key: key, payload: other)))
            }
            return !wasStopped
        }
        if wasStopped { throw .closed }
        return changes
    }
}

extension JournalFile {
    private static let pieceByteCount: Int64 = 1 << 20

    /// Appends a stretch of another file.
    fileprivate func append(_ other: JournalFile, _ range: Range<Int64>) throws(JournalError) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let piece = try other.read(at: offset, count: Int(min(Self.pieceByteCount, range.upperBound - offset)))
            guard !piece.isEmpty else { return }
            try append(piece, calls: .system)
            offset += Int64(piece.count)
        }
    }
}

extension [(sequence: UInt64, payload: [UInt8])] {
    /// As they are to be read.
    func redacted(by redact: JournalRedaction?) -> Self {
        guard let redact else { return self }
        return map { ($0.sequence, redact($0.sequence, $0.payload[...]) ?? $0.payload) }
    }
}
