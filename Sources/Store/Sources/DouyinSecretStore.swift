public import Domain

/// The secrets that sign Douyin's live push, for sources that have their own.
public final class DouyinSecretStore: Sendable {
    private let connections: Connections
    private let box: SecretBox
    private let random: @Sendable (Int) -> [UInt8]

    init(_ connections: Connections, box: SecretBox, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.connections = connections
        self.box = box
        self.random = random
    }

    /// In place of the one that there is, if any.
    public func set(_ secret: String, of source: SourceName) async throws(DatabaseError) {
        let sealed = box.seal(secret, random: random)
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare("INSERT OR REPLACE INTO douyin_secret (source, secret) VALUES (?1, ?2)")
            try insert.bind(source.text, at: 1)
            try insert.bind(sealed, at: 2)
            try insert.run()
        }
    }

    /// - Returns: False where the source has none of its own.
    public func clear(_ source: SourceName) async throws(DatabaseError) -> Bool {
        try await connections.writer.transact { database throws(DatabaseError) in
            let delete = try database.prepare("DELETE FROM douyin_secret WHERE source = ?1")
            try delete.bind(source.text, at: 1)
            try delete.run()
            return database.countChanged > 0
        }
    }

    /// Those that have one, by name.
    public func sources() async throws(DatabaseError) -> [SourceName] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare("SELECT source FROM douyin_secret ORDER BY source")
            var sources: [SourceName] = []
            while try rows.step() {
                guard let source = SourceName(rows.text(at: 0)) else { throw .unreadable("douyin_secret") }
                sources.append(source)
            }
            return sources
        }
    }

    /// Nil where the source has none of its own.
    public func find(_ source: SourceName) async throws(DatabaseError) -> String? {
        let sealed = try await connections.reader.run { database throws(DatabaseError) -> [UInt8]? in
            let row = try database.prepare("SELECT secret FROM douyin_secret WHERE source = ?1")
            try row.bind(source.text, at: 1)
            return try row.step() ? row.bytes(at: 0) : nil
        }
        guard let sealed else { return nil }
        return try box.open(sealed)
    }
}
