public import Base
private import Foundation

/// Values that belong to the data folder, as JSON.
public final class SettingStore: Sendable {
    private static let dedupKeyName = "dedup_key"

    private let connections: Connections
    private let random: @Sendable (Int) -> [UInt8]

    init(_ connections: Connections, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.connections = connections
        self.random = random
    }

    /// The secret with which events' ids are hashed; made at the first call, the same ever after.
    public func dedupKey() async throws(DatabaseError) -> HashKey {
        let fresh = random(16).map { JSON.int(Int64($0)) }
        let kept = try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare("INSERT OR IGNORE INTO setting (name, value) VALUES (?1, ?2)")
            try insert.bind(Self.dedupKeyName, at: 1)
            try insert.bind(JSON.array(fresh).text, at: 2)
            try insert.run()
            return try Self.value(of: Self.dedupKeyName, in: database)
        }
        guard let key = Self.key(kept) else { throw .unreadable("setting") }
        return key
    }

    /// As `dedupKey`, of a database that this process need not own; nil where it is missing, or the key is.
    public static func dedupKey(path: String) throws(DatabaseError) -> HashKey? {
        guard FileManager.default.fileExists(atPath: path), try ControlStore.stepCountMissing(path: path) == 0 else {
            return nil
        }
        let isWritten = FileManager.default.fileExists(atPath: path + "-wal")
        let database = try Database(path: path, access: isWritten ? .readOnly : .unchanging)
        return key(try value(of: dedupKeyName, in: database))
    }

    private static func key(_ kept: JSON?) -> HashKey? {
        HashKey(bytes: kept?.arrayValue?.compactMap { $0.intValue.flatMap(UInt8.init(exactly:)) } ?? [])
    }

    private static func value(of name: String, in database: borrowing Database) throws(DatabaseError) -> JSON? {
        let row = try database.prepare("SELECT value FROM setting WHERE name = ?1")
        try row.bind(name, at: 1)
        guard try row.step() else { return nil }
        do throws(JSONError) { return try JSON.parse(row.text(at: 0)) } catch { throw .unreadable("setting") }
    }
}
