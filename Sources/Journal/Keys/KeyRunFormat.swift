import Base

/// How the keys of a stretch of the journal stand in a file of their own, a run. All numbers are little-endian, all
/// checksums are CRC-32C.
///
/// - A header of `headerByteCount` bytes: the magic `QYK1`, the checksum of the rest of the header (UInt32), the first
///   sequence and the one behind the last (UInt64), and the tally of the records: count and sum (three UInt64).
/// - The keys, each once, ascending: two UInt64 a key, high and low.
/// - A footer of `footerByteCount` bytes: how many keys (UInt64), their checksum (UInt32), and that of these (UInt32).
///
/// The name of the file says which sequences it has.
enum KeyRunFormat {
    struct Header: Equatable {
        let sequences: Range<UInt64>
        let tally: KeyTally
    }

    struct Footer: Equatable {
        let keyCount: UInt64
        let checksum: UInt32  // Of the keys.
    }

    static let magic: [UInt8] = Array("QYK1".utf8)
    static let headerByteCount = 48
    static let footerByteCount = 16
    static let keyByteCount = 16
    static let suffix = ".keys"
    static let unfinishedSuffix = ".keys.new"

    static func bytes(of header: Header) -> [UInt8] {
        var rest: [UInt8] = []
        for word in [
            header.sequences.lowerBound, header.sequences.upperBound, header.tally.count, header.tally.high,
            header.tally.low,
        ] { append(word, to: &rest) }
        var bytes = magic
        append(CRC32C.checksum(rest), to: &bytes)
        return bytes + rest
    }

    /// Nil where it is not whole.
    static func header(of bytes: [UInt8]) -> Header? {
        guard bytes.count == headerByteCount else { return nil }
        let words = unsafe bytes.withUnsafeBytes { bytes in
            (0..<5).map { unsafe word(bytes, at: 8 + 8 * $0, as: UInt64.self) }
        }
        guard words[0] <= words[1] else { return nil }
        let header = Header(
            sequences: words[0]..<words[1], tally: KeyTally(count: words[2], high: words[3], low: words[4]))
        return self.bytes(of: header) == bytes ? header : nil
    }

    static func bytes(of footer: Footer) -> [UInt8] {
        var bytes: [UInt8] = []
        append(footer.keyCount, to: &bytes)
        append(footer.checksum, to: &bytes)
        append(CRC32C.checksum(bytes), to: &bytes)
        return bytes
    }

    /// Nil where it is not whole.
    static func footer(of bytes: [UInt8]) -> Footer? {
        guard bytes.count == footerByteCount else { return nil }
        let footer = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Footer(
                keyCount: word(bytes, at: 0, as: UInt64.self), checksum: word(bytes, at: 8, as: UInt32.self))
        }
        return self.bytes(of: footer) == bytes ? footer : nil
    }

    static func append(_ key: Hash128, to out: inout [UInt8]) {
        append(key.high, to: &out)
        append(key.low, to: &out)
    }

    /// - Precondition: A whole key begins at `offset`.
    static func key(_ bytes: [UInt8], at offset: Int) -> Hash128 {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe Hash128(
                high: word(bytes, at: offset, as: UInt64.self), low: word(bytes, at: offset + 8, as: UInt64.self))
        }
    }

    static func fileName(of sequences: Range<UInt64>) -> String {
        name(of: sequences.lowerBound) + "-" + name(of: sequences.upperBound) + suffix
    }

    /// The sequences that a file of the folder is named by; nil for other names.
    static func sequences(ofFileName name: String) -> Range<UInt64>? {
        let parts = name.dropLast(suffix.count).split(separator: "-")
        guard parts.count == 2, let start = UInt64(parts[0]), let end = UInt64(parts[1]), start <= end,
            fileName(of: start..<end) == name
        else { return nil }
        return start..<end
    }

    private static func name(of sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }

    private static func word<Word: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, as type: Word.Type
    ) -> Word {
        unsafe Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    private static func append<Word: FixedWidthInteger>(_ word: Word, to out: inout [UInt8]) {
        unsafe withUnsafeBytes(of: word.littleEndian) { bytes in unsafe out.append(contentsOf: bytes) }
    }
}
