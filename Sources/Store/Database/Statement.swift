private import CSQLite

/// One compiled statement; finalized where its owner ends. Positions of values count from 1, columns from 0.
@safe
public struct Statement: ~Copyable {
    private let handle: OpaquePointer

    init(handle: OpaquePointer) { unsafe self.handle = handle }
    deinit { unsafe sqlite3_finalize(handle) }

    public borrowing func bind(_ value: Int64, at position: Int32) throws(DatabaseError) {
        try check(unsafe sqlite3_bind_int64(handle, position, value), done: SQLITE_OK)
    }

    public borrowing func bind(_ value: String, at position: Int32) throws(DatabaseError) {
        try check(unsafe csqlite_bind_text(handle, position, value, Int32(value.utf8.count)), done: SQLITE_OK)
    }

    public borrowing func bind(_ value: [UInt8], at position: Int32) throws(DatabaseError) {
        let code = unsafe value.withUnsafeBytes { bytes in
            unsafe csqlite_bind_blob(handle, position, bytes.baseAddress, Int32(bytes.count))
        }
        try check(code, done: SQLITE_OK)
    }

    /// NULL where `value` is nil.
    public borrowing func bind(_ value: Int64?, at position: Int32) throws(DatabaseError) {
        if let value { return try bind(value, at: position) }
        try check(unsafe sqlite3_bind_null(handle, position), done: SQLITE_OK)
    }

    /// - Returns: True where a row is ready, false at the end.
    public borrowing func step() throws(DatabaseError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        try check(code, done: SQLITE_DONE)
        return false
    }

    /// Runs a statement that gives no rows, and makes it ready to run again.
    public borrowing func run() throws(DatabaseError) {
        defer { reset() }
        while try step() {}
    }

    public borrowing func reset() { unsafe sqlite3_reset(handle) }

    public borrowing func int64(at column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// Nil where the column is NULL.
    public borrowing func optionalInt64(at column: Int32) -> Int64? {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : int64(at: column)
    }

    public borrowing func text(at column: Int32) -> String {
        String(decoding: bytes(at: column), as: UTF8.self)
    }

    public borrowing func bytes(at column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    private borrowing func check(_ code: Int32, done: Int32) throws(DatabaseError) {
        guard code != done else { return }
        let message = unsafe String(cString: sqlite3_errstr(code))
        throw unsafe DatabaseError(sqliteCode: code, message: message, sql: String(cString: sqlite3_sql(handle)))
    }
}
