public import Base
public import Domain

/// The rules of quality that people set, and the alarms that were raised.
public final class QualityStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// By event; one that has none is held to the default.
    public func rules() async throws(DatabaseError) -> [EventName: QualityRule] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare("SELECT event, rule FROM quality_rule")
            var rules: [EventName: QualityRule] = [:]
            while try rows.step() {
                guard let event = EventName(rows.text(at: 0)), let json = try? JSON.parse(rows.text(at: 1)),
                    let rule = try? QualityRule(json: json)
                else { throw .unreadable("quality_rule") }
                rules[event] = rule
            }
            return rules
        }
    }

    /// - Parameter rule: Nil: the default holds again.
    public func set(_ rule: QualityRule?, of event: EventName) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            guard let rule else {
                let delete = try database.prepare("DELETE FROM quality_rule WHERE event = ?1")
                try delete.bind(event.text, at: 1)
                return try delete.run()
            }
            let upsert = try database.prepare(
                """
                INSERT INTO quality_rule (event, rule) VALUES (?1, ?2)
                ON CONFLICT (event) DO UPDATE SET rule = excluded.rule
                """)
            try upsert.bind(event.text, at: 1)
            try upsert.bind(rule.json.text, at: 2)
            try upsert.run()
        }
    }

    /// The newest first.
    ///
    /// - Parameters:
    ///   - isOpen: Only those that are not cleared.
    ///   - before: The last id of the page before; nil for the first page.
    public func alarms(isOpen: Bool, before: Int64?, countMax: Int) async throws(DatabaseError) -> [QualityAlarm] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT id, event, source, part, numbers, raised_ms, cleared_ms, acknowledged_ms, acknowledged_by
                FROM quality_alarm WHERE id < ?1 AND (?2 = 0 OR cleared_ms IS NULL) ORDER BY id DESC LIMIT ?3
                """)
            try rows.bind(before ?? .max, at: 1)
            try rows.bind(isOpen ? 1 : 0 as Int64, at: 2)
            try rows.bind(Int64(countMax), at: 3)
            var alarms: [QualityAlarm] = []
            while try rows.step() { alarms.append(try Self.alarm(rows)) }
            return alarms
        }
    }

    /// One that is open already stays as it is.
    public func raise(
        _ key: AlarmKey, value: Double, bound: Double, at time: EventTime
    ) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT OR IGNORE INTO quality_alarm (event, source, part, numbers, raised_ms)
                VALUES (?1, ?2, ?3, ?4, ?5)
                """)
            try insert.bind(key.event.text, at: 1)
            try insert.bind(key.source.text, at: 2)
            try insert.bind(key.part.rawValue, at: 3)
            try insert.bind(JSON.array([.double(value), .double(bound)]).text, at: 4)
            try insert.bind(time.unixMs, at: 5)
            try insert.run()
        }
    }

    public func clear(_ key: AlarmKey, at time: EventTime) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let update = try database.prepare(
                """
                UPDATE quality_alarm SET cleared_ms = ?4
                WHERE event = ?1 AND source = ?2 AND part = ?3 AND cleared_ms IS NULL
                """)
            try update.bind(key.event.text, at: 1)
            try update.bind(key.source.text, at: 2)
            try update.bind(key.part.rawValue, at: 3)
            try update.bind(time.unixMs, at: 4)
            try update.run()
        }
    }

    /// The first who does is noted.
    ///
    /// - Returns: The alarm as it is then; nil where there is none of this id.
    public func acknowledge(_ id: Int64, by actor: String, at time: EventTime) async throws(DatabaseError)
        -> QualityAlarm?
    {
        try await connections.writer.transact { database throws(DatabaseError) in
            let update = try database.prepare(
                """
                UPDATE quality_alarm SET acknowledged_ms = ?2, acknowledged_by = ?3
                WHERE id = ?1 AND acknowledged_ms IS NULL
                """)
            try update.bind(id, at: 1)
            try update.bind(time.unixMs, at: 2)
            try update.bind(actor, at: 3)
            try update.run()
            let row = try database.prepare(
                """
                SELECT id, event, source, part, numbers, raised_ms, cleared_ms, acknowledged_ms, acknowledged_by
                FROM quality_alarm WHERE id = ?1
                """)
            try row.bind(id, at: 1)
            return try row.step() ? try Self.alarm(row) : nil
        }
    }

    private static func alarm(_ row: borrowing Statement) throws(DatabaseError) -> QualityAlarm {
        let numbers = (try? JSON.parse(row.text(at: 4)))?.arrayValue?.compactMap(\.doubleValue) ?? []
        guard let event = EventName(row.text(at: 1)), let source = SourceName(row.text(at: 2)),
            let part = QualityPart(rawValue: row.text(at: 3)), numbers.count == 2
        else { throw .unreadable("quality_alarm") }
        return QualityAlarm(
            id: row.int64(at: 0), key: AlarmKey(event: event, source: source, part: part), value: numbers[0],
            bound: numbers[1], raisedAt: row.time(at: 5), clearedAt: row.optionalTime(at: 6),
            acknowledgedAt: row.optionalTime(at: 7), acknowledgedBy: row.text(at: 8))
    }
}
