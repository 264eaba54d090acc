public import Base
public import Domain

/// Something that someone did.
public struct AuditRow: Sendable, Equatable, Identifiable {
    public let id: Int64
    public let time: EventTime
    public let entry: AuditEntry
}

/// Who did what; only ever added to.
public final class AuditStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    public func append(_ entry: AuditEntry, at time: EventTime) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                "INSERT INTO audit (time_ms, actor, action, target, detail) VALUES (?1, ?2, ?3, ?4, ?5)")
            try insert.bind(time.unixMs, at: 1)
            try insert.bind(entry.actor, at: 2)
            try insert.bind(entry.action.rawValue, at: 3)
            try insert.bind(entry.target, at: 4)
            try insert.bind(JSON.object(entry.detail).text, at: 5)
            try insert.run()
        }
    }

    /// Newest first.
    ///
    /// - Parameter cursor: The last id of the page before; nil for the first page.
    public func page(before cursor: Int64?, countMax: Int) async throws(DatabaseError) -> [AuditRow] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT id, time_ms, actor, action, target, detail FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2
                """)
            try rows.bind(cursor ?? .max, at: 1)
            try rows.bind(Int64(countMax), at: 2)
            var page: [AuditRow] = []
            while try rows.step() { page.append(try Self.row(rows)) }
            return page
        }
    }

    private static func row(_ row: borrowing Statement) throws(DatabaseError) -> AuditRow {
        guard let action = AuditAction(rawValue: row.text(at: 3)),
            let detail = (try? JSON.parse(row.text(at: 5)))?.objectValue
        else { throw .unreadable("audit") }
        let entry = AuditEntry(actor: row.text(at: 2), action: action, target: row.text(at: 4), detail: detail)
        return AuditRow(id: row.int64(at: 0), time: row.time(at: 1), entry: entry)
    }
}
