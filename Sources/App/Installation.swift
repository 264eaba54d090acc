import Foundation

/// Where the files are that come with the program: the console's pages and the parts that setup installed.
struct Installation: Sendable {
    let webFolder: String?  // Nil where it is not found.
    let thirdPartyFolder: String?

    init(configuration: Configuration) {
        webFolder = Self.folder(configured: configuration.text(.webDir), name: "web", mark: "index.html")
        thirdPartyFolder = Self.folder(
            configured: configuration.text(.thirdPartyDir), name: "build/third-party", mark: "duckdb")
    }

    var duckDBFolder: String? { thirdPartyFolder.map { $0 + "/duckdb" } }
    var vendorFolder: String? { thirdPartyFolder.map { $0 + "/web" } }

    /// As configured, or else the nearest folder of that name beside or above the program or the working folder.
    private static func folder(configured: String, name: String, mark: String) -> String? {
        let manager = FileManager.default
        if !configured.isEmpty { return manager.fileExists(atPath: configured) ? configured : nil }
        let program = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        for start in [program.map { URL(filePath: $0).deletingLastPathComponent() }, URL(filePath: ".")] {
            var folder = start?.standardizedFileURL.absoluteURL
            for _ in 0..<6 {
                guard let here = folder else { break }
                let candidate = here.appending(path: name).path(percentEncoded: false)
                if manager.fileExists(atPath: candidate + "/" + mark) { return candidate }
                folder = here.path(percentEncoded: false) == "/" ? nil : here.deletingLastPathComponent()
            }
        }
        return nil
    }
}
