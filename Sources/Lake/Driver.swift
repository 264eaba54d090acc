internal import CADBC
import Glibc

/// A loaded ADBC driver and one database opened with it.
@safe
final class Driver: Sendable {
    nonisolated(unsafe) let table: AdbcDriver  // Function pointers; not written after `init`.
    nonisolated(unsafe) private let database: UnsafeMutablePointer<AdbcDatabase>  // The engine locks it itself.

    /// - Parameters:
    ///   - libraryFolder: Holds `libduckdb.so` and, where the library needs it, `libpystub.so`.
    ///   - options: Names and values as the engine documents them.
    init(libraryFolder: String, options: [(name: String, value: String)]) throws(LakeError) {
        let table = unsafe try Self.load(libraryFolder)
        unsafe self.table = table
        let database = UnsafeMutablePointer<AdbcDatabase>.allocate(capacity: 1)
        unsafe database.initialize(to: AdbcDatabase())
        unsafe self.database = database
        try unsafe check { unsafe table.DatabaseNew?(database, $0) }
        for option in options {
            try unsafe check { unsafe table.DatabaseSetOption?(database, option.name, option.value, $0) }
        }
        try unsafe check { unsafe table.DatabaseInit?(database, $0) }
    }

    deinit {
        var error = unsafe AdbcError()
        _ = unsafe table.DatabaseRelease?(database, &error)
        unsafe error.release?(&error)
        unsafe database.deallocate()
    }

    private static func load(_ folder: String) throws(LakeError) -> AdbcDriver {
        let path = folder + "/libduckdb.so"
        let support = folder + "/libpystub.so"
        guard unsafe access(path, R_OK) == 0 else { throw .libraryMissing(path: path) }
        let hasSupport = unsafe access(support, R_OK) == 0
        var table = unsafe AdbcDriver()
        var message = [CChar](repeating: 0, count: 1024)
        let status = unsafe cadbc_load(path, hasSupport ? support : nil, &table, &message, message.count)
        guard status == 0 else {
            throw .libraryBroken(path: path, reason: String(decodingTerminated: message))
        }
        return unsafe table
    }

    func connect(_ connection: UnsafeMutablePointer<AdbcConnection>) throws(LakeError) {
        try unsafe check { unsafe table.ConnectionNew?(connection, $0) }
        try unsafe check { unsafe table.ConnectionInit?(connection, database, $0) }
    }

    /// Runs one function of the driver. Nil from `body`: the driver does not have it.
    func check(_ body: (UnsafeMutablePointer<AdbcError>) -> UInt8?) throws(LakeError) {
        var error = unsafe AdbcError()
        let status = unsafe body(&error)
        defer { unsafe error.release?(&error) }
        guard status != 0 else { return }
        guard status != nil else { throw .engine(message: "the driver lacks a function that is needed") }
        let message = unsafe error.message.map { unsafe String(cString: $0) }
        throw .engine(message: message ?? "the engine failed with status \(status ?? 0)")
    }
}

extension String {
    /// The text before the first zero.
    fileprivate init(decodingTerminated characters: [CChar]) {
        self.init(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
