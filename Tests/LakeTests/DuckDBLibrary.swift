import Foundation
import Lake
import Testing

/// The installed library: `QUANYU_THIRD_PARTY_DIR`, else where setup puts it in this package.
enum DuckDBLibrary {
    static let folder: String = {
        if let named = unsafe getenv("QUANYU_THIRD_PARTY_DIR") { return unsafe String(cString: named) + "/duckdb" }
        let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return package.joined(separator: "/") + "/build/third-party/duckdb"
    }()

    static let isInstalled = unsafe access(folder + "/libduckdb.so", R_OK) == 0

    static func engine(folders: [String] = [], memoryBytesMax: Int = 256 << 20, spillFolder: String? = nil)
        throws(LakeError) -> SQLEngine
    {
        var options = SQLOptions()
        options.folders = folders
        options.memoryBytesMax = memoryBytesMax
        options.spillFolder = spillFolder
        return try SQLEngine(libraryFolder: folder, options: options)
    }

    /// The most memory that this process has ever held, in bytes.
    static func residentBytesMax() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) * 1024
    }
}
