import Base
public import Domain

/// Writes canonical events to one Parquet file (zstd), in the order given.
///
/// Columns: `id`, `source`, `person`, `name`, `channel`, `time` and `received_at` (TIMESTAMPTZ, whole milliseconds),
/// `subject`, `value_minor` (minor units of `currency`), `currency`, `decision`, `properties` (JSON text). What an
/// event does not have is null.
///
/// Memory is that of one chunk: full chunks wait in `PATH.parts/` and are joined by `finish`. The file appears under
/// its name only when it is whole.
public final class EventParquetWriter {
    /// One row group of the file.
    public static let chunkRowCount = 122_880

    private let engine: SQLEngine
    private let path: String
    private let chunkRowCount: Int
    private var chunk: [Event] = []
    private var parts: [String] = []
    private var rowCount = 0

    private var partsFolder: String { path + ".parts" }

    /// - Parameters:
    ///   - engine: Must have been given the folder of `path`.
    ///   - path: A file there is replaced at `finish`.
    public init(engine: SQLEngine, path: String, chunkRowCount: Int = EventParquetWriter.chunkRowCount)
        throws(LakeError)
    {
        self.engine = engine
        self.path = try FilePath.absoluteTarget(path)
        self.chunkRowCount = chunkRowCount
        removeParts()
        try FilePath.makeFolder(partsFolder)
    }

    deinit { removeParts() }

    public func append(_ event: Event) throws(LakeError) {
        chunk.append(event)
        if chunk.count == chunkRowCount { try flush() }
    }

    /// - Returns: The number of events in the file.
    public func finish() throws(LakeError) -> Int {
        if !chunk.isEmpty || parts.isEmpty { try flush() }
        let whole = partsFolder + "/whole"
        try copy(from: "read_parquet([\(parts.map(SQLEngine.literal).joined(separator: ", "))])", to: whole)
        try FilePath.move(whole, to: path)
        removeParts()
        return rowCount
    }

    private func flush() throws(LakeError) {
        let table = "events_to_parquet_\(UInt(bitPattern: ObjectIdentifier(self).hashValue))"
        try engine.ingest(Self.columns(chunk), table: table)
        let part = "\(partsFolder)/\(parts.count).parquet"
        try copy(from: table, to: part)
        try engine.run("DROP TABLE \(table)")
        parts.append(part)
        rowCount += chunk.count
        chunk.removeAll(keepingCapacity: true)
    }

    private func copy(from table: String, to file: String) throws(LakeError) {
        let target = SQLEngine.literal(file)
        let format = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE \(chunkRowCount)"
        try engine.run("COPY (SELECT * FROM \(table)) TO \(target) (\(format))")
    }

    private static func columns(_ events: [Event]) -> [ArrowColumnBuilder] {
        [
            ArrowColumnBuilder(name: "id", texts: events.map(\.id.text)),
            ArrowColumnBuilder(name: "source", texts: events.map(\.source.text)),
            ArrowColumnBuilder(name: "person", texts: events.map(\.person.text)),
            ArrowColumnBuilder(name: "name", texts: events.map(\.name.text)),
            ArrowColumnBuilder(name: "channel", texts: events.map(\.channel.text)),
            ArrowColumnBuilder(name: "time", timestampsMs: events.map(\.time.unixMs)),
            ArrowColumnBuilder(name: "received_at", timestampsMs: events.map(\.receivedAt.unixMs)),
            ArrowColumnBuilder(name: "subject", texts: events.map { $0.subject?.description }),
            ArrowColumnBuilder(name: "value_minor", ints: events.map { $0.value?.minor }),
            ArrowColumnBuilder(name: "currency", texts: events.map { $0.value?.currency.code }),
            ArrowColumnBuilder(name: "decision", texts: events.map { $0.decision?.text }),
            ArrowColumnBuilder(
                name: "properties",
                texts: events.map { $0.properties.isEmpty ? nil : JSON.object($0.properties).text }),
        ]
    }

    /// Also parts that an earlier run left behind.
    private func removeParts() {
        var index = 0
        while FilePath.remove("\(partsFolder)/\(index).parquet") { index += 1 }
        FilePath.remove(partsFolder + "/whole")
        FilePath.remove(partsFolder)
    }
}
