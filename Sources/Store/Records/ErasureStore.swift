public import Base
public import Domain

/// How far each erasure of a person is. It holds no id, only keyed hashes.
public final class ErasureStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// Keeps it as it is now.
    public func save(_ erasure: Erasure) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let upsert = try database.prepare(
                """
                INSERT INTO erasure (\(Self.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT (sequence) DO UPDATE SET state = excluded.state, checked_ms = excluded.checked_ms,
                    event_count = excluded.event_count, journal_record_count = excluded.journal_record_count,
                    memory_count = excluded.memory_count, snapshot_count = excluded.snapshot_count
                """)
            try upsert.bind(Int64(clamping: erasure.sequence), at: 1)
            try upsert.bind(erasure.record.askedAt.unixMs, at: 2)
            try upsert.bind(erasure.record.actor, at: 3)
            try upsert.bind(erasure.record.hashes.flatMap(\.bytes), at: 4)
            try upsert.bind(erasure.state.rawValue, at: 5)
            let proof = erasure.proof
            try upsert.bind(proof?.checkedAt.unixMs, at: 6)
            try upsert.bind(proof.map { Int64($0.eventCount) }, at: 7)
            try upsert.bind(proof.map { Int64($0.journalRecordCount) }, at: 8)
            try upsert.bind(proof.map { Int64($0.memoryCount) }, at: 9)
            try upsert.bind(proof.map { Int64($0.snapshotCount) }, at: 10)
            try upsert.run()
        }
    }

    /// Newest first.
    ///
    /// - Parameters:
    ///   - before: The last sequence of the page before; nil for the first page.
    ///   - hash: Only those of an id with this hash.
    public func page(
        before: UInt64?, hash: Hash128? = nil, countMax: Int
    ) async throws(DatabaseError) -> [Erasure] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT \(Self.columns) FROM erasure
                WHERE sequence < ?1 AND (?3 IS NULL OR instr(hashes, ?3) % 16 = 1) ORDER BY sequence DESC LIMIT ?2
                """)
            try rows.bind(before.map { Int64(clamping: $0) } ?? .max, at: 1)
            try rows.bind(Int64(countMax), at: 2)
            if let hash { try rows.bind(hash.bytes, at: 3) } else { try rows.bind(Int64?.none, at: 3) }
            return try Self.erasures(rows)
        }
    }

    /// Those that are done, by their places in the journal.
    public func doneSequences() async throws(DatabaseError) -> Set<UInt64> {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare("SELECT sequence FROM erasure WHERE state = 'done'")
            var sequences: Set<UInt64> = []
            while try rows.step() { sequences.insert(UInt64(clamping: rows.int64(at: 0))) }
            return sequences
        }
    }

    private static let columns =
        "sequence, asked_ms, actor, hashes, state, checked_ms, event_count, journal_record_count, memory_count, "
        + "snapshot_count"

    private static func erasures(_ rows: borrowing Statement) throws(DatabaseError) -> [Erasure] {
        var erasures: [Erasure] = []
        while try rows.step() {
            guard let state = Erasure.State(rawValue: rows.text(at: 4)) else { throw .unreadable("erasure") }
            let record = ErasureRecord(
                askedAt: rows.time(at: 1), actor: rows.text(at: 2), hashes: hashes(rows.bytes(at: 3)))
            let proof = ErasureProof(
                checkedAt: rows.time(at: 5), eventCount: Int(rows.int64(at: 6)),
                journalRecordCount: Int(rows.int64(at: 7)), memoryCount: Int(rows.int64(at: 8)),
                snapshotCount: Int(rows.int64(at: 9)))
            erasures.append(
                Erasure(
                    sequence: UInt64(clamping: rows.int64(at: 0)), record: record, state: state,
                    proof: rows.optionalInt64(at: 5) == nil ? nil : proof))
        }
        return erasures
    }

    private static func hashes(_ bytes: [UInt8]) -> [Hash128] {
        stride(from: 0, to: bytes.count - bytes.count % 16, by: 16).map { begin in
            func word(_ from: Int) -> UInt64 { bytes[from..<from + 8].reduce(0) { $0 << 8 | UInt64($1) } }
            return Hash128(high: word(begin), low: word(begin + 8))
        }
    }
}
