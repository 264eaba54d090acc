public import Base
public import Domain

/// The models of stages that people saved, each version as it was.
public final class StageModelStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// The newest version of each that is not removed, by name.
    public func list() async throws(DatabaseError) -> [KeptStageModel] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT id, version, model, author, saved_ms FROM stage_model AS newest
                WHERE version = (SELECT max(version) FROM stage_model WHERE id = newest.id) AND model IS NOT NULL
                ORDER BY id
                """)
            var models: [KeptStageModel] = []
            while try rows.step() {
                guard let document = try rows.json(at: 2, "stage_model").objectValue else {
                    throw .unreadable("stage_model")
                }
                models.append(
                    KeptStageModel(
                        id: try rows.plainName(at: 0, "stage_model"), origin: .saved, version: rows.int64(at: 1),
                        document: document, author: rows.text(at: 3), savedAt: rows.time(at: 4)))
            }
            return models
        }
    }

    /// Makes the next version.
    ///
    /// - Parameter document: Nil: the model is removed, and its versions stay on record.
    /// - Returns: The version.
    public func save(
        _ document: JSONObject?, as id: PlainName, author: String, at time: EventTime
    ) async throws(DatabaseError) -> Int64 {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT INTO stage_model (id, version, model, author, saved_ms)
                VALUES (?1, (SELECT coalesce(max(version), 0) + 1 FROM stage_model WHERE id = ?1), nullif(?2, ''), ?3,
                    ?4)
                """)
            try insert.bind(id.text, at: 1)
            try insert.bind(document.map { JSON.object($0).text } ?? "", at: 2)
            try insert.bind(author, at: 3)
            try insert.bind(time.unixMs, at: 4)
            try insert.run()
            let row = try database.prepare("SELECT max(version) FROM stage_model WHERE id = ?1")
            try row.bind(id.text, at: 1)
            guard try row.step() else { throw .unreadable("stage_model") }
            return row.int64(at: 0)
        }
    }
}
