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

    private static let columns = "name, title, expression, version, author, saved_ms"

    private static func audience(_ row: borrowing Statement) throws(DatabaseError) -> SavedAudience {
        SavedAudience(
            name: try row.plainName(at: 0, "audience"), title: row.text(at: 1),
            expression: try row.json(at: 2, "audience"), version: row.int64(at: 3), author: row.text(at: 4),
            savedAt: row.time(at: 5))
    }
}
