/// What SQLite answered, and to which statement. Bound values are left out: they may be secrets or personal data.
public struct DatabaseError: Error, Equatable, Sendable {
    /// What a caller may want to tell apart; the rest is `other`.
    public enum Reason: Sendable, Equatable {
        case diskFull
        case inputOutput
        case busy  // Another connection held the lock for longer than the busy timeout.
        case alreadyThere  // A unique key is taken.
        case constraint  // Any other rule of the schema, or a value too large.
        case corrupt  // Or not a database at all.
        case cannotOpen
        case newerSchema  // Written by a later version of this program.
        case migrationChanged  // A released migration differs from the one that was applied.
        case other
    }

    public let reason: Reason
    public let code: Int32  // Extended result code, sqlite.org/rescode.html; 0 where SQLite was not asked.
    public let message: String
    public let sql: String?

    public init(reason: Reason, code: Int32 = 0, message: String, sql: String? = nil) {
        self.reason = reason
        self.code = code
        self.message = message
        self.sql = sql
    }
}
