public import Base
public import Domain

/// What platforms say that their orders come to, a row for each source, day and currency.
public final class OrderTotalStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// Adds the totals; one of the same source, day and currency is replaced. All of them or none.
    public func upsert(_ totals: [PlatformTotal]) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT OR REPLACE INTO order_total
                (source, day, currency, order_count, gross_minor, refunded_minor, origin, actor, noted_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                """)
            for total in totals {
                try insert.bind(total.source.text, at: 1)
                try insert.bind(total.day.description, at: 2)
                try insert.bind(total.currency.code, at: 3)
                try insert.bind(total.orderCount, at: 4)
                try insert.bind(total.grossMinor, at: 5)
                try insert.bind(total.refundedMinor, at: 6)
                try insert.bind(total.origin, at: 7)
                try insert.bind(total.actor, at: 8)
                try insert.bind(total.notedAt.unixMs, at: 9)
                try insert.run()
            }
        }
    }

    /// Of the days within `days`, the newest first, at most `countMax`.
    ///
    /// - Parameter source: Only its totals; nil for all.
    public func list(
        _ days: ClosedRange<CalendarDay>, source: SourceName?, countMax: Int
    ) async throws(DatabaseError) -> [PlatformTotal] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                SELECT source, day, currency, order_count, gross_minor, refunded_minor, origin, actor, noted_ms
                FROM order_total WHERE day BETWEEN ?1 AND ?2 \(source == nil ? "" : "AND source = ?4 ")
                ORDER BY day DESC, source, currency LIMIT ?3
                """)
            try rows.bind(days.lowerBound.description, at: 1)
            try rows.bind(days.upperBound.description, at: 2)
            try rows.bind(Int64(countMax), at: 3)
            if let source { try rows.bind(source.text, at: 4) }
            var totals: [PlatformTotal] = []
            while try rows.step() { totals.append(try Self.total(rows)) }
            return totals
        }
    }

    private static func total(_ row: borrowing Statement) throws(DatabaseError) -> PlatformTotal {
        guard let source = SourceName(row.text(at: 0)), let day = CalendarDay(row.text(at: 1)),
            let currency = Currency(code: row.text(at: 2))
        else { throw .unreadable("order_total") }
        return PlatformTotal(
            source: source, day: day, currency: currency, orderCount: row.optionalInt64(at: 3),
            grossMinor: row.int64(at: 4), refundedMinor: row.optionalInt64(at: 5), origin: row.text(at: 6),
            actor: row.text(at: 7), notedAt: row.time(at: 8))
    }
}
