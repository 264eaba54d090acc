private import Glibc

/// Why a file could not be read or put in place.
public struct FileFailure: Error, Sendable, Equatable {
    public let operation: String  // The system call.
    public let errno: Int32

    public init(operation: String, errno: Int32) {
        self.operation = operation
        self.errno = errno
    }
}

/// Files that are read and replaced as a whole.
public enum WholeFile {
    /// Writes beside `path`, forces it to disk and puts it in place: a crash leaves the old file or the new one.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(FileFailure) {
        let draft = path + ".new"
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open") }
        do throws(FileFailure) {
            try write(bytes, to: file)
            guard fsync(file) == 0 else { throw failure("fsync") }
        } catch {
            close(file)
            throw error
        }
        guard close(file) == 0 else { throw failure("close") }
        guard unsafe rename(draft, path) == 0 else { throw failure("rename") }
    }

    public static func read(_ path: String) throws(FileFailure) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open") }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32) throws(FileFailure) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            written += count
        }
    }

    private static func failure(_ operation: String) -> FileFailure {
        FileFailure(operation: operation, errno: Glibc.errno)
    }
}
