public import Domain
private import Glibc

extension DecideState {
    /// Writes the state beside `path`, forces it to disk and puts it in place: a crash leaves the old one or the new.
    public func save(to path: String) throws(DecideSnapshotError) {
        let draft = path + ".new"
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .io(errno: errno, what: "open") }
        do throws(DecideSnapshotError) {
            try Self.write(encoded(), to: file)
            guard fsync(file) == 0 else { throw .io(errno: errno, what: "fsync") }
        } catch {
            close(file)
            throw error
        }
        guard close(file) == 0 else { throw .io(errno: errno, what: "close") }
        guard unsafe rename(draft, path) == 0 else { throw .io(errno: errno, what: "rename") }
    }

    /// The state as it was saved; apply what the journal holds from `sequenceEnd` on.
    public static func load(
        from path: String, options: DecideOptions = DecideOptions(),
        catalog: @escaping @Sendable (Subject) -> CatalogItem? = { _ in nil }
    ) throws(DecideSnapshotError) -> DecideState {
        try DecideState(snapshot: try read(path), options: options, catalog: catalog)
    }

    private static func write(_ bytes: [UInt8], to file: Int32) throws(DecideSnapshotError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .io(errno: errno, what: "write") }
            written += count
        }
    }

    private static func read(_ path: String) throws(DecideSnapshotError) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .io(errno: errno, what: "open") }
        defer { close(file) }
        let byteCount = lseek(file, 0, SEEK_END)
        guard byteCount >= 0, lseek(file, 0, SEEK_SET) == 0 else { throw .io(errno: errno, what: "seek") }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var filled = 0
        while filled < byteCount {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .io(errno: errno, what: "read") }
            filled += count
        }
        return bytes
    }
}
