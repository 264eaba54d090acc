public import Domain

/// The limits of sources that have their own.
public final class SourceLimitStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    public func all() async throws(DatabaseError) -> [SourceName: SourceLimits] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                "SELECT source, events_per_second_max, events_per_day_max FROM source_limit")
            var limits: [SourceName: SourceLimits] = [:]
            while try rows.step() {
                guard let source = SourceName(rows.text(at: 0)) else { throw .unreadable("source_limit") }
                limits[source] = try Self.limits(rows)
            }
            return limits
        }
    }

    /// Nil takes the source's own limits away.
    public func set(_ limits: SourceLimits?, of source: SourceName) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            guard let limits else {
                let delete = try database.prepare("DELETE FROM source_limit WHERE source = ?1")
                try delete.bind(source.text, at: 1)
                try delete.run()
                return
            }
            let insert = try database.prepare(
                """
                INSERT OR REPLACE INTO source_limit (source, events_per_second_max, events_per_day_max)
                VALUES (?1, ?2, ?3)
                """)
            try insert.bind(source.text, at: 1)
            try insert.bind(limits.eventsPerSecondMax.map(Int64.init), at: 2)
            try insert.bind(limits.eventsPerDayMax.map(Int64.init), at: 3)
            try insert.run()
        }
    }

    private static func limits(_ row: borrowing Statement) throws(DatabaseError) -> SourceLimits {
        let perSecond = row.optionalInt64(at: 1).map { Int($0) }
        let perDay = row.optionalInt64(at: 2).map { Int($0) }
        guard perSecond.map(SourceLimits.eventsPerSecondRange.contains) ?? true,
            perDay.map(SourceLimits.eventsPerDayRange.contains) ?? true
        else { throw .unreadable("source_limit") }
        return SourceLimits(eventsPerSecondMax: perSecond, eventsPerDayMax: perDay)
    }
}
