public import Base
public import Domain

/// The tables that the server takes in, and how far it is with each.
public final class ImportJobStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// - Returns: Its id.
    public func add(
        fileName: String, format: String, byteCount: Int64, actor: String, at time: EventTime
    ) async throws(DatabaseError) -> ImportJob {
        let id = try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT INTO import_job (file_name, format, byte_count, byte_count_staged, state, mapping, source,
                position, accepted, duplicate, refused, refused_byte_count, failure, actor, created_ms, updated_ms)
                VALUES (?1, ?2, ?3, 0, 'uploading', 'null', '', 0, 0, 0, 0, 0, '', ?4, ?5, ?5)
                """)
            try insert.bind(fileName, at: 1)
            try insert.bind(format, at: 2)
            try insert.bind(byteCount, at: 3)
            try insert.bind(actor, at: 4)
            try insert.bind(time.unixMs, at: 5)
            try insert.run()
            return database.rowidInserted
        }
        return ImportJob(
            id: id, fileName: fileName, format: format, byteCount: byteCount, actor: actor, createdAt: time)
    }

    /// All that can change of it.
    public func save(_ job: ImportJob) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let update = try database.prepare(
                """
                UPDATE import_job SET byte_count_staged = ?2, state = ?3, mapping = ?4, source = ?5, position = ?6,
                accepted = ?7, duplicate = ?8, refused = ?9, refused_byte_count = ?10, failure = ?11, updated_ms = ?12
                WHERE id = ?1
                """)
            try update.bind(job.id, at: 1)
            try update.bind(job.byteCountStaged, at: 2)
            try update.bind(job.state.rawValue, at: 3)
            try update.bind(job.mapping.text, at: 4)
            try update.bind(job.source, at: 5)
            try update.bind(job.position, at: 6)
            try update.bind(job.accepted, at: 7)
            try update.bind(job.duplicate, at: 8)
            try update.bind(job.refused, at: 9)
            try update.bind(job.refusedByteCount, at: 10)
            try update.bind(job.failure, at: 11)
            try update.bind(job.updatedAt.unixMs, at: 12)
            try update.run()
        }
    }

    public func find(_ id: Int64) async throws(DatabaseError) -> ImportJob? {
        try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare(Self.select + " WHERE id = ?1")
            try row.bind(id, at: 1)
            return try row.step() ? try Self.job(row) : nil
        }
    }

    /// The newest first: those with an id below `before`.
    public func page(before: Int64?, countMax: Int) async throws(DatabaseError) -> [ImportJob] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(Self.select + " WHERE id < ?1 ORDER BY id DESC LIMIT ?2")
            try rows.bind(before ?? .max, at: 1)
            try rows.bind(Int64(countMax), at: 2)
            var jobs: [ImportJob] = []
            while try rows.step() { jobs.append(try Self.job(rows)) }
            return jobs
        }
    }

    /// Those that are not over, the oldest first.
    public func open() async throws(DatabaseError) -> [ImportJob] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                Self.select + " WHERE state IN ('uploading', 'ready', 'running', 'paused') ORDER BY id")
            var jobs: [ImportJob] = []
            while try rows.step() { jobs.append(try Self.job(rows)) }
            return jobs
        }
    }

    private static let select = """
        SELECT id, file_name, format, byte_count, byte_count_staged, state, mapping, source, position, accepted,
        duplicate, refused, refused_byte_count, failure, actor, created_ms, updated_ms FROM import_job
        """

    private static func job(_ row: borrowing Statement) throws(DatabaseError) -> ImportJob {
        guard let state = ImportJob.State(rawValue: row.text(at: 5)) else { throw .unreadable("import_job") }
        var job = ImportJob(
            id: row.int64(at: 0), fileName: row.text(at: 1), format: row.text(at: 2), byteCount: row.int64(at: 3),
            actor: row.text(at: 14), createdAt: row.time(at: 15))
        job.byteCountStaged = row.int64(at: 4)
        job.state = state
        job.mapping = try row.json(at: 6, "import_job")
        job.source = row.text(at: 7)
        job.position = row.int64(at: 8)
        job.accepted = row.int64(at: 9)
        job.duplicate = row.int64(at: 10)
        job.refused = row.int64(at: 11)
        job.refusedByteCount = row.int64(at: 12)
        job.failure = row.text(at: 13)
        job.updatedAt = row.time(at: 16)
        return job
    }
}
