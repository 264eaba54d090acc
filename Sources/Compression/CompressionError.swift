/// Why bytes cannot be decompressed.
public enum CompressionError: Error, Equatable, Sendable {
    case malformed(String)  // The name of the format: no stream of it, or not a whole one.
    case tooLarge(bytesMax: Int)
}
