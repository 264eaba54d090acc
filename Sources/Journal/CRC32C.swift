private import CCRC32C

/// CRC-32C (Castagnoli), eight bytes at a time: by the processor's instruction, or from tables where it has none.
///
/// Source: RFC 3720, appendix B.4 (polynomial and test vectors); Kounavis and Berry, "A Systematic Approach to Building
/// High Performance Software-based CRC Generators", ISCC 2005 (slicing by 8).
enum CRC32C {
    private static let polynomial: UInt32 = 0x82F6_3B78  // Reflected.

    /// `tables[k][b]`: the checksum of byte b followed by k zero bytes.
    private static let tables: [[UInt32]] = {
        var tables = [
            (0..<256).map { byte in
                (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
            }
        ]
        for k in 1..<8 {
            tables.append(tables[k - 1].map { crc in crc >> 8 ^ tables[0][Int(crc & 0xFF)] })
        }
        return tables
    }()

    private static let flat: [UInt32] = tables.flatMap { $0 }

    private static let hasInstruction = ccrc32c_is_available() != 0

    /// - Complexity: O(n), two to three bytes per cycle.
    static func checksum(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        guard hasInstruction else { return unsafe checksumFromTables(bytes, continuing: crc) }
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return unsafe ~ccrc32c_update(~crc, start, bytes.count)
    }

    /// - Complexity: O(n), about a byte per cycle.
    static func checksumFromTables(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        var crc = ~crc
        var offset = 0
        unsafe flat.withUnsafeBufferPointer { table in
            while offset + 8 <= bytes.count {
                let low = unsafe crc ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian
                let high = unsafe bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self).littleEndian
                crc = unsafe table[1792 + Int(low & 0xFF)] ^ table[1536 + Int(low >> 8 & 0xFF)]
                crc = unsafe crc ^ table[1280 + Int(low >> 16 & 0xFF)] ^ table[1024 + Int(low >> 24)]
                crc = unsafe crc ^ table[768 + Int(high & 0xFF)] ^ table[512 + Int(high >> 8 & 0xFF)]
                crc = unsafe crc ^ table[256 + Int(high >> 16 & 0xFF)] ^ table[Int(high >> 24)]
                offset += 8
            }
            while offset < bytes.count {
                crc = unsafe crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[offset])]
                offset += 1
            }
        }
        return ~crc
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 { unsafe bytes.withUnsafeBytes { unsafe checksum($0) } }
}
