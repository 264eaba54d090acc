import Base
import Foundation
import Store
import TestSupport
import Testing

@Suite struct DatabaseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let sql: String, reason: DatabaseError.Reason
        var testDescription: String { sql }
    }

    static let cases = [
        Case(sql: "INSERT INTO pair VALUES (1, 'x')", reason: .alreadyThere),
        Case(sql: "INSERT INTO pair VALUES (2, NULL)", reason: .constraint),
        Case(sql: "INSERT INTO pair VALUES ('two', 'x')", reason: .constraint),
        Case(sql: "INSERT INTO pair VALUES (2, hex(zeroblob(200000)))", reason: .diskFull),
        Case(sql: "SELECT nonsense", reason: .other),
    ]

    @Test(arguments: cases)
    func aRefusalSaysWhy(_ c: Case) throws {
        let database = try Database(path: ":memory:")
        try database.execute("CREATE TABLE pair (a INTEGER PRIMARY KEY, b TEXT NOT NULL) STRICT")
        try database.execute("INSERT INTO pair VALUES (1, 'one'); PRAGMA max_page_count = 4")
        let refused = failure { try database.execute(c.sql) }
        #expect(refused?.reason == c.reason)
        #expect(try database.count("pair") == 1)
    }

    @Test func aBoundValueIsNeverInTheError() throws {
        let database = try Database(path: ":memory:")
        try database.execute("CREATE TABLE secret (text TEXT UNIQUE CHECK (length(text) < 20)) STRICT")
        for text in ["swordfish", "swordfish", "swordfish, and far too long"] {
            let insert = try database.prepare("INSERT INTO secret VALUES (?1)")
            try insert.bind(text, at: 1)
            let error = failure { try insert.run() }
            #expect(!"\(String(describing: error))".contains("swordfish"))
        }
        #expect(try database.count("secret") == 1)
    }

    @Test func aTransactionIsDoneWholeOrNotAtAll() throws {
        let database = try Database(path: ":memory:")
        try database.execute("CREATE TABLE one (a INTEGER PRIMARY KEY) STRICT")
        let error = failure {
            try database.transaction { () throws(DatabaseError) in
                try database.execute("INSERT INTO one VALUES (1)")
                try database.execute("INSERT INTO one VALUES (1)")
            }
        }
        #expect(error?.reason == .alreadyThere)
        #expect(try database.count("one") == 0)
        try database.transaction { () throws(DatabaseError) in try database.execute("INSERT INTO one VALUES (1)") }
        #expect(try database.count("one") == 1)
    }

    @Test func valuesComeBackAsTheyWereBound() throws {
        let database = try Database(path: ":memory:")
        let row = try database.prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6")
        try row.bind(Int64.min, at: 1)
        try row.bind("a\u{0}b 全域 '; DROP TABLE x", at: 2)
        try row.bind([0, 255, 7], at: 3)
        try row.bind([UInt8](), at: 4)
        try row.bind(nil, at: 5)
        try row.bind("", at: 6)
        #expect(try row.step())
        #expect(row.int64(at: 0) == .min)
        #expect(row.text(at: 1) == "a\u{0}b 全域 '; DROP TABLE x")
        #expect(row.bytes(at: 2) == [0, 255, 7])
        #expect(row.bytes(at: 3).isEmpty)
        #expect(row.optionalInt64(at: 4) == nil)
        #expect(row.optionalInt64(at: 0) == .min)
        #expect(row.text(at: 5).isEmpty)
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("control.sqlite")
        try Data(repeating: 0x41, count: 4096).write(to: URL(filePath: path))
        #expect(throws: DatabaseError.self) { try Connections(path: path) }
        #expect(throws: DatabaseError.self) { try Connections(path: folder.path("no/such/folder.sqlite")) }
    }

    @Test func onlyTheOwnerMayReadTheFile() throws {
        let test = try TestStore()
        let attributes = try FileManager.default.attributesOfItem(atPath: test.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func aReaderDoesNotWaitForTheWriter() async throws {
        let test = try TestStore()
        let other = try Database(path: test.path)
        try other.execute("BEGIN IMMEDIATE; INSERT INTO campaign VALUES ('a', 't', 'k', NULL, NULL)")
        #expect(try await test.store.campaigns.list().isEmpty)
        try other.execute("COMMIT")
        #expect(try await test.store.campaigns.list().count == 1)
    }

    @Test func whatAConnectionRunsNeverRunsAtTheSameTime() async throws {
        let connection = try Connection(path: ":memory:", access: .readWrite)
        try await connection.run { database throws(DatabaseError) in
            try database.execute("CREATE TABLE counter (n INTEGER); INSERT INTO counter VALUES (0)")
        }
        await withTaskGroup { group in
            for _ in 0..<200 {
                group.addTask {
                    try? await connection.run { database throws(DatabaseError) in
                        try database.execute("BEGIN; UPDATE counter SET n = n + 1; COMMIT")
                    }
                }
            }
        }
        let count = try await connection.run { database throws(DatabaseError) in
            let row = try database.prepare("SELECT n FROM counter")
            return try row.step() ? row.int64(at: 0) : 0
        }
        #expect(count == 200)
    }
}
