import Foundation

/// What a process uses.
enum ProcessUsage {
    /// Processor time of all its threads, as /proc/PID/stat tells it; 0 where that cannot be read.
    static func cpuSeconds(of identifier: Int32) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[text.index(after: end)...].split(separator: " ")  // The first is field 3, the state.
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Of this process: memory of its own in bytes, and pages of files that are mapped; 0 where that cannot be read.
    static func residentBytes() -> (own: Int, files: Int) {
        let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n") ?? []
        func bytes(_ name: String) -> Int {
            let words = lines.first { $0.hasPrefix(name + ":") }?.split(whereSeparator: \.isWhitespace) ?? []
            return words.count > 1 ? (Int(words[1]) ?? 0) * 1024 : 0
        }
        return (bytes("RssAnon"), bytes("RssFile"))
    }

    /// Of all files below a folder.
    static func byteCount(of folder: String) -> Int {
        guard let files = FileManager.default.enumerator(atPath: folder) else { return 0 }
        return files.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            let isFile = attributes?[.type] as? FileAttributeType == .typeRegular
            return sum + (isFile ? (attributes?[.size] as? Int ?? 0) : 0)
        }
    }
}
