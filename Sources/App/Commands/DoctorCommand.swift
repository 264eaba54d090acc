import Base
import Foundation

/// `quanyu doctor`: looks at everything a start needs, and says how to mend what is wrong.
struct DoctorCommand {
    enum Health: String { case good = "ok", watch = "watch", bad = "bad" }

    struct Finding {
        let what: String
        let health: Health
        let detail: String
    }

    static let diskBytesMin: Int64 = 1 << 30

    let dataPath: String?
    let configuration: Configuration
    let duckDBVersion: @Sendable (_ folder: String) -> Result<String, LakeFailure>

    /// Why DuckDB does not answer, in its own words.
    struct LakeFailure: Error { let message: String }

    /// - Returns: False where something is bad.
    func run() -> Bool {
        let findings = [program, libraries, clock, openFiles, port, console, charts, duckDB] + dataFindings
        for finding in findings {
            let health = finding.health.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
            Terminal.say("\(health) \(finding.what): \(finding.detail)")
        }
        return !findings.contains { $0.health == .bad }
    }

    private var program: Finding {
        let system = ProcessInfo.processInfo
        return Finding(
            what: "quanyu", health: .good,
            detail: "\(Version.text), \(system.operatingSystemVersionString), \(system.activeProcessorCount) cores, "
                + "\(system.physicalMemory >> 20) MiB of memory")
    }

    /// A clock that went back makes events late or refused.
    private var clock: Finding {
        let now = Date()
        let shown = EventTime(clampingUnixMs: Int64(now.timeIntervalSince1970 * 1000)).iso8601
        guard now.timeIntervalSince1970 * 1000 > Double(Version.releasedUnixMs) else {
            return Finding(what: "clock", health: .bad, detail: "\(shown) is before this release: set the clock")
        }
        if let newest = dataPath.flatMap(Self.newestChange), newest > now.addingTimeInterval(60) {
            return Finding(
                what: "clock", health: .bad,
                detail: "\(shown) is earlier than the newest file of the data folder: the clock went back, set it")
        }
        return Finding(what: "clock", health: .good, detail: shown)
    }

    private static func newestChange(in path: String) -> Date? {
        let manager = FileManager.default
        let files = (try? manager.subpathsOfDirectory(atPath: path)) ?? []
        return files.compactMap { file in
            (try? manager.attributesOfItem(atPath: path + "/" + file))?[.modificationDate] as? Date
        }.max()
    }

    /// Every command raises its limit to the highest that it may have, so that one is what counts.
    private var openFiles: Finding {
        let what = "open files"
        guard let limit = OpenFileLimit()?.highest else {
            return Finding(what: what, health: .watch, detail: "the system does not tell its limit")
        }
        let names = dataPath.flatMap {
            try? FileManager.default.contentsOfDirectory(atPath: DataFolder(planned: $0).journal)
        }
        let segmentCount = names?.count { $0.hasSuffix(".journal") } ?? 0
        let connectionCountMax = configuration.whole(.connectionsMax)
        let needed = connectionCountMax + segmentCount + OpenFileLimit.reserve
        guard limit < needed else { return Finding(what: what, health: .good, detail: "at most \(limit)") }
        return Finding(
            what: what, health: limit < segmentCount + OpenFileLimit.reserve ? .bad : .watch,
            detail: "at most \(limit), and \(needed) may be needed (\(connectionCountMax) connections, \(segmentCount) "
                + "segments of the journal, \(OpenFileLimit.reserve) more): raise the hard limit (`ulimit -Hn`, "
                + "LimitNOFILE of a service) or lower connections_max")
    }

    private var console: Finding {
        guard let folder = Installation(configuration: configuration).webFolder else {
            return Finding(
                what: "console", health: .bad, detail: "no pages found: set web_dir to the folder `web` of the source")
        }
        return Finding(what: "console", health: .good, detail: folder)
    }

    private var charts: Finding {
        let path = Installation(configuration: configuration).vendorFolder.map { $0 + "/echarts.min.js" }
        guard let path, FileManager.default.fileExists(atPath: path) else {
            return Finding(
                what: "charts", health: .watch, detail: "ECharts is not installed: run `scripts/setup run`")
        }
        return Finding(what: "charts", health: .good, detail: path)
    }

    private var duckDB: Finding {
        guard let folder = Installation(configuration: configuration).duckDBFolder else {
            return Finding(
                what: "DuckDB", health: .watch,
                detail: "not installed; Parquet cannot be read or written: run `scripts/setup run`")
        }
        switch duckDBVersion(folder) {
        case .success(let version): return Finding(what: "DuckDB", health: .good, detail: version)
        case .failure(let failure): return Finding(what: "DuckDB", health: .bad, detail: failure.message)
        }
    }

    private var dataFindings: [Finding] {
        guard let dataPath else { return [] }
        return [folder(dataPath), disk(dataPath)] + contents(of: DataFolder(planned: dataPath))
    }

    private func folder(_ path: String) -> Finding {
        let manager = FileManager.default
        guard manager.fileExists(atPath: path) else {
            return Finding(what: "data folder", health: .watch, detail: "\(path) will be created at the first start")
        }
        guard manager.isWritableFile(atPath: path) else {
            return Finding(
                what: "data folder", health: .bad, detail: "\(path) cannot be written: chown it to this user")
        }
        let mode = (try? manager.attributesOfItem(atPath: path))?[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            return Finding(
                what: "data folder", health: .watch, detail: "\(path) can be read by others: chmod 700 \(path)")
        }
        return Finding(what: "data folder", health: .good, detail: path)
    }

    private func disk(_ path: String) -> Finding {
        var folder = URL(filePath: path).standardizedFileURL
        while !FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)),
            folder.path(percentEncoded: false) != "/"
        {
            folder.deleteLastPathComponent()
        }
        var state = statvfs()
        guard unsafe statvfs(folder.path(percentEncoded: false), &state) == 0 else {
            return Finding(
                what: "disk", health: .bad,
                detail: "\(folder.path(percentEncoded: false)) cannot be asked for its free space")
        }
        let freeBytes = Int64(state.f_bavail) * Int64(state.f_frsize)
        return Finding(
            what: "disk", health: freeBytes < Self.diskBytesMin ? .bad : .good,
            detail: "\(freeBytes >> 20) MiB free"
                + (freeBytes < Self.diskBytesMin ? "; at least \(Self.diskBytesMin >> 20) MiB are needed" : ""))
    }
}
