import Base
public import Domain

/// Mappings that people keep under a name.
public final class MappingStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// Keeps it; one of the same name is replaced.
    public func save(_ mapping: SavedMapping) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                "INSERT OR REPLACE INTO import_mapping (name, mapping, updated_ms) VALUES (?1, ?2, ?3)")
            try insert.bind(mapping.name.text, at: 1)
            try insert.bind(mapping.mapping.text, at: 2)
            try insert.bind(mapping.updatedAt.unixMs, at: 3)
            try insert.run()
        }
    }

    /// By name.
    public func list() async throws(DatabaseError) -> [SavedMapping] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare("SELECT name, mapping, updated_ms FROM import_mapping ORDER BY name")
            var mappings: [SavedMapping] = []
            while try rows.step() {
                mappings.append(
                    SavedMapping(
                        name: try rows.plainName(at: 0, "import_mapping"),
                        mapping: try rows.json(at: 1, "import_mapping"), updatedAt: rows.time(at: 2)))
            }
            return mappings
        }
    }

    /// - Returns: False where there is none of this name.
    public func remove(_ name: PlainName) async throws(DatabaseError) -> Bool {
        try await connections.writer.transact { database throws(DatabaseError) in
            let delete = try database.prepare("DELETE FROM import_mapping WHERE name = ?1")
            try delete.bind(name.text, at: 1)
            try delete.run()
            return database.countChanged > 0
        }
    }
}

extension Statement {
    borrowing func json(at column: Int32, _ table: String) throws(DatabaseError) -> JSON {
        do throws(JSONError) { return try JSON.parse(text(at: column)) } catch { throw .unreadable(table) }
    }

    borrowing func plainName(at column: Int32, _ table: String) throws(DatabaseError) -> PlainName {
        guard let name = PlainName(plain: text(at: column)) else { throw .unreadable(table) }
        return name
    }

    borrowing func flag(at column: Int32) -> Bool { int64(at: column) != 0 }
}
