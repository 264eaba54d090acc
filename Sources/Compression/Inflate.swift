private import CZlib

/// gzip (RFC 1952, several members too) and zlib (RFC 1950).
public enum Inflate {
    private static let pieceBytes = 65_536
    private static let windowBitsAuto: Int32 = 15 + 32  // The largest window; gzip or zlib by the header.

    /// Whether the bytes begin as a gzip stream does.
    public static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B, 0x08]) }

    /// - Parameters:
    ///   - name: What the error calls the format.
    ///   - bytesMax: Of the result: a small stream may stand for a huge one.
    public static func decode(
        _ bytes: [UInt8], name: String, bytesMax: Int
    ) throws(CompressionError) -> [UInt8] {
        var stream = unsafe z_stream()
        let ready = unsafe inflateInit2_(&stream, windowBitsAuto, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard ready == Z_OK else { throw .malformed(name) }
        defer { unsafe inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        let outcome = unsafe input.withUnsafeMutableBufferPointer { input -> Result<Void, CompressionError> in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = UInt32(input.count)
            return unsafe run(&stream, name: name, bytesMax: bytesMax, into: &output)
        }
        try outcome.get()
        return output
    }

    private static func run(
        _ stream: inout z_stream, name: String, bytesMax: Int, into output: inout [UInt8]
    ) -> Result<Void, CompressionError> {
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        while true {
            let status = unsafe piece.withUnsafeMutableBufferPointer { piece -> Int32 in
                unsafe stream.next_out = piece.baseAddress
                unsafe stream.avail_out = UInt32(piece.count)
                return unsafe inflate(&stream, Z_NO_FLUSH)
            }
            guard status == Z_OK || status == Z_STREAM_END else { return .failure(.malformed(name)) }
            output += unsafe piece.prefix(pieceBytes - Int(stream.avail_out))
            guard output.count <= bytesMax else { return .failure(.tooLarge(bytesMax: bytesMax)) }
            if status == Z_STREAM_END {
                guard unsafe stream.avail_in > 0 else { return .success(()) }
                guard unsafe inflateReset(&stream) == Z_OK else { return .failure(.malformed(name)) }
            } else if unsafe stream.avail_in == 0, unsafe stream.avail_out > 0 {
                return .failure(.malformed(name))  // Cut off.
            }
        }
    }
}
