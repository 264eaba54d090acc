import Base
import Foundation
import Lake
import TestSupport
import Testing

@Suite(.enabled(if: DuckDBLibrary.isInstalled, "skipped: run scripts/setup run"))
struct QueryTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let sql: String, want: SQLValue
        var testDescription: String { sql }
    }

    static let cases = [
        Case(sql: "true", want: .bool(true)),
        Case(sql: "(-128)::TINYINT", want: .int(-128)),
        Case(sql: "200::UTINYINT", want: .int(200)),
        Case(sql: "(-3)::SMALLINT", want: .int(-3)),
        Case(sql: "60000::USMALLINT", want: .int(60_000)),
        Case(sql: "(-7)::INTEGER", want: .int(-7)),
        Case(sql: "4000000000::UINTEGER", want: .int(4_000_000_000)),
        Case(sql: "(-9223372036854775808)::BIGINT", want: .int(.min)),
        Case(sql: "9223372036854775807::UBIGINT", want: .int(.max)),
        Case(
            sql: "18446744073709551615::UBIGINT",
            want: .decimal(SQLDecimal(unscaled: 18_446_744_073_709_551_615, scale: 0))),
        Case(sql: "(-5)::HUGEINT", want: .decimal(SQLDecimal(unscaled: -5, scale: 0))),
        Case(sql: "1.5::FLOAT", want: .double(1.5)),
        Case(sql: "-0.1::DOUBLE", want: .double(-0.1)),
        Case(sql: "(-12.50)::DECIMAL(4,2)", want: .decimal(SQLDecimal(unscaled: -1250, scale: 2))),
        Case(sql: "12.345::DECIMAL(18,3)", want: .decimal(SQLDecimal(unscaled: 12_345, scale: 3))),
        Case(
            sql: "'-12345678901234567890.5'::DECIMAL(38,1)",
            want: .decimal(SQLDecimal(unscaled: -123_456_789_012_345_678_905, scale: 1))),
        Case(sql: "'全域 🎈'", want: .text("全域 🎈")),
        Case(sql: "''", want: .text("")),
        Case(sql: "repeat('x', 100000)", want: .text(String(repeating: "x", count: 100_000))),
        Case(sql: #"'\x00\xFF'::BLOB"#, want: .bytes([0, 255])),
        Case(sql: "DATE '2026-11-24'", want: .date(daysSince1970: 20_781)),
        Case(sql: "DATE '1969-12-31'", want: .date(daysSince1970: -1)),
        Case(sql: "TIMESTAMP '1970-01-01 00:00:01.234567'", want: .timestamp(unixMs: 1234)),
        Case(sql: "TIMESTAMP '1969-12-31 23:59:59.999999'", want: .timestamp(unixMs: -1)),
        Case(sql: "TIMESTAMPTZ '1970-01-01 08:00:00+08'", want: .timestamp(unixMs: 0)),
        Case(sql: "TIMESTAMP_MS '1970-01-01 00:00:01.234'", want: .timestamp(unixMs: 1234)),
        Case(sql: "TIMESTAMP_S '1970-01-01 00:00:02'", want: .timestamp(unixMs: 2000)),
        Case(sql: "TIMESTAMP_NS '1970-01-01 00:00:00.001999999'", want: .timestamp(unixMs: 1)),
        Case(sql: "NULL", want: .null),
        Case(sql: "NULL::BIGINT", want: .null),
        Case(sql: "NULL::VARCHAR", want: .null),
    ]

    @Test(arguments: cases)
    func everyTypeIsReadAsItWasWritten(_ c: Case) throws {
        let batch = try #require(try DuckDBLibrary.engine().query("SELECT \(c.sql) AS v").nextBatch())
        #expect(batch.rowCount == 1)
        #expect(batch[column: 0, row: 0] == c.want)
    }

    @Test func nullsStandWhereTheyWerePutAlsoInLaterBatches() throws {
        let sql =
            "SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS n, CASE WHEN i % 7 > 0 THEN 't' || i END AS t, "
            + "CASE WHEN i % 5 > 0 THEN i % 2 = 0 END AS b FROM range(10000) AS r(i)"
        let stream = try DuckDBLibrary.engine().query(sql)
        var i: Int64 = 0
        while let batch = try stream.nextBatch() {
            for row in 0..<batch.rowCount {
                #expect(batch.int(column: 0, row: row) == (i % 3 == 0 ? nil : i))
                #expect(batch.text(column: 1, row: row) == (i % 7 == 0 ? nil : "t\(i)"))
                #expect(batch.bool(column: 2, row: row) == (i % 5 == 0 ? nil : i % 2 == 0))
                i += 1
            }
        }
        #expect(i == 10_000)
    }

    @Test func aRowHasItsColumnsInTheirOrder() throws {
        let sql =
            "SELECT 1 AS b, 2.50::DECIMAL(9,2) AS a, DATE '0044-03-15' AS d, TIMESTAMP '2026-01-02 03:04:05.006' AS t"
        let rows = try DuckDBLibrary.engine().rows(sql)
        let want = #"{"b":1,"a":2.5,"d":"0044-03-15","t":"2026-01-02T03:04:05.006Z"}"#
        #expect(rows.map { JSON.object($0).text } == [want])
    }

    @Test func parametersOfEveryKindAreBound() throws {
        let rows = try DuckDBLibrary.engine().rows(
            "SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? IS NULL AS e", [1, 2.5, "x", true, nil])
        #expect(rows.map { JSON.object($0).text } == [#"{"a":1,"b":2.5,"c":"x","d":true,"e":true}"#])
    }

    @Test(arguments: ["'; DROP TABLE t; --", "\"", "\\", "?", "$1", "%s", "\u{0}a\u{0}", "", "🎈\u{202E}x"])
    func aHostileTextIsOnlyAValue(_ text: String) throws {
        let engine = try DuckDBLibrary.engine()
        try engine.run("CREATE TABLE t (a VARCHAR)")
        try engine.run("INSERT INTO t VALUES (?)", [.text(text)])
        #expect(try engine.rows("SELECT a FROM t WHERE a = ?", [.text(text)]).map { $0["a"] } == [.string(text)])
    }

    @Test(arguments: [
        ("SELECT nope", "nope"), ("SELEC 1", "syntax error"), ("SELECT error('late') FROM range(3)", "late"),
        ("SELECT CAST('x' AS INTEGER)", "Could not convert"), ("SELECT 1\u{0}", "zero byte"), ("", ""),
    ])
    func anErrorCarriesTheEnginesWords(sql: String, words: String) throws {
        let engine = try DuckDBLibrary.engine()
        let error = #expect(throws: LakeError.self) { try engine.run(sql) }
        guard case .engine(let message) = error else { Issue.record("\(String(describing: error))"); return }
        #expect(words.isEmpty || message.contains(words), "\(message)")
        #expect(try engine.rows("SELECT 1 AS a").count == 1, "the engine lives on")
    }

    @Test(arguments: ["[1]", "{'a': 1}", "INTERVAL 1 DAY", "TIME '10:00:00'", "'a'::ENUM('a', 'b')"])
    func aTypeThatIsNotReadIsNamed(_ sql: String) throws {
        let error = #expect(throws: LakeError.self) { try DuckDBLibrary.engine().rows("SELECT \(sql) AS odd") }
        #expect(error.map { "\($0)".contains("odd") && "\($0)".contains("cast it") } == true)
    }

    @Test func tooLittleMemoryIsAnErrorNotACrash() throws {
        let engine = try DuckDBLibrary.engine(memoryBytesMax: 32 << 20)
        let error = #expect(throws: LakeError.self) {
            try engine.run(
                "SELECT i, count(*) FROM (SELECT md5(i::VARCHAR) AS i FROM range(3000000) AS r(i)) GROUP BY i")
        }
        #expect(error.map { "\($0)".contains("Out of Memory") } == true)
    }

    @Test func filesOutsideTheGivenFoldersAreOutOfReach() throws {
        let (inside, outside) = (try TemporaryDirectory(), try TemporaryDirectory())
        let engine = try DuckDBLibrary.engine(folders: [inside.path])
        try engine.run("COPY (SELECT 1 AS a) TO '\(inside.path("a.parquet"))' (FORMAT parquet)")
        #expect(try engine.rows("SELECT a FROM read_parquet('\(inside.path("a.parquet"))')").count == 1)
        for sql in [
            "COPY (SELECT 1 AS a) TO '\(outside.path("a.parquet"))' (FORMAT parquet)",
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM read_text('\(inside.path)/../../etc/passwd')", "INSTALL httpfs",
            "SET enable_external_access = true", "SET allowed_directories = ['/']",
        ] {
            #expect(throws: LakeError.self, "\(sql)") { try engine.run(sql) }
        }
    }

    @Test func statementsRunSideBySide() async throws {
        let engine = try DuckDBLibrary.engine()
        let sums = await withTaskGroup(of: Int64?.self) { group in
            for limit in 1...8 {
                group.addTask {
                    try? engine.rows("SELECT sum(i)::BIGINT AS s FROM range(?) AS r(i)", [.int(Int64(limit))])[0]["s"]?
                        .intValue
                }
            }
            return await group.reduce(into: [Int64]()) { if let sum = $1 { $0.append(sum) } }
        }
        #expect(sums.sorted() == [0, 1, 3, 6, 10, 15, 21, 28])
    }

    /// In a process of its own, so that no other test's memory counts.
    @Test func aMillionRowsPassThroughLittleMemory() async {
        await #expect(processExitsWith: .success) {
            let engine = try DuckDBLibrary.engine()
            try engine.run("SELECT 1")
            let before = try DuckDBLibrary.residentBytesMax()
            let stream = try engine.query("SELECT i, repeat('x', 200) AS t FROM range(1000000) AS r(i)")
            var sum: Int64 = 0
            while let batch = try stream.nextBatch() {
                for row in 0..<batch.rowCount { sum += batch.int(column: 0, row: row) ?? 0 }
            }
            #expect(sum == 499_999_500_000)
            #expect(try DuckDBLibrary.residentBytesMax() - before < 48 << 20, "200 MB went through")
        }
    }

    @Test func aStreamThatIsDroppedHalfWayDisturbsNobody() throws {
        let engine = try DuckDBLibrary.engine()
        for _ in 0..<20 { _ = try engine.query("SELECT i FROM range(1000000) AS r(i)").nextBatch() }
        #expect(try engine.rows("SELECT 1 AS a").count == 1)
    }

    @Test func theVersionIsTheOneThatIsPinned() throws { #expect(try DuckDBLibrary.engine().version == "v2.0.0") }
}

struct LibraryTests {
    @Test func aMissingLibraryNamesTheCommandThatInstallsIt() throws {
        let folder = try TemporaryDirectory()
        let error = #expect(throws: LakeError.self) { try SQLEngine(libraryFolder: folder.path) }
        #expect(error == .libraryMissing(path: folder.path("libduckdb.so")))
        #expect(error.map { "\($0)".contains("scripts/setup run") } == true)
    }

    @Test func aFileThatIsNoLibraryIsCalledBroken() throws {
        let folder = try TemporaryDirectory()
        try "no library".write(toFile: folder.path("libduckdb.so"), atomically: true, encoding: .utf8)
        let error = #expect(throws: LakeError.self) { try SQLEngine(libraryFolder: folder.path) }
        guard case .libraryBroken = error else { Issue.record("\(String(describing: error))"); return }
    }
}
