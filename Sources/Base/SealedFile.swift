/// Why a sealed file cannot be used.
public enum SealedFileError: Error, Sendable, Equatable {
    case file(FileFailure)
    case damaged  // What was read is not what was written.
}

/// Whole files that tell damage: the content, and behind it XXH64 of its bytes in eight more, little-endian.
public enum SealedFile {
    private static let sealByteCount = 8

    public static func replace(_ path: String, with content: [UInt8]) throws(FileFailure) {
        let sum = checksum64(of: content)
        let seal = (0..<UInt64(sealByteCount)).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
        try WholeFile.replace(path, with: content + seal)
    }

    /// - Returns: The content without its seal.
    public static func read(_ path: String) throws(SealedFileError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(FileFailure) { bytes = try WholeFile.read(path) } catch { throw .file(error) }
        let content = Array(bytes.dropLast(sealByteCount))
        let sum = bytes.suffix(sealByteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard content.count + sealByteCount == bytes.count, checksum64(of: content) == sum else { throw .damaged }
        return content
    }
}
