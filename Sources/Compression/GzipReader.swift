private import CZlib

/// A gzip stream (RFC 1952, several members too) that is inflated piece by piece, in bounded memory.
///
/// Not `Sendable`: it stands at one place of one stream.
@safe
public final class GzipReader {
    private static let windowBits: Int32 = 15 + 16  // The largest window; gzip alone.

    private let compressed: () -> [UInt8]
    private let stream: UnsafeMutablePointer<z_stream>  // zlib remembers where it lies.
    private var input: [UInt8] = []
    private var inputStart = 0
    private var isBetweenMembers = true
    private var isBegun = false
    private var isOver = false
    private var isDamaged = false

    /// - Parameter compressed: The next bytes of the stream; none where there are no more for now.
    public init(compressed: @escaping () -> [UInt8]) {
        self.compressed = compressed
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        isDamaged = unsafe inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, size) != Z_OK  // No memory left.
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Whether the stream may end here; false in the middle of it, and where its bytes make no sense.
    public var isWhole: Bool { (isBetweenMembers || isOver) && !isDamaged }

    /// The next inflated bytes; fewer than asked for where there are no more for now, or none that can be read.
    public func read(countMax: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: countMax) { buffer, filled in
            filled = 0
            while filled < countMax, !isOver, !isDamaged {
                guard beginMember() else { return }
                let got = unsafe inflate(into: UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
                filled += got
                guard got > 0 || isBetweenMembers || refill() else { return }
            }
        }
    }

    /// - Returns: Whether there are bytes that were not inflated yet.
    private func refill() -> Bool {
        guard inputStart == input.count else { return true }
        input = compressed()
        inputStart = 0
        return !input.isEmpty
    }

    /// - Returns: Whether there is a member to read on in. What follows the last one, such as zeros of a tape, ends it.
    private func beginMember() -> Bool {
        guard isBetweenMembers else { return true }
        guard refill() else { return false }
        isBetweenMembers = false
        isOver = isBegun && input[inputStart] != 0x1F
        isBegun = true
        if !isOver { isDamaged = unsafe inflateReset(stream) != Z_OK }
        return !isOver && !isDamaged
    }

    private func inflate(into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let status = unsafe input.withUnsafeMutableBufferPointer { input -> Int32 in
            unsafe stream.pointee.next_in = input.baseAddress?.advanced(by: inputStart)
            unsafe stream.pointee.avail_in = UInt32(input.count - inputStart)
            unsafe stream.pointee.next_out = output.baseAddress
            unsafe stream.pointee.avail_out = UInt32(output.count)
            let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            unsafe inputStart = input.count - Int(stream.pointee.avail_in)
            return status
        }
        switch status {
        case Z_OK, Z_BUF_ERROR: break  // The latter: it waits for more.
        case Z_STREAM_END: isBetweenMembers = true
        default: isDamaged = true
        }
        return unsafe output.count - Int(stream.pointee.avail_out)
    }
}
