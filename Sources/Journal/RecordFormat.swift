import Base

/// How records stand in a segment.
///
/// A segment begins with `headerByteCount` bytes: the magic `QYJ1`, then the sequence of its first record (UInt64).
/// A record: checksum (UInt32, CRC-32C of all that follows), payload length (UInt32), key (two UInt64, zero for none),
/// payload. All little-endian.
enum RecordFormat {
    static let magic: [UInt8] = Array("QYJ1".utf8)
    static let headerByteCount = 12
    static let recordHeaderByteCount = 24

    static func segmentHeader(sequence: UInt64) -> [UInt8] {
        magic + (0..<8).map { UInt8(truncatingIfNeeded: sequence >> (8 * UInt64($0))) }
    }

    static func append(_ record: JournalRecord, to out: inout [UInt8]) {
        let start = out.count
        append(UInt32(0), to: &out)
        append(UInt32(record.payload.count), to: &out)
        append(record.key?.high ?? 0, to: &out)
        append(record.key?.low ?? 0, to: &out)
        out += record.payload
        let crc = unsafe out.withUnsafeBytes { bytes in
            unsafe CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[(start + 4)...]))
        }
        for shift in 0..<4 { out[start + shift] = UInt8(truncatingIfNeeded: crc >> (8 * UInt32(shift))) }
    }

    struct Parsed {
        let key: Hash128?
        let payload: Range<Int>  // Within the bytes that were parsed.
        var end: Int { payload.upperBound }
    }

    /// How many bytes a record at `offset` takes by its header, or nil where it would not fit.
    static func byteCount(_ bytes: UnsafeRawBufferPointer, at offset: Int, byteCountMax: Int) -> Int? {
        guard offset + recordHeaderByteCount <= bytes.count else { return nil }
        let length = unsafe Int(bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self).littleEndian)
        guard length <= byteCountMax, offset + recordHeaderByteCount + length <= bytes.count else { return nil }
        return recordHeaderByteCount + length
    }

    /// The record at `offset`, or nil where no whole record with a right checksum stands there.
    static func parse(_ bytes: UnsafeRawBufferPointer, at offset: Int, byteCountMax: Int) -> Parsed? {
        guard let byteCount = unsafe byteCount(bytes, at: offset, byteCountMax: byteCountMax) else { return nil }
        let end = offset + byteCount
        let crc = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian
        let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<end])
        guard unsafe CRC32C.checksum(body) == crc else { return nil }
        let high = unsafe bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self).littleEndian
        let low = unsafe bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self).littleEndian
        let key = high == 0 && low == 0 ? nil : Hash128(high: high, low: low)
        return Parsed(key: key, payload: offset + recordHeaderByteCount..<end)
    }

    private static func append<Word: FixedWidthInteger>(_ word: Word, to out: inout [UInt8]) {
        for shift in 0..<(Word.bitWidth / 8) { out.append(UInt8(truncatingIfNeeded: word >> Word(8 * shift))) }
    }
}
