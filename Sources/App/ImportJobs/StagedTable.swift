import Base
import Foundation

/// The files of one import in the data folder: the uploaded table, and the list of its refused rows.
struct StagedTable {
    let path: String
    let refusedPath: String

    init(folder: String, id: Int64, format: String) {
        path = "\(folder)/\(id).\(format)"
        refusedPath = "\(folder)/\(id).refused.ndjson"
    }

    /// Writes a piece and returns once it is on disk.
    func append(_ piece: [UInt8], at offset: Int64) throws(OutputError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure(path) }
        defer { close(file) }
        var rest = piece[...]
        var place = off_t(offset)
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, place) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(count)
            place += off_t(count)
        }
        guard fdatasync(file) == 0 else { throw Self.failure(path) }
    }

    /// What lies behind it belongs to a batch that was cut off, and comes again.
    func cutRefused(to byteCount: Int64) { unsafe truncate(refusedPath, off_t(byteCount)) }

    var refusedByteCount: Int64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: refusedPath)
        return attributes?[.size] as? Int64 ?? 0
    }

    func removeTable() { unsafe unlink(path) }

    private static func failure(_ path: String) -> OutputError {
        OutputError(description: "cannot write \(path): \(unsafe String(cString: strerror(errno)))")
    }
}

/// Runs a task whose calls block on a thread that may.
final class BlockingExecutor: TaskExecutor {
    private let queue: DispatchQueue

    init(name: String) { queue = DispatchQueue(label: "quanyu.\(name)") }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
