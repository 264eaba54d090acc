import Foundation
import Store
import TestSupport
import Testing

@Suite struct SchemaTests {
    /// The schema as a reader sees it. `UPDATE_GOLDEN=1 swift test` rewrites the file; the diff is reviewed.
    @Test func migrationsMakeTheGoldenSchema() throws {
        let database = try Database(path: ":memory:")
        try database.migrate()
        let rows = try database.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        var got = ""
        while try rows.step() { got += rows.text(at: 0) + ";\n" }
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/schema.sql")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try got.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == got)
    }

    @Test func everyTableIsStrict() throws {
        let database = try Database(path: ":memory:")
        try database.migrate()
        let rows = try database.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict")
        var names: [String] = []
        while try rows.step() { names.append(rows.text(at: 0)) }
        #expect(names.allSatisfy { $0.hasPrefix("sqlite_") }, "\(names)")
    }

    @Test func migratingTwiceIsMigratingOnce() throws {
        let database = try Database(path: ":memory:")
        try database.migrate()
        try database.migrate()
        #expect(try database.count("migration") == Int64(Migration.all.count))
    }

    @Test func anOlderDatabaseIsBroughtUpToDate() throws {
        let database = try Database(path: ":memory:")
        try database.migrate(Array(Migration.all.prefix(1)))
        try database.migrate()
        #expect(try database.count("migration") == Int64(Migration.all.count))
        #expect(try database.count("audit") == 0)
    }

    @Test func aReleasedMigrationMayNotChange() throws {
        let database = try Database(path: ":memory:")
        try database.migrate([Migration(id: "1", sql: "CREATE TABLE a (b INTEGER) STRICT")])
        let changed = failure { try database.migrate([Migration(id: "1", sql: "CREATE TABLE a (b TEXT) STRICT")]) }
        #expect(changed?.reason == .migrationChanged)
        let newer = failure { try database.migrate([]) }
        #expect(newer?.reason == .newerSchema)
    }

    @Test func aFailedMigrationLeavesNothingBehind() throws {
        let database = try Database(path: ":memory:")
        let broken = Migration(id: "1", sql: "CREATE TABLE a (b INTEGER); SELECT nonsense")
        let refused = failure { try database.migrate([broken]) }
        #expect(refused?.reason == .other)
        #expect(try database.count("sqlite_master WHERE name = 'a'") == 0)
    }

    @Test func twoProcessesThatMigrateAtOnceBothSucceed() async throws {
        let folder = try TemporaryDirectory()
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { _ = try Connection(path: folder.path("control.sqlite"), access: .readWrite) }
            }
            try await group.waitForAll()
        }
        let database = try Database(path: folder.path("control.sqlite"))
        #expect(try database.count("migration") == Int64(Migration.all.count))
    }
}

/// The error of `body`; nil where it had none.
func failure(_ body: () throws -> Void) -> DatabaseError? {
    do { try body() } catch { return error as? DatabaseError }
    return nil
}

extension Database {
    borrowing func count(_ table: String) throws(DatabaseError) -> Int64 {
        let row = try prepare("SELECT count(*) FROM \(table)")
        return try row.step() ? row.int64(at: 0) : 0
    }
}
