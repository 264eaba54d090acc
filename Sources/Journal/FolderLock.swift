import Glibc

/// The right to write to a folder: held by one process, let go when it ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `locked`, with the holder's process id where it can be read. `deinit` runs then too, and closes.
    init(folder: String) throws(JournalError) {
        let path = folder + "/lock"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalFile.failure("open \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .locked(path: folder, holderPID: Self.holderPID(descriptor))
        }
        let pid = Array(String(getpid()).utf8)
        ftruncate(descriptor, 0)
        _ = unsafe pwrite(descriptor, pid, pid.count, 0)
    }

    private static func holderPID(_ descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &text, 15, 0)
        return Int32(String(decoding: text.prefix(max(0, count)), as: UTF8.self))
    }

    /// Without taking it for longer than the look takes.
    static func use(of folder: String) throws(JournalError) -> JournalUse {
        let path = folder + "/lock"
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw JournalFile.failure("open \(path)") }
            return .free
        }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0 ? .free : .held(pid: holderPID(descriptor))
    }

    /// Lets another process have the folder.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
