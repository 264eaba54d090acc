/// The only owner of one connection. What it runs may block: it runs on the connection's own thread.
public actor Connection {
    private let executor: ThreadExecutor
    private let database: Database

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// How long a statement waits for another process to let go of the database.
    private static let busyTimeoutMs = 5000

    /// Opens the file; the one that writes also brings the schema up to date.
    ///
    /// Blocks for as long as migrations take: meant for the start of the program.
    public init(path: String, access: Database.Access) throws(DatabaseError) {
        executor = ThreadExecutor()
        let opened = try Database(path: path, access: access)
        try opened.execute("PRAGMA busy_timeout = \(Self.busyTimeoutMs); PRAGMA foreign_keys = ON")
        if access == .readWrite {
            try opened.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
            try opened.migrate()
        }
        database = opened
    }

    /// Runs `body` with the connection. What `body` reads in several statements is of one moment only in a
    /// `transaction`.
    public func run<Result: Sendable>(
        _ body: @Sendable (borrowing Database) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try body(database)
    }

    /// Runs `body` as one transaction, durable when this returns.
    public func transact<Result: Sendable>(
        _ body: @Sendable (borrowing Database) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try database.transaction { () throws(DatabaseError) in try body(database) }
    }
}
