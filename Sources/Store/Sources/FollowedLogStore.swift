import Base
public import Domain

/// The logs that are followed, and how far.
public final class FollowedLogStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// - Parameter log: Its id is passed over.
    /// - Returns: Its id.
    /// - Throws: `alreadyThere` where another log has its source.
    public func add(_ log: FollowedLog) async throws(DatabaseError) -> Int64 {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT INTO followed_log
                (pattern, format, line_format, mapping, source, beginning, skips_anonymous, is_enabled, updated_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                """)
            try Self.bind(log, insert)
            try insert.run()
            return database.rowidInserted
        }
    }

    /// - Returns: False where there is none of this id.
    public func change(_ log: FollowedLog) async throws(DatabaseError) -> Bool {
        try await connections.writer.transact { database throws(DatabaseError) in
            let update = try database.prepare(
                """
                UPDATE followed_log SET pattern = ?1, format = ?2, line_format = ?3, mapping = ?4, source = ?5,
                beginning = ?6, skips_anonymous = ?7, is_enabled = ?8, updated_ms = ?9 WHERE id = ?10
                """)
            try Self.bind(log, update)
            try update.bind(log.id, at: 10)
            try update.run()
            return database.countChanged > 0
        }
    }

    private static func bind(_ log: FollowedLog, _ statement: borrowing Statement) throws(DatabaseError) {
        try statement.bind(log.pattern, at: 1)
        try statement.bind(log.format.rawValue, at: 2)
        try statement.bind(log.lineFormat, at: 3)
        try statement.bind(log.mapping.text, at: 4)
        try statement.bind(log.source.text, at: 5)
        try statement.bind(log.beginning.rawValue, at: 6)
        try statement.bind(log.isSkippingAnonymous ? 1 : 0, at: 7)
        try statement.bind(log.isEnabled ? 1 : 0, at: 8)
        try statement.bind(log.updatedAt.unixMs, at: 9)
    }

    /// Whether the log's files have been looked at once: files that are met later are read from their start.
    public func isBegun(log: Int64) async throws(DatabaseError) -> Bool {
        try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare("SELECT is_begun FROM followed_log WHERE id = ?1")
            try row.bind(log, at: 1)
            return try row.step() && row.flag(at: 0)
        }
    }

    public func begin(log: Int64) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let update = try database.prepare("UPDATE followed_log SET is_begun = 1 WHERE id = ?1")
            try update.bind(log, at: 1)
            try update.run()
        }
    }

    /// In the order of their making.
    public func list() async throws(DatabaseError) -> [(log: FollowedLog, totals: LogTotals)] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT id, pattern, format, line_format, mapping, source, beginning, skips_anonymous, is_enabled,
                updated_ms, lines, accepted, duplicate, quarantined, skipped FROM followed_log ORDER BY id
                """)
            var logs: [(log: FollowedLog, totals: LogTotals)] = []
            while try rows.step() { logs.append(try Self.log(rows)) }
            return logs
        }
    }

    private static func log(
        _ row: borrowing Statement
    ) throws(DatabaseError) -> (log: FollowedLog, totals: LogTotals) {
        guard let format = FollowedLog.Format(rawValue: row.text(at: 2)), let source = SourceName(row.text(at: 5)),
            let beginning = FollowedLog.Beginning(rawValue: row.text(at: 6))
        else { throw .unreadable("followed_log") }
        let log = FollowedLog(
            id: row.int64(at: 0), pattern: row.text(at: 1), format: format, lineFormat: row.text(at: 3),
            mapping: try row.json(at: 4, "followed_log"), source: source, beginning: beginning,
            isSkippingAnonymous: row.flag(at: 7), isEnabled: row.flag(at: 8), updatedAt: row.time(at: 9))
        var totals = LogTotals()
        totals.lines = row.int64(at: 10)
        totals.accepted = row.int64(at: 11)
        totals.duplicate = row.int64(at: 12)
        totals.quarantined = row.int64(at: 13)
        totals.skipped = row.int64(at: 14)
        return (log, totals)
    }

    /// Forgets how far it was read, too.
    ///
    /// - Returns: False where there is none of this id.
    public func remove(id: Int64) async throws(DatabaseError) -> Bool {
        try await connections.writer.transact { database throws(DatabaseError) in
            let delete = try database.prepare("DELETE FROM followed_log WHERE id = ?1")
            try delete.bind(id, at: 1)
            try delete.run()
            return database.countChanged > 0
        }
    }

    public func checkpoints(log: Int64) async throws(DatabaseError) -> [LogCheckpoint] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT file, fingerprint, fingerprint_byte_count, path, byte_offset, updated_ms, mark
                FROM log_checkpoint
                WHERE log = ?1 ORDER BY updated_ms
                """)
            try rows.bind(log, at: 1)
            var checkpoints: [LogCheckpoint] = []
            while try rows.step() {
                checkpoints.append(
                    LogCheckpoint(
                        log: log, file: rows.text(at: 0), fingerprint: rows.text(at: 1),
                        fingerprintByteCount: rows.int64(at: 2), mark: rows.text(at: 6), path: rows.text(at: 3),
                        offset: rows.int64(at: 4), updatedAt: rows.time(at: 5)))
            }
            return checkpoints
        }
    }

    /// Notes how far a file is read, and adds what became of its lines to the log's totals; both or neither.
    public func save(_ checkpoint: LogCheckpoint, adding totals: LogTotals) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT INTO log_checkpoint
                (log, file, fingerprint, fingerprint_byte_count, path, byte_offset, updated_ms, mark)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM followed_log WHERE id = ?1)
                ON CONFLICT (log, file) DO UPDATE SET fingerprint = ?3, fingerprint_byte_count = ?4, path = ?5,
                byte_offset = ?6, updated_ms = ?7, mark = ?8
                """)
            try insert.bind(checkpoint.log, at: 1)
            try insert.bind(checkpoint.file, at: 2)
            try insert.bind(checkpoint.fingerprint, at: 3)
            try insert.bind(checkpoint.fingerprintByteCount, at: 4)
            try insert.bind(checkpoint.path, at: 5)
            try insert.bind(checkpoint.offset, at: 6)
            try insert.bind(checkpoint.updatedAt.unixMs, at: 7)
            try insert.bind(checkpoint.mark, at: 8)
            try insert.run()
            let update = try database.prepare(
                """
                UPDATE followed_log SET lines = lines + ?2, accepted = accepted + ?3, duplicate = duplicate + ?4,
                quarantined = quarantined + ?5, skipped = skipped + ?6 WHERE id = ?1
                """)
            try update.bind(checkpoint.log, at: 1)
            try update.bind(totals.lines, at: 2)
            try update.bind(totals.accepted, at: 3)
            try update.bind(totals.duplicate, at: 4)
            try update.bind(totals.quarantined, at: 5)
            try update.bind(totals.skipped, at: 6)
            try update.run()
        }
    }

    /// For a file that is gone and read to its end.
    public func forget(log: Int64, file: String) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let delete = try database.prepare("DELETE FROM log_checkpoint WHERE log = ?1 AND file = ?2")
            try delete.bind(log, at: 1)
            try delete.bind(file, at: 2)
            try delete.run()
        }
    }
}
