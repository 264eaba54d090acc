private import Base

/// Why a snapshot could not be read.
public enum SnapshotError: Error, Equatable {
    case unknownFormat
    case wrongLength(byteCount: Int, expected: Int)
    case checksumMismatch
    case optionsOutOfRange
}

extension FTRL {
    private static let magic: UInt64 = 0x3130_4C52_5446_5951  // "QYFTRL01", little-endian.
    private static let headerByteCount = 8 + 4 + 4 * 4 + 8

    /// The whole state, little-endian: magic, bits (UInt32), α, β, λ₁, λ₂, examples (UInt64), z, n, checksum (UInt64).
    ///
    /// The checksum finds damage, not malice.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerByteCount + 8 * z.count + 8)
        func put(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(Self.magic)
        put(UInt32(options.bits))
        for value in [options.alpha, options.beta, options.lambda1, options.lambda2] { put(value.bitPattern) }
        put(exampleCount)
        for column in [z, n] {
            for value in column { put(value.bitPattern) }
        }
        put(Self.checksum(bytes[...]))
        return bytes
    }

    /// Reads what `encoded()` wrote, and nothing that was damaged on the way.
    public init(snapshot bytes: [UInt8]) throws(SnapshotError) {
        guard bytes.count >= Self.headerByteCount + 8, Self.word64(bytes, at: 0) == Self.magic else {
            throw .unknownFormat
        }
        let parameters = (0..<4).map { Float(bitPattern: Self.word32(bytes, at: 12 + 4 * $0)) }
        guard
            let options = Options(
                bits: Int(Self.word32(bytes, at: 8)), alpha: parameters[0], beta: parameters[1],
                lambda1: parameters[2], lambda2: parameters[3])
        else { throw .optionsOutOfRange }
        let slotCount = 1 << options.bits
        let byteCount = Self.headerByteCount + 8 * slotCount + 8
        guard bytes.count == byteCount else { throw .wrongLength(byteCount: bytes.count, expected: byteCount) }
        guard Self.checksum(bytes.dropLast(8)) == Self.word64(bytes, at: byteCount - 8) else { throw .checksumMismatch }
        func column(_ place: Int) -> [Float] {
            let start = Self.headerByteCount + place * 4 * slotCount
            return (0..<slotCount).map { Float(bitPattern: Self.word32(bytes, at: start + 4 * $0)) }
        }
        self.init(
            options: options, exampleCount: Self.word64(bytes, at: 28), z: column(0), n: column(1))
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { buffer in
            var state = UInt64(buffer.count)
            var offset = 0
            while offset + 8 <= buffer.count {
                let word = UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                state = SeededGenerator.mix(state ^ word)
                offset += 8
            }
            for byte in buffer[offset...] { state = SeededGenerator.mix(state ^ UInt64(byte)) }
            return state
        }
    }

    private static func word64(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
    }

    private static func word32(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
}
