import Base
import Domain
import Foundation

/// One file that is followed, held open: it stays the same also where it is renamed or taken away. Places in one that
/// is compressed are those of the bytes that it stands for.
final class FollowedFile {
    static let lineBytesMax = 1 << 18
    private static let pieceBytes = 1 << 20
    private static let keptBytesMax = 1 << 14  // Of a line that is too long.
    private static let fingerprintBytesMax = 256
    private static let skipBytesMax: Int64 = 1 << 26  // Inflated at once on the way to where reading goes on.

    /// One line, or the beginning of one that is too long.
    struct Line {
        let offset: Int64
        let bytes: ArraySlice<UInt8>
        let isTooLong: Bool
    }

    struct Batch {
        let lines: [Line]
        let end: Int64  // Behind the last of them.
    }

    let key: String  // Device and inode; and that it is compressed.
    var path: String
    var checkpoint: LogCheckpoint?  // Nil as long as the file is empty.
    private(set) var byteCount: Int64 = 0  // When it was last looked at; of a compressed file as its end tells.
    private(set) var grownAt = ContinuousClock.now
    var isChecked = false  // Whether it was seen to be the file of its checkpoint.
    private let descriptor: Int32
    private let inflated: InflatedFile?  // Nil where it is not compressed.
    private var size: Int64  // Of the file itself.
    private var longLine: (offset: Int64, beginning: ArraySlice<UInt8>, cursor: Int64)?

    /// Nil where it is no regular file, or may not be read.
    init?(path: String, isCompressed: Bool = false) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        self.path = path
        key = Self.key(status, isCompressed: isCompressed)
        size = Int64(status.st_size)
        inflated = isCompressed ? InflatedFile(descriptor: descriptor) : nil
        byteCount = inflated?.byteCount(size: size) ?? size
    }

    deinit { close(descriptor) }

    /// Of the file that is there now; nil where there is none.
    static func key(path: String, isCompressed: Bool = false) -> String? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? key(status, isCompressed: isCompressed) : nil
    }

    private static func key(_ status: stat, isCompressed: Bool) -> String {
        "\(status.st_dev)-\(status.st_ino)" + (isCompressed ? LogCheckpoint.compressedSuffix : "")
    }

    /// When it was written last; nil where it is gone.
    var changedAt: EventTime? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        return EventTime(unixMs: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
    }

    /// - Returns: Whether its size has changed since the last look.
    func look() -> Bool {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        guard Int64(status.st_size) != size else { return false }
        size = Int64(status.st_size)
        byteCount = inflated?.byteCount(size: size) ?? size
        grownAt = .now
        return true
    }

    // MARK: Which file it is

    struct Fingerprint: Equatable {
        let text: String
        let byteCount: Int64
    }

    /// Of the first bytes; fewer where the file is shorter.
    func fingerprint(byteCount: Int64? = nil) -> Fingerprint {
        let bytes = read(at: 0, count: Int(byteCount ?? Int64(Self.fingerprintBytesMax)))
        return Fingerprint(text: Hex.encode(SHA256.digest(bytes).prefix(16)), byteCount: Int64(bytes.count))
    }

    /// Whether it still begins as it did, and is no shorter than what was read of it.
    var isSame: Bool {
        guard let checkpoint else { return true }
        return (inflated != nil || byteCount >= checkpoint.offset) && isBegun(as: checkpoint)
    }

    /// Whether this begins as the other did when it was looked at: it is a copy of it.
    func isCopy(of other: FollowedFile) -> Bool { other.checkpoint.map(isBegun) ?? false }

    /// Whether this begins as a file did that was read.
    func isBegun(as checkpoint: LogCheckpoint) -> Bool {
        fingerprint(byteCount: checkpoint.fingerprintByteCount).text == checkpoint.fingerprint
    }

    /// A longer fingerprint, once there is more to take it of.
    func strengthenFingerprint() {
        guard var checkpoint, checkpoint.fingerprintByteCount < Self.fingerprintBytesMax,
            byteCount > checkpoint.fingerprintByteCount
        else { return }
        let longer = fingerprint()
        checkpoint.fingerprint = longer.text
        checkpoint.fingerprintByteCount = longer.byteCount
        self.checkpoint = checkpoint
    }

    /// The checkpoint of a file that is met for the first time, or anew under what it was.
    func begin(log: Int64, at offset: Int64, now: EventTime) -> LogCheckpoint {
        let fingerprint = fingerprint()
        let before = checkpoint?.mark ?? ""
        let mark = Hex.encode(SHA256.digest(Array("\(key) \(fingerprint.text) \(before)".utf8)).prefix(8))
        let fresh = LogCheckpoint(
            log: log, file: key, fingerprint: fingerprint.text, fingerprintByteCount: fingerprint.byteCount, mark: mark,
            path: path, offset: offset, updatedAt: now)
        checkpoint = fresh
        longLine = nil
        return fresh
    }

    /// Behind the last line break there is; 0 where there is none within reach.
    var lastLineEnd: Int64 {
        let start = max(0, byteCount - Int64(Self.pieceBytes))
        let bytes = read(at: start, count: Self.pieceBytes)
        return bytes.lastIndex(of: 0x0A).map { start + Int64($0) + 1 } ?? (start == 0 ? 0 : byteCount)
    }

    // MARK: Reading

    /// Whether nothing of a compressed file is missing or damaged; known once it is read to its end.
    var isWhole: Bool { inflated?.isWhole ?? true }

    /// Brings a compressed file nearer to where reading goes on.
    ///
    /// - Returns: Whether it can be read there now.
    func approach() -> Bool {
        guard let inflated, let checkpoint, longLine == nil else { return true }
        return inflated.approach(checkpoint.offset, byteCountMax: Self.skipBytesMax)
    }

    /// The next whole lines; nil where there is none yet.
    ///
    /// - Parameter isLast: Whether nothing more will come, so that a last line without its break is one.
    func batch(isLast: Bool = false) -> Batch? {
        guard let offset = checkpoint?.offset else { return nil }
        if longLine != nil { return restOfLongLine(isLast: isLast) }
        let piece = read(at: offset, count: Self.pieceBytes)
        var lines: [Line] = []
        var start = 0
        while let end = piece[start...].firstIndex(of: 0x0A) {
            lines.append(line(piece[start..<end], at: offset + Int64(start)))
            start = end + 1
        }
        if isLast, start < piece.count, piece.count < Self.pieceBytes {
            lines.append(line(piece[start...], at: offset + Int64(start)))
            start = piece.count
        }
        if lines.isEmpty, piece.count == Self.pieceBytes {
            longLine = (offset, piece.prefix(Self.keptBytesMax), offset + Int64(piece.count))
            return restOfLongLine(isLast: isLast)
        }
        return lines.isEmpty ? nil : Batch(lines: lines, end: offset + Int64(start))
    }

    private func line(_ bytes: ArraySlice<UInt8>, at offset: Int64) -> Line {
        let isTooLong = bytes.count > Self.lineBytesMax
        return Line(offset: offset, bytes: isTooLong ? bytes.prefix(Self.keptBytesMax) : bytes, isTooLong: isTooLong)
    }

    /// Looks for the end of a line of which only the beginning is kept.
    private func restOfLongLine(isLast: Bool) -> Batch? {
        while var long = longLine {
            let piece = read(at: long.cursor, count: Self.pieceBytes)
            let end = piece.firstIndex(of: 0x0A)
            if end != nil || (isLast && piece.isEmpty) {
                longLine = nil
                let line = Line(offset: long.offset, bytes: long.beginning, isTooLong: true)
                return Batch(lines: [line], end: long.cursor + Int64(end.map { $0 + 1 } ?? 0))
            }
            guard !piece.isEmpty else { return nil }
            long.cursor += Int64(piece.count)
            longLine = long
        }
        return nil
    }

    private func read(at offset: Int64, count: Int) -> [UInt8] {
        inflated?.read(at: offset, count: count) ?? Self.read(descriptor, at: offset, count: count)
    }

    /// Fewer bytes than asked for at the end.
    static func read(_ descriptor: Int32, at offset: Int64, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let got = unsafe pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset) + off_t(filled))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
    }
}

extension LogCheckpoint {
    /// Ends the key of a file that is compressed.
    fileprivate static let compressedSuffix = "-gz"

    /// Its offset is then in what the file stands for.
    var isOfCompressedFile: Bool { file.hasSuffix(Self.compressedSuffix) }

    /// The same place, in a file that holds the same.
    func moved(to file: FollowedFile) -> LogCheckpoint {
        LogCheckpoint(
            log: log, file: file.key, fingerprint: fingerprint, fingerprintByteCount: fingerprintByteCount, mark: mark,
            path: file.path, offset: offset, updatedAt: updatedAt)
    }
}
