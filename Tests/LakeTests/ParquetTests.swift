import Base
import Domain
import Foundation
import Lake
import TestSupport
import Testing

@Suite(.enabled(if: DuckDBLibrary.isInstalled, "skipped: run scripts/setup run"))
struct ParquetTests {
    /// Events with and without every optional field, some with hostile texts, from a seed.
    static func events(_ count: Int, seed: UInt64) throws -> [Event] {
        var generator = SeededGenerator(seed: seed)
        let texts = ["plain", "quo'te", "a\"b", "back\\slash", "全域 🎈", "semi;--"]
        return try (0..<count).map { index in
            let text = texts[index % texts.count]
            let isFull = Bool.random(using: &generator)
            return Event(
                id: try #require(EventID("\(text)-\(index)")), source: try #require(SourceName("test")),
                person: try #require(PersonID(text)), name: try #require(EventName("order_paid")),
                channel: .unknown,
                time: try #require(EventTime(unixMs: .random(in: 0..<EventTime.unixMsEnd, using: &generator))),
                receivedAt: try #require(EventTime(unixMs: 1_800_000_000_123)),
                subject: isFull ? Subject(kind: .product, id: text) : nil,
                value: isFull ? Money(minor: .random(in: -1000...1000, using: &generator), currency: .cny) : nil,
                decision: isFull ? DecisionID.random(using: &generator) : nil,
                properties: isFull ? JSONObject([.init(name: text, value: [1, 2.5, .string(text)])]) : JSONObject())
        }
    }

    private static func write(_ events: [Event], to path: String, engine: SQLEngine, chunk: Int) throws -> Int {
        let writer = try EventParquetWriter(engine: engine, path: path, chunkRowCount: chunk)
        for event in events { try writer.append(event) }
        return try writer.finish()
    }

    private static func row(_ event: Event) -> JSONObject {
        let properties = event.properties.isEmpty ? nil : JSON.object(event.properties).text
        let fields: [(String, JSON)] = [
            ("id", .string(event.id.text)), ("source", .string(event.source.text)),
            ("person", .string(event.person.text)), ("name", .string(event.name.text)),
            ("channel", .string(event.channel.text)), ("time", .string(event.time.iso8601)),
            ("received_at", .string(event.receivedAt.iso8601)),
            ("subject", event.subject.map { .string($0.description) } ?? .null),
            ("value_minor", event.value.map { .int($0.minor) } ?? .null),
            ("currency", event.value.map { .string($0.currency.code) } ?? .null),
            ("decision", event.decision.map { .string($0.text) } ?? .null),
            ("properties", properties.map { .string($0) } ?? .null),
        ]
        return JSONObject(fields.map { .init(name: $0.0, value: $0.1) })
    }

    private static func all(_ stream: RowStream) throws -> [JSONObject] {
        var rows: [JSONObject] = []
        while let row = try stream.nextRow() { rows.append(row) }
        return rows
    }

    @Test(arguments: [(0, 10), (1, 10), (10, 10), (11, 10), (5000, 1000)])
    func eventsComeBackInTheirOrder(count: Int, chunk: Int) throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        let events = try Self.events(count, seed: 7)
        let path = folder.path("it's events.parquet")
        #expect(try Self.write(events, to: path, engine: engine, chunk: chunk) == count)
        #expect(try Self.all(engine.readParquet(path)) == events.map(Self.row))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["it's events.parquet"])
    }

    @Test func timesAreWrittenWithTheirZone() throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        _ = try Self.write(try Self.events(3, seed: 1), to: folder.path("e.parquet"), engine: engine, chunk: 10)
        let described = try engine.rows("DESCRIBE SELECT * FROM read_parquet('\(folder.path("e.parquet"))')")
        let types = described.map {
            ($0["column_name"]?.stringValue ?? "") + " " + ($0["column_type"]?.stringValue ?? "")
        }
        #expect(types.contains("time TIMESTAMP WITH TIME ZONE") && types.contains("value_minor BIGINT"))
    }

    @Test func anExportThatIsGivenUpLeavesNothingAndKeepsTheOldFile() throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        let path = folder.path("e.parquet")
        _ = try Self.write(try Self.events(5, seed: 1), to: path, engine: engine, chunk: 10)
        do {
            let writer = try EventParquetWriter(engine: engine, path: path, chunkRowCount: 10)
            for event in try Self.events(25, seed: 2) { try writer.append(event) }
        }
        #expect(try Self.all(engine.readParquet(path)).count == 5)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["e.parquet"])
    }

    @Test func twoExportsOfOneEngineDoNotMix() throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        let first = try EventParquetWriter(engine: engine, path: folder.path("a.parquet"), chunkRowCount: 2)
        let second = try EventParquetWriter(engine: engine, path: folder.path("b.parquet"), chunkRowCount: 2)
        for event in try Self.events(7, seed: 3) {
            try first.append(event)
            try second.append(event)
        }
        #expect(try first.finish() == 7)
        #expect(try second.finish() == 7)
    }

    @Test func aFolderThatIsNotThereIsNamed() throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        let error = #expect(throws: LakeError.self) {
            try EventParquetWriter(engine: engine, path: folder.path("no/e.parquet"))
        }
        #expect(error.map { "\($0)".contains("No such file") } == true)
        #expect(throws: LakeError.self) { try engine.readParquet(folder.path("no.parquet")) }
    }

    @Test func aBrokenFileIsAnError() throws {
        let folder = try TemporaryDirectory()
        try "PAR1 but not really".write(toFile: folder.path("b.parquet"), atomically: true, encoding: .utf8)
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        #expect(throws: LakeError.self) { try engine.readParquet(folder.path("b.parquet")) }
    }

    @Test func rowsOfManyGroupsAreReadInFileOrder() throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        let path = folder.path("many.parquet")
        let rows = "SELECT i, hash(i) % 1000 AS h FROM range(300000) AS r(i)"
        try engine.run("COPY (\(rows)) TO '\(path)' (FORMAT parquet, ROW_GROUP_SIZE 5000)")
        let stream = try engine.readParquet(path)
        var expected: Int64 = 0
        while let batch = try stream.nextBatch() {
            for row in 0..<batch.rowCount {
                guard batch.int(column: 0, row: row) == expected else { Issue.record("row \(expected)"); return }
                expected += 1
            }
        }
        #expect(expected == 300_000)
    }

    @Test func typesWithoutAWordInJSONComeAsText() throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        let path = folder.path("odd.parquet")
        try engine.run(
            "COPY (SELECT [1, 2] AS l, TIME '10:00:00' AS t, 1 AS \"a \"\"b\") TO '\(path)' (FORMAT parquet)")
        let rows = try Self.all(engine.readParquet(path))
        #expect(rows.map { JSON.object($0).text } == [#"{"l":"[1, 2]","t":"10:00:00","a \"b":1}"#])
    }

    @Test func aSelectionSeesTheFileAsItsSource() throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        let path = folder.path("s.parquet")
        try engine.run("COPY (SELECT i FROM range(100) AS r(i)) TO '\(path)' (FORMAT parquet)")
        let rows = try Self.all(
            engine.readParquet(
                path, select: "SELECT i % 2 AS odd, sum(i) AS total FROM source GROUP BY odd ORDER BY odd"))
        #expect(rows.map { JSON.object($0).text } == [#"{"odd":0,"total":2450}"#, #"{"odd":1,"total":2500}"#])
    }

    @Test func rowsAreCountedAsTheyAreRead() throws {
        let folder = try TemporaryDirectory()
        let engine = try DuckDBLibrary.engine(folders: [folder.path])
        let path = folder.path("e.parquet")
        _ = try Self.write(try Self.events(25, seed: 1), to: path, engine: engine, chunk: 10)
        #expect(try engine.countParquet(path) == 25)
        #expect(try engine.countParquet(path, select: "SELECT * FROM source LIMIT 7") == 7)
        try "a,b\n1,x\n2,y\n".write(toFile: folder.path("t.csv"), atomically: true, encoding: .utf8)
        #expect(try engine.countCSV(folder.path("t.csv")) == 2)
        #expect(try engine.countCSV(folder.path("t.csv"), select: "SELECT a FROM source WHERE a > 1") == 1)
    }

    @Test func aCSVFileIsReadAsATable() throws {
        let folder = try TemporaryDirectory()
        try "a,b\n1,x\n2,\"y,z\"\n".write(toFile: folder.path("t.csv"), atomically: true, encoding: .utf8)
        let rows = try Self.all(DuckDBLibrary.engine(folders: [folder.path]).readCSV(folder.path("t.csv")))
        #expect(rows.map { JSON.object($0).text } == [#"{"a":1,"b":"x"}"#, #"{"a":2,"b":"y,z"}"#])
    }

    /// In a process of its own, so that no other test's memory counts.
    @Test func anExportHoldsOneChunkInMemory() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryDirectory()
            let engine = try DuckDBLibrary.engine(folders: [folder.path], memoryBytesMax: 128 << 20)
            let events = try ParquetTests.events(1000, seed: 11)
            let path = folder.path("big.parquet")
            let writer = try EventParquetWriter(engine: engine, path: path, chunkRowCount: 20_000)
            for index in 0..<20_000 { try writer.append(events[index % events.count]) }
            let before = try DuckDBLibrary.residentBytesMax()
            for index in 0..<180_000 { try writer.append(events[index % events.count]) }
            #expect(try writer.finish() == 200_000)
            #expect(try DuckDBLibrary.residentBytesMax() - before < 64 << 20)
        }
    }
}
