import Base

extension Statement {
    borrowing func time(at column: Int32) -> EventTime { EventTime(clampingUnixMs: int64(at: column)) }

    borrowing func optionalTime(at column: Int32) -> EventTime? {
        optionalInt64(at: column).map { EventTime(clampingUnixMs: $0) }
    }
}

extension DatabaseError {
    /// A row that this program cannot have written.
    static func unreadable(_ table: String) -> Self {
        DatabaseError(reason: .corrupt, message: "a row of \(table) cannot be read")
    }
}
