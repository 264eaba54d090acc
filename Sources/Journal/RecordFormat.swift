import Base

/// How groups of records stand in a segment. All numbers are little-endian, all checksums are CRC-32C.
///
/// A segment begins with `headerByteCount` bytes: the magic `QYJ2`, its mark (UInt32), the sequence of its first record
/// (UInt64), and the checksum of these. Then come frames of two kinds, each with a header of `frameHeaderByteCount`:
///
/// - A group, which is written and synced at once: checksum, the mark, the sequence of its first record (UInt64), the
///   bytes of its records (UInt32), their count (UInt32). Its records follow.
/// - A record: checksum of all that follows, payload length (UInt32), key (two UInt64, zero for none), payload.
///
/// The mark is drawn for each segment and starts each of its checksums, so that no payload can pass for a frame. Its
/// highest bit is set, that of a payload length never: so the second word tells the kinds apart.
enum RecordFormat {
    static let magic: [UInt8] = Array("QYJ2".utf8)
    static let headerByteCount = 20
    static let frameHeaderByteCount = 24
    static let payloadBytesMax = Int(Int32.max)
    static let groupBytesMax = Int(UInt32.max)

    struct Group: Equatable {
        let mark: UInt32
        let sequence: UInt64
        let byteCount: Int  // Of its records.
        let recordCount: Int

        var sequenceEnd: UInt64 { sequence + UInt64(recordCount) }
    }

    static func mark(using random: inout some RandomNumberGenerator) -> UInt32 {
        UInt32.random(in: .min ... .max, using: &random) | markBit
    }

    static func segmentHeader(mark: UInt32, sequence: UInt64) -> [UInt8] {
        var header = magic
        append(mark, to: &header)
        append(sequence, to: &header)
        append(CRC32C.checksum(header), to: &header)
        return header
    }

    /// Nil where it is not whole.
    static func segmentHeader(of bytes: [UInt8]) -> (mark: UInt32, sequence: UInt64)? {
        guard bytes.count >= headerByteCount else { return nil }
        let (mark, sequence) = unsafe bytes.withUnsafeBytes { bytes in
            unsafe (word(bytes, at: 4, as: UInt32.self), word(bytes, at: 8, as: UInt64.self))
        }
        return Array(bytes.prefix(headerByteCount)) == segmentHeader(mark: mark, sequence: sequence)
            ? (mark, sequence) : nil
    }

    /// Whether a segment says of itself that another version of the format wrote it.
    static func isOfOtherVersion(_ header: [UInt8]) -> Bool {
        header.count >= magic.count && header.prefix(3) == magic.prefix(3) && header[3] != magic[3]
            && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(header[3])
    }

    static func append(_ record: JournalRecord, mark: UInt32, to out: inout [UInt8]) {
        let start = out.count
        // The place of the checksum, and above it the length.
        append(UInt64(record.payload.count) << 32, to: &out)
        append(record.key?.high ?? 0, to: &out)
        append(record.key?.low ?? 0, to: &out)
        out += record.payload
        setChecksum(of: start..<out.count, mark: mark, in: &out)
    }

    /// Leaves room for the header of a group; `closeGroup` fills it in.
    static func openGroup(in out: inout [UInt8]) { out += [UInt8](repeating: 0, count: frameHeaderByteCount) }

    /// - Parameter out: A group and nothing else.
    static func closeGroup(mark: UInt32, sequence: UInt64, recordCount: Int, in out: inout [UInt8]) {
        var header: [UInt8] = []
        append(UInt32(0), to: &header)
        append(mark, to: &header)
        append(sequence, to: &header)
        append(UInt32(out.count - frameHeaderByteCount), to: &header)
        append(UInt32(recordCount), to: &header)
        setChecksum(of: 0..<header.count, mark: mark, in: &header)
        out.replaceSubrange(0..<frameHeaderByteCount, with: header)
    }

    /// The group whose header stands at `offset`, or nil where none does.
    ///
    /// - Parameter mark: Of the segment; nil where it is not known, so that any will do.
    static func group(_ bytes: UnsafeRawBufferPointer, at offset: Int, mark: UInt32?) -> Group? {
        guard offset + frameHeaderByteCount <= bytes.count else { return nil }
        let found = unsafe word(bytes, at: offset + 4, as: UInt32.self)
        guard mark.map({ $0 == found }) ?? (found & markBit != 0) else { return nil }
        guard unsafe hasChecksum(bytes, offset..<offset + frameHeaderByteCount, mark: found) else { return nil }
        return unsafe Group(
            mark: found, sequence: word(bytes, at: offset + 8, as: UInt64.self),
            byteCount: Int(word(bytes, at: offset + 16, as: UInt32.self)),
            recordCount: Int(word(bytes, at: offset + 20, as: UInt32.self)))
    }

    /// How many bytes a frame takes by its header, whole or not, and whether it is a record.
    static func claim(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> (byteCount: Int, isRecord: Bool) {
        let second = unsafe word(bytes, at: offset + 4, as: UInt32.self)
        guard second & markBit == 0 else { return (frameHeaderByteCount, false) }
        return (frameHeaderByteCount + Int(second), true)
    }

    /// The key of the record that takes these bytes; `.none` where they are no whole record.
    static func record(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, mark: UInt32) -> Hash128?? {
        guard unsafe hasChecksum(bytes, range, mark: mark) else { return .none }
        let high = unsafe word(bytes, at: range.lowerBound + 8, as: UInt64.self)
        let low = unsafe word(bytes, at: range.lowerBound + 16, as: UInt64.self)
        return .some(high == 0 && low == 0 ? nil : Hash128(high: high, low: low))
    }

    private static let markBit: UInt32 = 1 << 31

    private static func hasChecksum(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, mark: UInt32) -> Bool {
        let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[(range.lowerBound + 4)..<range.upperBound])
        let want = unsafe word(bytes, at: range.lowerBound, as: UInt32.self)
        return unsafe CRC32C.checksum(body, continuing: mark) == want
    }

    private static func setChecksum(of range: Range<Int>, mark: UInt32, in out: inout [UInt8]) {
        let crc = unsafe out.withUnsafeBytes { bytes in
            unsafe CRC32C.checksum(
                UnsafeRawBufferPointer(rebasing: bytes[(range.lowerBound + 4)..<range.upperBound]), continuing: mark)
        }
        for shift in 0..<4 { out[range.lowerBound + shift] = UInt8(truncatingIfNeeded: crc >> (8 * UInt32(shift))) }
    }

    private static func word<Word: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, as type: Word.Type
    ) -> Word {
        unsafe Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    private static func append<Word: FixedWidthInteger>(_ word: Word, to out: inout [UInt8]) {
        unsafe withUnsafeBytes(of: word.littleEndian) { unsafe out.append(contentsOf: $0) }
    }
}
