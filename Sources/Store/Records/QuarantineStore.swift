public import Base
public import Domain

/// An element of a request that was set aside, to be kept.
public struct QuarantineInput: Sendable, Equatable {
    public let receivedAt: EventTime
    public let source: SourceName
    public let format: String  // How to read the body again.
    public let reason: String  // A stable code.
    public let detail: String
    public let body: [UInt8]
    /// Of all that makes the element the same when it is sent again; nil for one that is kept each time.
    public let contentHash: Hash128?

    public init(
        receivedAt: EventTime, source: SourceName, format: String, reason: String, detail: String, body: [UInt8],
        contentHash: Hash128?
    ) {
        self.receivedAt = receivedAt
        self.source = source
        self.format = format
        self.reason = reason
        self.detail = detail
        self.body = body
        self.contentHash = contentHash
    }
}

/// What was set aside, kept until it is looked at and tried again.
public final class QuarantineStore: Sendable {
    private let connections: Connections
    private let bodyBytesMax: Int

    init(_ connections: Connections, bodyBytesMax: Int) {
        self.connections = connections
        self.bodyBytesMax = bodyBytesMax
    }

    /// - Returns: The ids, in order; the rows are on disk then. One whose content is there already keeps its id.
    public func insert(_ inputs: [QuarantineInput]) async throws(DatabaseError) -> [Int64] {
        let bodyBytesMax = bodyBytesMax
        return try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT INTO quarantine (received_ms, source, format, reason, detail, body, is_truncated, content_hash)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                ON CONFLICT (content_hash) DO UPDATE SET content_hash = excluded.content_hash
                RETURNING id
                """)
            var ids: [Int64] = []
            for input in inputs {
                try insert.bind(input.receivedAt.unixMs, at: 1)
                try insert.bind(input.source.text, at: 2)
                try insert.bind(input.format, at: 3)
                try insert.bind(input.reason, at: 4)
                try insert.bind(input.detail, at: 5)
                try insert.bind(Array(input.body.prefix(bodyBytesMax)), at: 6)
                try insert.bind(input.body.count > bodyBytesMax ? 1 : 0, at: 7)
                if let hash = input.contentHash {
                    try insert.bind(hash.bytes, at: 8)
                } else {
                    try insert.bind(Int64?.none, at: 8)
                }
                guard try insert.step() else { throw .unreadable("quarantine") }
                ids.append(insert.int64(at: 0))
                insert.reset()
            }
            return ids
        }
    }

    /// Removes what names one of these ids: as a text by itself, in quotes, in its body.
    ///
    /// The file has their bytes no more, unless somebody reads it at this moment: then until it is tidied up the next
    /// time.
    ///
    /// - Returns: How many there were.
    public func erase(_ ids: [PersonID]) async throws(DatabaseError) -> Int {
        let count = try await remove(ids)
        guard count > 0 else { return 0 }
        try await connections.writer.run { database throws(DatabaseError) in
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return count
    }

    private func remove(_ ids: [PersonID]) async throws(DatabaseError) -> Int {
        try await connections.writer.transact { database throws(DatabaseError) in
            let delete = try database.prepare("DELETE FROM quarantine WHERE instr(body, ?1) > 0")
            var count = 0
            for id in ids {
                try delete.bind(Array(JSON.string(id.text).text.utf8), at: 1)
                try delete.run()
                count += Int(database.countChanged)
                delete.reset()
            }
            return count
        }
    }

    /// Newest first.
    ///
    /// - Parameter cursor: The last id of the page before; nil for the first page.
    public func page(
        _ filter: QuarantineFilter = .all, before cursor: Int64?, countMax: Int
    ) async throws(DatabaseError) -> [QuarantineItem] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                Self.select + " WHERE id < ?1\(filter.conditions) ORDER BY id DESC LIMIT ?2")
            try rows.bind(cursor ?? .max, at: 1)
            try rows.bind(Int64(countMax), at: 2)
            try filter.bind(to: rows)
            return try Self.page(rows)
        }
    }

    /// Those that were not taken yet, oldest first.
    ///
    /// - Parameters:
    ///   - cursor: The last id of the page before; 0 for the first page.
    ///   - last: The last id that counts.
    public func waiting(
        _ filter: QuarantineFilter, after cursor: Int64, through last: Int64, countMax: Int
    ) async throws(DatabaseError) -> [QuarantineItem] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                Self.select
                    + " WHERE id > ?1 AND id <= ?3 AND replayed_ms IS NULL\(filter.conditions) ORDER BY id LIMIT ?2")
            try rows.bind(cursor, at: 1)
            try rows.bind(Int64(countMax), at: 2)
            try rows.bind(last, at: 3)
            try filter.bind(to: rows)
            return try Self.page(rows)
        }
    }

    /// How many elements were set aside, by reason, and of those how many were not taken yet.
    public func counts(
        _ filter: QuarantineFilter = .all
    ) async throws(DatabaseError) -> [String: QuarantineCount] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT reason, count(*), sum(replayed_ms IS NULL) FROM quarantine
                WHERE TRUE\(filter.conditions) GROUP BY reason
                """)
            try filter.bind(to: rows)
            var byReason: [String: QuarantineCount] = [:]
            while try rows.step() {
                byReason[rows.text(at: 0)] = QuarantineCount(
                    all: Int(rows.int64(at: 1)), waiting: Int(rows.int64(at: 2)))
            }
            return byReason
        }
    }

    /// In the order of `ids`; ids that are not there are left out.
    public func rows(ids: [Int64]) async throws(DatabaseError) -> [QuarantineItem] {
        try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare(Self.select + " WHERE id = ?1")
            var found: [QuarantineItem] = []
            for id in ids {
                try row.bind(id, at: 1)
                if try row.step() { found.append(try Self.row(row)) }
                row.reset()
            }
            return found
        }
    }

    /// Notes that the elements were taken after all; the first time stays.
    public func markReplayed(ids: [Int64], at time: EventTime) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let update = try database.prepare(
                "UPDATE quarantine SET replayed_ms = ?2 WHERE id = ?1 AND replayed_ms IS NULL")
            for id in ids {
                try update.bind(id, at: 1)
                try update.bind(time.unixMs, at: 2)
                try update.run()
            }
        }
    }

    private static let select =
        "SELECT id, received_ms, source, format, reason, detail, body, is_truncated, replayed_ms FROM quarantine"

    private static func page(_ rows: borrowing Statement) throws(DatabaseError) -> [QuarantineItem] {
        var page: [QuarantineItem] = []
        while try rows.step() { page.append(try Self.row(rows)) }
        return page
    }

    private static func row(_ row: borrowing Statement) throws(DatabaseError) -> QuarantineItem {
        guard let source = SourceName(row.text(at: 2)) else { throw .unreadable("quarantine") }
        return QuarantineItem(
            id: row.int64(at: 0), receivedAt: row.time(at: 1), source: source, format: row.text(at: 3),
            reason: row.text(at: 4), detail: row.text(at: 5), body: row.bytes(at: 6),
            isTruncated: row.int64(at: 7) == 1, replayedAt: row.optionalTime(at: 8))
    }
}

extension QuarantineFilter {
    /// To go on a `WHERE` with. The `+` keeps pages on an index that has them in the order of their ids.
    fileprivate var conditions: String {
        (reason == nil ? "" : " AND reason = ?11") + (source == nil ? "" : " AND +source = ?12")
            + (received == nil ? "" : " AND +received_ms >= ?13 AND +received_ms < ?14")
    }

    fileprivate func bind(to statement: borrowing Statement) throws(DatabaseError) {
        if let reason { try statement.bind(reason, at: 11) }
        if let source { try statement.bind(source.text, at: 12) }
        if let received {
            try statement.bind(received.lowerBound.unixMs, at: 13)
            try statement.bind(received.upperBound.unixMs, at: 14)
        }
    }
}
