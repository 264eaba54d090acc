public import Base
public import Domain
private import Foundation

/// How the journal is read: versions of the steps, from which record on each holds, and the rates of currencies.
public final class CleaningStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    public func record() async throws(DatabaseError) -> CleaningRecord {
        try await connections.reader.run { database throws(DatabaseError) in
            try database.transaction(reading: true) { () throws(DatabaseError) in try Self.record(in: database) }
        }
    }

    /// As `record`, of a database that this process need not own; nil where it is missing or older than this.
    public static func record(path: String) throws(DatabaseError) -> CleaningRecord? {
        guard FileManager.default.fileExists(atPath: path), try ControlStore.stepCountMissing(path: path) == 0 else {
            return nil
        }
        let isWritten = FileManager.default.fileExists(atPath: path + "-wal")
        let database = try Database(path: path, access: isWritten ? .readOnly : .unchanging)
        return try database.transaction(reading: true) { () throws(DatabaseError) in try record(in: database) }
    }

    /// Newest first.
    ///
    /// - Parameter before: The last number of the page before; nil for the first page.
    public func versions(before: Int64?, countMax: Int) async throws(DatabaseError) -> [CleaningVersion] {
        try await connections.reader.run { database throws(DatabaseError) in
            try Self.versions(
                in: database, where: "number < ?1 ORDER BY number DESC LIMIT ?2", before ?? .max, Int64(countMax))
        }
    }

    public func version(_ number: Int64) async throws(DatabaseError) -> CleaningVersion? {
        try await connections.reader.run { database throws(DatabaseError) in
            try Self.versions(in: database, where: "number = ?1 LIMIT ?2", number, 1).first
        }
    }

    /// Makes the next version, with all rates that are kept, and lets it hold from `sequenceStart` on. It is the last
    /// of those in the record.
    ///
    /// - Parameters:
    ///   - steps: Nil for those of the version that holds now.
    ///   - rates: Kept from now on, too.
    public func add(
        steps: JSON?, rates: [CurrencyRate], author: String, note: String, from sequenceStart: UInt64,
        at time: EventTime
    ) async throws(DatabaseError) -> CleaningRecord {
        try await connections.writer.transact { database throws(DatabaseError) in
            for rate in rates { try Self.insert(rate, author, time, in: database) }
            let insert = try database.prepare(
                """
                INSERT INTO cleaning_version (number, steps, rate_id_max, author, created_ms, note)
                VALUES ((SELECT max(number) + 1 FROM cleaning_version),
                    coalesce(nullif(?1, ''), (SELECT steps FROM cleaning_version WHERE number =
                        (SELECT version FROM cleaning_span ORDER BY sequence_start DESC LIMIT 1))),
                    (SELECT coalesce(max(id), 0) FROM currency_rate), ?2, ?3, ?4)
                """)
            try insert.bind(steps?.text ?? "", at: 1)
            try insert.bind(author, at: 2)
            try insert.bind(time.unixMs, at: 3)
            try insert.bind(note, at: 4)
            try insert.run()
            try Self.hold(database.rowidInserted, from: sequenceStart, in: database)
            return try Self.record(in: database)
        }
    }

    /// Lets a version that is there hold from `sequenceStart` on.
    public func hold(_ version: Int64, from sequenceStart: UInt64) async throws(DatabaseError) -> CleaningRecord {
        try await connections.writer.transact { database throws(DatabaseError) in
            try Self.hold(version, from: sequenceStart, in: database)
            return try Self.record(in: database)
        }
    }

    // MARK: Rates

    /// The latest to be added first.
    ///
    /// - Parameter before: The last id of the page before; nil for the first page.
    public func rates(before: Int64?, countMax: Int) async throws(DatabaseError) -> [KeptCurrencyRate] {
        try await connections.reader.run { database throws(DatabaseError) in
            try Self.rates(in: database, where: "id < ?1 ORDER BY id DESC LIMIT ?2", before ?? .max, Int64(countMax))
        }
    }

    // MARK: Running again

    /// The one that is under way, or else the last; nil where there was none.
    public func rerun() async throws(DatabaseError) -> CleaningRerun? {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT id, version, state, author, started_ms, ended_ms FROM cleaning_rerun ORDER BY id DESC LIMIT 1
                """)
            guard try rows.step() else { return nil }
            guard let state = CleaningRerun.State(rawValue: rows.text(at: 2)) else {
                throw .unreadable("cleaning_rerun")
            }
            return CleaningRerun(
                id: rows.int64(at: 0), version: rows.int64(at: 1), state: state, author: rows.text(at: 3),
                startedAt: rows.time(at: 4), endedAt: rows.optionalTime(at: 5))
        }
    }

    /// Notes that all history is to be read again; a start goes on with it until it is done or cancelled.
    public func beginRerun(of version: Int64, author: String, at time: EventTime) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                "INSERT INTO cleaning_rerun (version, state, author, started_ms) VALUES (?1, 'running', ?2, ?3)")
            try insert.bind(version, at: 1)
            try insert.bind(author, at: 2)
            try insert.bind(time.unixMs, at: 3)
            try insert.run()
        }
    }

    /// The one under way is over: `done` where `version` holds for all the journal from now on.
    @discardableResult
    public func endRerun(done version: Int64?, at time: EventTime) async throws(DatabaseError) -> CleaningRecord {
        try await connections.writer.transact { database throws(DatabaseError) in
            if let version {
                try database.execute("DELETE FROM cleaning_span")
                try Self.hold(version, from: 0, in: database)
            }
            let update = try database.prepare(
                "UPDATE cleaning_rerun SET state = ?1, ended_ms = ?2 WHERE state = 'running'")
            try update.bind(version == nil ? "cancelled" : "done", at: 1)
            try update.bind(time.unixMs, at: 2)
            try update.run()
            return try Self.record(in: database)
        }
    }
}

extension CleaningStore {
    private static func hold(
        _ version: Int64, from sequenceStart: UInt64, in database: borrowing Database
    ) throws(DatabaseError) {
        let insert = try database.prepare(
            "INSERT OR REPLACE INTO cleaning_span (sequence_start, version) VALUES (?1, ?2)")
        try insert.bind(Int64(clamping: sequenceStart), at: 1)
        try insert.bind(version, at: 2)
        try insert.run()
    }

    private static func record(in database: borrowing Database) throws(DatabaseError) -> CleaningRecord {
        let rows = try database.prepare("SELECT sequence_start, version FROM cleaning_span ORDER BY sequence_start")
        var spans: [CleaningSpan] = []
        while try rows.step() {
            spans.append(CleaningSpan(sequenceStart: UInt64(rows.int64(at: 0)), version: rows.int64(at: 1)))
        }
        return CleaningRecord(
            spans: spans,
            versions: try versions(
                in: database,
                where: "number IN (SELECT version FROM cleaning_span) AND number >= ?1 ORDER BY number LIMIT ?2", 0,
                .max),
            rates: try rates(in: database, where: "id > ?1 ORDER BY id LIMIT ?2", 0, .max))
    }

    private static func versions(
        in database: borrowing Database, where clause: String, _ first: Int64, _ second: Int64
    ) throws(DatabaseError) -> [CleaningVersion] {
        let rows = try database.prepare(
            "SELECT number, steps, rate_id_max, author, created_ms, note FROM cleaning_version WHERE " + clause)
        try rows.bind(first, at: 1)
        try rows.bind(second, at: 2)
        var versions: [CleaningVersion] = []
        while try rows.step() {
            guard let steps = try? JSON.parse(rows.text(at: 1)) else { throw .unreadable("cleaning_version") }
            versions.append(
                CleaningVersion(
                    number: rows.int64(at: 0), steps: steps, rateIDMax: rows.int64(at: 2), author: rows.text(at: 3),
                    createdAt: rows.time(at: 4), note: rows.text(at: 5)))
        }
        return versions
    }

    private static func rates(
        in database: borrowing Database, where clause: String, _ first: Int64, _ second: Int64
    ) throws(DatabaseError) -> [KeptCurrencyRate] {
        let rows = try database.prepare(
            """
            SELECT id, day, from_currency, to_currency, rate, source, author, added_ms FROM currency_rate WHERE
            """ + " " + clause)
        try rows.bind(first, at: 1)
        try rows.bind(second, at: 2)
        var rates: [KeptCurrencyRate] = []
        while try rows.step() {
            guard let day = CalendarDay(rows.text(at: 1)), let from = Currency(code: rows.text(at: 2)),
                let to = Currency(code: rows.text(at: 3)), let exact = ExactDecimal(rows.text(at: 4)),
                let rate = CurrencyRate(day: day, from: from, to: to, rate: exact, source: rows.text(at: 5))
            else { throw .unreadable("currency_rate") }
            rates.append(
                KeptCurrencyRate(
                    id: rows.int64(at: 0), rate: rate, author: rows.text(at: 6), addedAt: rows.time(at: 7)))
        }
        return rates
    }

    private static func insert(
        _ rate: CurrencyRate, _ author: String, _ time: EventTime, in database: borrowing Database
    ) throws(DatabaseError) {
        let insert = try database.prepare(
            """
            INSERT INTO currency_rate (day, from_currency, to_currency, rate, source, author, added_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        let texts = [rate.day.description, rate.from.code, rate.to.code, rate.rate.text, rate.source, author]
        for (index, text) in texts.enumerated() { try insert.bind(text, at: Int32(index + 1)) }
        try insert.bind(time.unixMs, at: 7)
        try insert.run()
    }
}
