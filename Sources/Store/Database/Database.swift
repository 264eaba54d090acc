private import CSQLite
private import Glibc

/// One connection to a SQLite database. Noncopyable: it is closed exactly once, where its owner ends.
///
/// Not `Sendable`: give it to one `Connection` and let others ask that actor.
@safe
public struct Database: ~Copyable {
    public enum Access: Sendable {
        case readWrite
        case readOnly
        case unchanging  // Nobody writes to the file meanwhile; nothing is made beside it, either.
    }

    private let handle: OpaquePointer

    /// Opens a file, or `:memory:`. A new file is readable by its owner only: it holds hashes of secrets.
    public init(path: String, access: Access = .readWrite) throws(DatabaseError) {
        if access == .readWrite, path != ":memory:" {
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            if descriptor >= 0 { close(descriptor) }
        }
        let mode =
            switch access {
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly: SQLITE_OPEN_READONLY
            case .unchanging: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        var opened: OpaquePointer?
        let name = access == .unchanging ? Self.unchangingName(path) : path
        let code = unsafe sqlite3_open_v2(name, &opened, mode | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw DatabaseError(reason: .cannotOpen, code: code, message: "cannot open \(path)")
        }
        unsafe handle = opened
        unsafe sqlite3_extended_result_codes(opened, 1)
    }

    private static func unchangingName(_ path: String) -> String {
        let special: [Character: String] = ["%": "%25", "?": "%3F", "#": "%23"]
        return "file:" + path.map { special[$0] ?? String($0) }.joined() + "?immutable=1"
    }

    deinit { unsafe sqlite3_close_v2(handle) }  // v2 waits for statements that are still alive.

    /// Runs statements that have nothing bound.
    public borrowing func execute(_ sql: String) throws(DatabaseError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, sql) }
    }

    public borrowing func prepare(_ sql: String) throws(DatabaseError) -> Statement {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else { throw failure(code, sql) }
        return unsafe Statement(handle: statement)
    }

    /// Runs `body` in a transaction: all of it, or none of it. The write lock is taken at once, so that what `body`
    /// reads cannot change before it writes; with `reading` there is none, and `body` reads one moment of the database.
    public borrowing func transaction<Result>(
        reading: Bool = false, _ body: () throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try execute(reading ? "BEGIN" : "BEGIN IMMEDIATE")
        do throws(DatabaseError) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            try? execute("ROLLBACK")  // Refused where SQLite has rolled back by itself, as it does on a full disk.
            throw error
        }
    }

    /// Rows that the last statement inserted, changed or deleted.
    public var countChanged: Int64 { unsafe sqlite3_changes64(handle) }
    public var rowidInserted: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    private borrowing func failure(_ code: Int32, _ sql: String) -> DatabaseError {
        DatabaseError(sqliteCode: code, message: unsafe String(cString: sqlite3_errmsg(handle)), sql: sql)
    }
}

extension DatabaseError {
    init(sqliteCode code: Int32, message: String, sql: String?) {
        self.init(reason: Reason(sqliteCode: code), code: code, message: message, sql: sql)
    }
}

extension DatabaseError.Reason {
    init(sqliteCode code: Int32) {
        self =
            switch (code, code & 0xFF) {
            case (Int32(CSQLITE_CONSTRAINT_UNIQUE), _), (Int32(CSQLITE_CONSTRAINT_PRIMARYKEY), _): .alreadyThere
            case (_, SQLITE_FULL): .diskFull
            case (_, SQLITE_IOERR): .inputOutput
            case (_, SQLITE_BUSY), (_, SQLITE_LOCKED): .busy
            case (_, SQLITE_CONSTRAINT), (_, SQLITE_MISMATCH), (_, SQLITE_TOOBIG): .constraint
            case (_, SQLITE_CORRUPT), (_, SQLITE_NOTADB): .corrupt
            case (_, SQLITE_CANTOPEN), (_, SQLITE_PERM), (_, SQLITE_READONLY), (_, SQLITE_AUTH): .cannotOpen
            default: .other
            }
    }
}
