import Glibc

/// A file that is read as if it were memory, which the system fetches when it is read and takes back when it needs it.
/// What it maps stays as it is when the file's name is given to another or removed.
@safe
final class MappedFile: Sendable {
    let byteCount: Int
    // Never written to, and there until the end of this object.
    nonisolated(unsafe) private let start: UnsafeRawPointer

    /// - Precondition: `byteCount` is that of the file, and not 0.
    init(_ file: borrowing OpenFile, byteCount: Int) throws(TimelineError) {
        let start = unsafe file.map(byteCount)
        guard let start = unsafe start else { throw .io(operation: "mmap", errno: errno) }
        self.byteCount = byteCount
        unsafe self.start = start
    }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: start), byteCount) }

    var span: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe RawSpan(_unsafeStart: start, byteCount: byteCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    @unsafe
    func bytes(at offset: Int, count: Int) -> UnsafeRawPointer {
        precondition(offset >= 0 && count >= 0 && count <= byteCount - offset, "a column past its file")
        return unsafe start + offset
    }
}
