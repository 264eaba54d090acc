internal import CADBC

/// One statement on a connection of its own, so that statements never wait for one another's results.
@safe
final class Statement {
    private let driver: Driver
    private let connection: UnsafeMutablePointer<AdbcConnection>
    private let statement: UnsafeMutablePointer<AdbcStatement>

    init(_ driver: Driver) throws(LakeError) {
        self.driver = driver
        let connection = UnsafeMutablePointer<AdbcConnection>.allocate(capacity: 1)
        let statement = UnsafeMutablePointer<AdbcStatement>.allocate(capacity: 1)
        unsafe connection.initialize(to: AdbcConnection())
        unsafe statement.initialize(to: AdbcStatement())
        unsafe self.connection = connection
        unsafe self.statement = statement
        try unsafe driver.connect(connection)
        try unsafe driver.check { unsafe driver.table.StatementNew?(connection, statement, $0) }
    }

    deinit {
        var error = unsafe AdbcError()
        _ = unsafe driver.table.StatementRelease?(statement, &error)
        _ = unsafe driver.table.ConnectionRelease?(connection, &error)
        unsafe error.release?(&error)
        unsafe statement.deallocate()
        unsafe connection.deallocate()
    }

    func setSQL(_ sql: String) throws(LakeError) {
        guard !sql.utf8.contains(0) else { throw .engine(message: "the statement holds a zero byte") }
        try unsafe driver.check { unsafe driver.table.StatementSetSqlQuery?(statement, sql, $0) }
    }

    func setOption(_ name: String, _ value: String) throws(LakeError) {
        try unsafe driver.check { unsafe driver.table.StatementSetOption?(statement, name, value, $0) }
    }

    func prepare() throws(LakeError) {
        try unsafe driver.check { unsafe driver.table.StatementPrepare?(statement, $0) }
    }

    /// Binds one row of parameters, or the rows to ingest.
    func bind(_ columns: [ArrowColumnBuilder]) throws(LakeError) {
        var (array, schema) = unsafe ArrowColumnBuilder.export(columns)
        do throws(LakeError) {
            // From here on the driver releases both.
            try unsafe driver.check { unsafe driver.table.StatementBind?(statement, &array, &schema, $0) }
        } catch {
            unsafe array.release?(&array)
            unsafe schema.release?(&schema)
            throw error
        }
    }

    /// Runs the statement and leaves its result in `stream`.
    func execute(into stream: UnsafeMutablePointer<ArrowArrayStream>) throws(LakeError) {
        try unsafe driver.check { unsafe driver.table.StatementExecuteQuery?(statement, stream, nil, $0) }
    }

    func execute() throws(LakeError) {
        try unsafe driver.check { unsafe driver.table.StatementExecuteQuery?(statement, nil, nil, $0) }
    }
}
