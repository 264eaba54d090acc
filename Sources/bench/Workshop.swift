import Base
import Foundation

/// What a section works with: its size, the traffic, and a folder that is gone afterwards.
struct Workshop: ~Copyable {
    let options: BenchOptions
    let shared: SharedTimeline
    let folder: URL

    init(options: BenchOptions, shared: SharedTimeline) throws {
        self.options = options
        self.shared = shared
        let name = "quanyu-bench-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
        // Beside the build, not in the temporary folder: that one may be in memory, and a journal wants a disk.
        folder = URL(filePath: "build/bench").appending(path: name).absoluteURL
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }
}
