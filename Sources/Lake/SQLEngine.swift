public import Base
import Glibc

/// DuckDB in this process, on a database in memory: SQL over the files of the folders it was given.
///
/// Calls block and may be made from several threads at once; keep them off Swift's cooperative pool.
public final class SQLEngine: Sendable {
    private let driver: Driver

    /// - Parameter libraryFolder: Where setup put `libduckdb.so`: `duckdb` in the folder of installed parts.
    public init(libraryFolder: String, options: SQLOptions = SQLOptions()) throws(LakeError) {
        var settings = [
            (name: "threads", value: String(options.threadCount)),
            (name: "memory_limit", value: "\(options.memoryBytesMax / 1024)KiB"),
            (name: "autoinstall_known_extensions", value: "false"),
            (name: "autoload_known_extensions", value: "false"),
            // Empty: nothing is written anywhere.
            (name: "temp_directory", value: ""),
        ]
        if let folder = options.spillFolder { settings[4].value = try FilePath.absolute(folder) }
        driver = try Driver(libraryFolder: libraryFolder, options: settings)
        try run("SET TimeZone = 'UTC'")
        var allowed: [String] = []
        for folder in options.folders { allowed.append(Self.literal(try FilePath.absolute(folder) + "/")) }
        try run("SET allowed_directories = [\(allowed.joined(separator: ", "))]")
        try run("SET enable_external_access = false")
        try run("SET lock_configuration = true")
    }

    /// Starts a statement; `?` in it stand for the parameters, in their order.
    public func query(_ sql: String, _ parameters: [SQLParameter] = []) throws(LakeError) -> RowStream {
        let statement = try Statement(driver)
        try statement.setSQL(sql)
        if !parameters.isEmpty {
            try statement.prepare()
            try statement.bind(parameters.enumerated().map { $0.element.column(name: String($0.offset)) })
        }
        return try RowStream(statement)
    }

    /// Runs a statement to its end and drops its rows.
    public func run(_ sql: String, _ parameters: [SQLParameter] = []) throws(LakeError) {
        let stream = try query(sql, parameters)
        while try stream.nextBatch() != nil {}
    }

    /// All rows at once, for results that are known to be small.
    public func rows(_ sql: String, _ parameters: [SQLParameter] = []) throws(LakeError) -> [JSONObject] {
        let stream = try query(sql, parameters)
        var rows: [JSONObject] = []
        while let row = try stream.nextRow() { rows.append(row) }
        return rows
    }

    /// The engine's version, as in `v2.0.0`.
    public var version: String {
        get throws(LakeError) { try rows("SELECT version() AS version").first?["version"]?.stringValue ?? "" }
    }

    /// Replaces the table `name` by the columns.
    func ingest(_ columns: [ArrowColumnBuilder], table name: String) throws(LakeError) {
        try run("DROP TABLE IF EXISTS \(Self.identifier(name))")
        let statement = try Statement(driver)
        try statement.setOption("adbc.ingest.target_table", name)
        try statement.setOption("adbc.ingest.mode", "adbc.ingest.mode.create")
        try statement.bind(columns)
        try statement.execute()
    }

    /// `text` as a string literal of SQL, for the places where no parameter can stand.
    static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    static func identifier(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}
