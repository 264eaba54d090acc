import Glibc

/// The system calls that an append makes: values, so that a test can fill a disk or break one.
@safe
public struct JournalFileCalls: Sendable {
    public var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    public var sync: @Sendable (_ descriptor: Int32) -> Int32

    public init(
        write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int, sync: @escaping @Sendable (Int32) -> Int32
    ) {
        unsafe self.write = write
        self.sync = sync
    }

    public static let system = unsafe JournalFileCalls(
        write: { descriptor, bytes in unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) },
        sync: { fdatasync($0) })
}

/// One open segment file. Closed where its last owner lets go.
final class JournalFile: Sendable {
    enum Opening {
        case existing, new, newOrExisting

        fileprivate var flags: Int32 {
            switch self {
            case .existing: 0
            case .new: O_CREAT | O_EXCL
            case .newOrExisting: O_CREAT
            }
        }
    }

    let path: String
    let descriptor: Int32

    init(path: String, opening: Opening) throws(JournalError) {
        self.path = path
        descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_APPEND | opening.flags, 0o600)
        guard descriptor >= 0 else { throw JournalFile.failure("open \(path)") }
    }

    deinit { close(descriptor) }

    static func failure(_ what: String) -> JournalError {
        let code = errno
        return code == ENOSPC || code == EDQUOT || code == EFBIG ? .diskFull : .io(errno: code, what: what)
    }

    var byteCount: Int64 {
        var state = stat()
        return unsafe fstat(descriptor, &state) == 0 ? Int64(state.st_size) : 0
    }

    func append(_ bytes: [UInt8], calls: JournalFileCalls) throws(JournalError) {
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { all in
                unsafe calls.write(descriptor, UnsafeRawBufferPointer(rebasing: all[done...]))
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw Self.failure("write \(path)")
            }
            // A call that takes nothing and names no error would be tried for ever.
            guard written > 0 else { throw .io(errno: 0, what: "write \(path)") }
            done += written
        }
    }

    /// - Throws: `poisoned`: after a failed sync the kernel may have dropped what it could not write.
    func sync(calls: JournalFileCalls) throws(JournalError) {
        guard calls.sync(descriptor) == 0 else { throw .poisoned }
    }

    func truncate(to byteCount: Int64) throws(JournalError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw Self.failure("truncate \(path)") }
    }

    func remove() { Self.remove(path) }

    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Fewer bytes than asked for only at the end of the file.
    func read(at offset: Int64, count: Int) throws(JournalError) -> [UInt8] {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled,
                    off_t(offset) + off_t(filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failed = true }
                if got <= 0 { break }
                filled += got
            }
        }
        if failed { throw Self.failure("read \(path)") }
        return bytes
    }

    /// What is in a folder, in no order.
    static func names(inFolder path: String) throws(JournalError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw failure("open \(path)") }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        errno = 0  // The end leaves it as it is.
        while let entry = unsafe readdir(folder) {
            names.append(
                unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
                    unsafe String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
                })
            errno = 0
        }
        guard errno == 0 else { throw failure("list \(path)") }
        return names
    }

    /// Makes new names in a folder durable.
    static func syncFolder(_ path: String) throws(JournalError) {
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("open \(path)") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("sync \(path)") }
    }
}
