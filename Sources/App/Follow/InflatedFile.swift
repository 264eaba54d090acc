import Base
import Compression
import Foundation

/// The bytes that a compressed file stands for, to be read at any place. Reading on is cheap, going back begins anew.
/// Holds one piece of what was read last.
final class InflatedFile {
    private static let pieceBytes = 1 << 16  // Of compressed ones.
    private static let skipBytes = 1 << 20
    private static let headBytes = 256

    private let source: Source
    private var reader: GzipReader
    private let head: [UInt8]  // Which file it is, is asked again and again.
    private var window: [UInt8]
    private var windowStart: Int64 = 0

    /// - Parameter descriptor: Of a file that stays open as long as this lives.
    init(descriptor: Int32) {
        source = Source(descriptor)
        reader = source.reader()
        window = reader.read(countMax: Self.headBytes)
        head = window
    }

    /// Whether the bytes read so far end where the file may end.
    var isWhole: Bool { reader.isWhole }

    /// How many bytes it stands for, as the end of the file tells; only a part where it is of several members.
    func byteCount(size: Int64) -> Int64 {
        let end = size < 4 ? [] : source.end(size: size)
        return max(Int64(head.count), end.reversed().reduce(0) { $0 << 8 | Int64($1) })
    }

    private var windowEnd: Int64 { windowStart + Int64(window.count) }

    /// Inflates on towards a place.
    ///
    /// - Returns: Whether it is there, or can come no nearer; then `read` there takes no longer than its bytes need.
    func approach(_ offset: Int64, byteCountMax: Int64) -> Bool {
        if offset < windowStart { rewind() }
        let start = windowEnd
        while windowEnd < offset {
            guard windowEnd - start < byteCountMax else { return false }
            let end = windowEnd
            window = reader.read(countMax: Int(min(offset - end, Int64(Self.skipBytes))))
            windowStart = end
            guard !window.isEmpty else { return true }
        }
        return true
    }

    /// Fewer bytes than asked for at the end.
    func read(at offset: Int64, count: Int) -> [UInt8] {
        if offset == 0, count <= Self.headBytes { return Array(head.prefix(count)) }
        guard approach(offset, byteCountMax: .max), windowEnd >= offset else { return [] }
        window.removeFirst(Int(offset - windowStart))
        windowStart = offset
        if window.count < count { window += reader.read(countMax: count - window.count) }
        return Array(window.prefix(count))
    }

    private func rewind() {
        source.rewind()
        reader = source.reader()
        window = []
        windowStart = 0
    }

    /// The file, piece by piece.
    private final class Source {
        private let descriptor: Int32
        private var offset: Int64 = 0

        init(_ descriptor: Int32) { self.descriptor = descriptor }

        func rewind() { offset = 0 }

        func end(size: Int64) -> [UInt8] { FollowedFile.read(descriptor, at: size - 4, count: 4) }

        func reader() -> GzipReader {
            GzipReader { [self] in
                let piece = FollowedFile.read(descriptor, at: offset, count: InflatedFile.pieceBytes)
                offset += Int64(piece.count)
                return piece
            }
        }
    }
}
