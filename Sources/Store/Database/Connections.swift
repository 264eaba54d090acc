private import Synchronization

/// The connections of one database: one that writes, and some that only read and never wait for it.
public final class Connections: Sendable {
    public static let readersCount = 2

    public let writer: Connection
    private let readers: [Connection]
    private let turn = Atomic<Int>(0)

    /// - Parameter path: Of a file that is made where it is missing, or `:memory:`, which only its one connection sees.
    public init(path: String) throws(DatabaseError) {
        let writer = try Connection(path: path, access: .readWrite)
        var readers = [writer]
        if path != ":memory:" {
            readers = []
            for _ in 0..<Self.readersCount { readers.append(try Connection(path: path, access: .readOnly)) }
        }
        self.writer = writer
        self.readers = readers
    }

    /// Sees all that was written before it is called.
    public var reader: Connection {
        let next = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return readers[Int(UInt(bitPattern: next) % UInt(readers.count))]
    }
}
