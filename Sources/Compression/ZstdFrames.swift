private import CZstd

/// Zstandard (RFC 8878), one frame or several.
public enum ZstdFrames {
    private static let name = "zstd"
    private static let pieceBytes = 65_536
    private static let windowLogMax: Int32 = 23  // 8 MiB, what RFC 8878 advises decoders to support.

    /// - Parameter bytesMax: Of the result: a small stream may stand for a huge one.
    public static func decode(_ bytes: [UInt8], bytesMax: Int) throws(CompressionError) -> [UInt8] {
        guard let context = unsafe ZSTD_createDCtx() else { throw .malformed(name) }
        defer { unsafe ZSTD_freeDCtx(context) }
        unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLogMax)
        var output: [UInt8] = []
        let outcome = unsafe bytes.withUnsafeBytes { input -> Result<Void, CompressionError> in
            var input = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
            return unsafe run(context, &input, bytesMax: bytesMax, into: &output)
        }
        try outcome.get()
        return output
    }

    private static func run(
        _ context: OpaquePointer, _ input: inout ZSTD_inBuffer, bytesMax: Int, into output: inout [UInt8]
    ) -> Result<Void, CompressionError> {
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        var hint = 0  // 0 where a frame is complete.
        repeat {
            var written = 0
            hint = unsafe piece.withUnsafeMutableBytes { piece in
                var buffer = unsafe ZSTD_outBuffer(dst: piece.baseAddress, size: piece.count, pos: 0)
                let hint = unsafe ZSTD_decompressStream(context, &buffer, &input)
                written = unsafe buffer.pos
                return hint
            }
            guard ZSTD_isError(hint) == 0 else { return .failure(.malformed(name)) }
            output += piece.prefix(written)
            guard output.count <= bytesMax else { return .failure(.tooLarge(bytesMax: bytesMax)) }
            let isDry = unsafe input.pos == input.size && written < pieceBytes
            if isDry, hint != 0 { return .failure(.malformed(name)) }  // Cut off.
            if isDry { return .success(()) }
        } while true
    }
}
