import Foundation
import Glibc

/// Debian's `clickhouse-server` with a table for the same events, on a folder and ports of its own.
final class ClickHouseProcess {
    static let insertPath = "/?query=INSERT%20INTO%20event%20FORMAT%20JSONEachRow"
    private static let program = "/usr/sbin/clickhouse-server"
    private static let table = """
        CREATE TABLE event (id String, person String, name String, channel String, time Int64, subject String) \
        ENGINE = MergeTree PARTITION BY tuple() ORDER BY (person, time)
        """

    let port: UInt16
    private let folder: String
    private let process: Process

    /// Nil where it is not installed.
    init?(folder: String) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.program) else { return nil }
        self.folder = folder
        port = UInt16.random(in: 20_000...30_000)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.configuration(folder, port).write(toFile: folder + "/config.xml", atomically: true, encoding: .utf8)
        try Self.users.write(toFile: folder + "/users.xml", atomically: true, encoding: .utf8)
        process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["--config-file=\(folder)/config.xml"]
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try createTable()
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)  // Told to end, it waits for its connections without end.
        process.waitUntilExit()
    }

    var identifier: Int32 { process.processIdentifier }
    var dataFolder: String { folder + "/data" }

    func connect() throws -> HTTPConnection { try HTTPConnection(port: port, token: nil) }

    /// Puts what was inserted on disk. This version has no setting by which an insert would do so itself; its part is
    /// a dozen files, so that one call for the machine, on which nothing else writes, is less than a sync of each.
    static func sync() { Glibc.sync() }

    func eventCount() throws -> Int {
        let answer = try connect().post("/", Array("SELECT count() FROM event".utf8))
        return Int(String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    /// Tries until the server answers.
    private func createTable() throws {
        for _ in 0..<200 {
            if let connection = try? connect(), (try? connection.post("/", Array(Self.table.utf8))) != nil { return }
            usleep(100_000)
        }
        throw BenchError.failed("clickhouse-server does not answer on port \(port)")
    }

    private static func configuration(_ folder: String, _ port: UInt16) -> String {
        """
        <yandex>
            <logger><level>error</level><console>1</console></logger>
            <listen_host>127.0.0.1</listen_host>
            <http_port>\(port)</http_port>
            <tcp_port>\(port + 1)</tcp_port>
            <path>\(folder)/data/</path>
            <tmp_path>\(folder)/tmp/</tmp_path>
            <user_files_path>\(folder)/files/</user_files_path>
            <mark_cache_size>268435456</mark_cache_size>
            <users_config>users.xml</users_config>
            <default_profile>default</default_profile>
            <default_database>default</default_database>
        </yandex>
        """
    }

    private static let users = """
        <yandex>
            <profiles><default></default></profiles>
            <users><default>
                <password></password><networks><ip>127.0.0.1</ip></networks>
                <profile>default</profile><quota>default</quota>
            </default></users>
            <quotas><default></default></quotas>
        </yandex>
        """
}
