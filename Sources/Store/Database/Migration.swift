/// One forward step of the schema. Never edited once released: add the next one instead.
public struct Migration: Sendable, Equatable {
    public let id: String
    public let sql: String

    public init(id: String, sql: String) {
        self.id = id
        self.sql = sql
    }
}

extension Database {
    /// Applies what is missing, each in its own transaction.
    ///
    /// - Throws: `newerSchema` where the database knows more migrations than are given; `migrationChanged` where an
    ///   applied one reads differently. The schema is then as it was.
    public borrowing func migrate(_ migrations: [Migration] = Migration.all) throws(DatabaseError) {
        try execute("CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, sql TEXT NOT NULL) STRICT")
        for (index, migration) in migrations.enumerated() where try countApplied(of: migrations) == index {
            try transaction { () throws(DatabaseError) in
                guard try countApplied(of: migrations) == index else { return }  // Another process was faster.
                try execute(migration.sql)
                let insert = try prepare("INSERT INTO migration (id, sql) VALUES (?1, ?2)")
                try insert.bind(migration.id, at: 1)
                try insert.bind(migration.sql, at: 2)
                try insert.run()
            }
        }
        _ = try countApplied(of: migrations)
    }

    /// How many are applied; checks that they are the first of `migrations`, unchanged.
    borrowing func countApplied(of migrations: [Migration]) throws(DatabaseError) -> Int {
        let rows = try prepare("SELECT id, sql FROM migration ORDER BY rowid")
        var count = 0
        while try rows.step() {
            guard count < migrations.count else {
                throw DatabaseError(reason: .newerSchema, message: "the database was written by a later version")
            }
            let applied = Migration(id: rows.text(at: 0), sql: rows.text(at: 1))
            guard applied == migrations[count] else {
                throw DatabaseError(reason: .migrationChanged, message: "released migration changed: \(applied.id)")
            }
            count += 1
        }
        return count
    }
}
