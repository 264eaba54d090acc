public import Base

/// How far the import of one file with one mapping came.
public struct ImportCheckpoint: Sendable, Equatable {
    public let file: String  // What tells the file apart from any other and from itself changed.
    public let mappingHash: String
    public var position: Int64 = 0  // Rows that are done with.
    public var accepted: Int64 = 0
    public var duplicate: Int64 = 0
    public var refused: Int64 = 0

    /// The beginning.
    public init(file: String, mappingHash: String) {
        self.file = file
        self.mappingHash = mappingHash
    }
}

/// Where imports go on after they were interrupted.
public final class ImportCheckpointStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// As it was last saved, and when; nil where this import never began.
    public func find(
        file: String, mappingHash: String
    ) async throws(DatabaseError) -> (checkpoint: ImportCheckpoint, savedAt: EventTime)? {
        try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare(
                """
                SELECT position, accepted, duplicate, refused, updated_ms FROM import_checkpoint
                WHERE file = ?1 AND mapping_hash = ?2
                """)
            try row.bind(file, at: 1)
            try row.bind(mappingHash, at: 2)
            guard try row.step() else { return nil }
            var checkpoint = ImportCheckpoint(file: file, mappingHash: mappingHash)
            checkpoint.position = row.int64(at: 0)
            checkpoint.accepted = row.int64(at: 1)
            checkpoint.duplicate = row.int64(at: 2)
            checkpoint.refused = row.int64(at: 3)
            return (checkpoint, row.time(at: 4))
        }
    }

    public func save(_ checkpoint: ImportCheckpoint, at time: EventTime) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT OR REPLACE INTO import_checkpoint
                (file, mapping_hash, position, accepted, duplicate, refused, updated_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """)
            try insert.bind(checkpoint.file, at: 1)
            try insert.bind(checkpoint.mappingHash, at: 2)
            try insert.bind(checkpoint.position, at: 3)
            try insert.bind(checkpoint.accepted, at: 4)
            try insert.bind(checkpoint.duplicate, at: 5)
            try insert.bind(checkpoint.refused, at: 6)
            try insert.bind(time.unixMs, at: 7)
            try insert.run()
        }
    }
}
