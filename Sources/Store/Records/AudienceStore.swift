public import Base
public import Domain

/// Audiences that people keep under a name.
public final class AudienceStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// Keeps it; one of the same name is replaced, and its version counts on.
    ///
    /// - Returns: Its version.
    public func save(
        _ expression: JSON, title: String, as name: PlainName, author: String, at time: EventTime
    ) async throws(DatabaseError) -> SavedAudience {
        try await connections.writer.transact { database throws(DatabaseError) in
            let upsert = try database.prepare(
                """
                INSERT INTO audience (name, title, expression, version, author, saved_ms) VALUES (?1, ?2, ?3, 1, ?4, ?5)
                ON CONFLICT (name) DO UPDATE SET title = excluded.title, expression = excluded.expression,
                    version = version + 1, author = excluded.author, saved_ms = excluded.saved_ms
                """)
            try upsert.bind(name.text, at: 1)
            try upsert.bind(title, at: 2)
            try upsert.bind(expression.text, at: 3)
            try upsert.bind(author, at: 4)
            try upsert.bind(time.unixMs, at: 5)
            try upsert.run()
            let row = try database.prepare("SELECT \(Self.columns) FROM audience WHERE name = ?1")
            try row.bind(name.text, at: 1)
            guard try row.step() else { throw .unreadable("audience") }
            return try Self.audience(row)
        }
    }

    /// By name.
    public func list() async throws(DatabaseError) -> [SavedAudience] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare("SELECT \(Self.columns) FROM audience ORDER BY name")
            var audiences: [SavedAudience] = []
            while try rows.step() { audiences.append(try Self.audience(rows)) }
            return audiences
        }
    }

    /// - Returns: False where there is none of this name.
    public func remove(_ name: PlainName) async throws(DatabaseError) -> Bool {
        try await connections.writer.transact { database throws(DatabaseError) in
            let delete = try database.prepare("DELETE FROM audience WHERE name = ?1")
            try delete.bind(name.text, at: 1)
            try delete.run()
            return database.countChanged > 0
        }
    }

    /// Keeps who was in an audience when it was first kept up.
    ///
    /// - Returns: False where there is no audience of the name any more.
    public func save(_ base: AudienceBase) async throws(DatabaseError) -> Bool {
        let text = base.people.map { $0.text + "\n" }.joined()
        return try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT OR REPLACE INTO audience_base (name, sequence_end, people)
                SELECT name, ?2, ?3 FROM audience WHERE name = ?1
                """)
            try insert.bind(base.name.text, at: 1)
            try insert.bind(Int64(clamping: base.sequenceEnd), at: 2)
            try insert.bind(Array(text.utf8), at: 3)
            try insert.run()
            return database.countChanged > 0
        }
    }

    /// Takes people out of what is kept of who was in audiences.
    public func erase(_ ids: [PersonID]) async throws(DatabaseError) {
        let erased = Set(ids)
        for base in try await bases() where base.people.contains(where: erased.contains) {
            _ = try await save(
                AudienceBase(
                    name: base.name, sequenceEnd: base.sequenceEnd, people: base.people.filter { !erased.contains($0) })
            )
        }
        try await connections.writer.run { database throws(DatabaseError) in
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Of all audiences that have one.
    public func bases() async throws(DatabaseError) -> [AudienceBase] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare("SELECT name, sequence_end, people FROM audience_base ORDER BY name")
            var bases: [AudienceBase] = []
            while try rows.step() {
                let ids = String(decoding: rows.bytes(at: 2), as: UTF8.self).split(separator: "\n")
                bases.append(
                    AudienceBase(
                        name: try rows.plainName(at: 0, "audience"), sequenceEnd: UInt64(clamping: rows.int64(at: 1)),
                        people: ids.map { PersonID(validated: String($0)) }))
            }
            return bases
        }
    }

    private static let columns = "name, title, expression, version, author, saved_ms"

    private static func audience(_ row: borrowing Statement) throws(DatabaseError) -> SavedAudience {
        SavedAudience(
            name: try row.plainName(at: 0, "audience"), title: row.text(at: 1),
            expression: try row.json(at: 2, "audience"), version: row.int64(at: 3), author: row.text(at: 4),
            savedAt: row.time(at: 5))
    }
}
