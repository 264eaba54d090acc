import Glibc

/// An open file; closed once, at the end of its life.
@safe
struct OpenFile: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    static func create(_ path: String) throws(TimelineError) -> OpenFile {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .io(operation: "create", errno: errno) }
        return OpenFile(descriptor: descriptor)
    }

    static func open(reading path: String) throws(TimelineError) -> OpenFile {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .io(operation: "open", errno: errno) }
        return OpenFile(descriptor: descriptor)
    }

    /// An empty file to write and map, whose name is gone again: nothing of it is left once it is closed and unmapped.
    static func nameless(in folder: String) throws(TimelineError) -> OpenFile {
        var path = Array((folder + "/" + MemoryBudget.filePrefix + "XXXXXX").utf8CString)
        let descriptor = unsafe mkstemp(&path)
        guard descriptor >= 0 else { throw .io(operation: "create", errno: errno) }
        _ = unsafe unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return OpenFile(descriptor: descriptor)
    }

    var byteCount: Int {
        get throws(TimelineError) {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else { throw .io(operation: "fstat", errno: errno) }
            return Int(status.st_size)
        }
    }

    borrowing func synchronize() throws(TimelineError) {
        guard fsync(descriptor) == 0 else { throw .io(operation: "fsync", errno: errno) }
    }

    borrowing func write<Element: BitwiseCopyable>(_ values: Span<Element>) throws(TimelineError) {
        let failure = unsafe values.withUnsafeBytes { buffer -> Int32 in
            var done = 0
            while done < buffer.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return errno }
                done += count
            }
            return 0
        }
        guard failure == 0 else { throw .io(operation: "write", errno: failure) }
    }

    /// Nil where the system refuses, and says why in `errno`.
    @unsafe
    borrowing func map(_ byteCount: Int) -> UnsafeRawPointer? {
        let start = unsafe mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0)
        return unsafe start == MAP_FAILED ? nil : UnsafeRawPointer(start)
    }
}
