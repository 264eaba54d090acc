public import Base

/// Bounds of a journal.
public struct JournalOptions: Sendable, Equatable {
    public var segmentBytesMax: Int64 = 64 << 20  // A segment is closed once it has grown past this.
    public var backlogBytesMax = 64 << 20  // What may wait for the committer.
    public var recordBytesMax = 16 << 20  // At most 2 GiB.
    public var keysInMemoryMax = 3_000_000  // Keys of older records are in files; twice as many while one is made.

    public init() {}
}

/// One record to append.
public struct JournalRecord: Sendable, Equatable {
    public let key: Hash128?  // A record whose key is known already is a duplicate; nil is never one.
    public let payload: [UInt8]

    public init(key: Hash128?, payload: [UInt8]) {
        self.key = key
        self.payload = payload
    }
}

/// The bytes of a record that tells what became of those before it.
public typealias JournalTrailer = @Sendable ([AppendOutcome]) -> [UInt8]

/// What one call appends.
struct AppendBatch: Sendable {
    let records: [JournalRecord]
    let trailer: JournalTrailer?
}

public enum AppendOutcome: Sendable, Equatable {
    case appended(sequence: UInt64)
    case duplicate
}

/// What opening found.
public struct JournalRecovery: Sendable, Equatable {
    public var recordCount: UInt64 = 0
    public var byteCountCut: Int64 = 0  // A torn tail: nothing shows that it was acknowledged.
    public var byteCount: Int64 = 0
    public var damages: [JournalDamage] = []  // From front to back.
    public var keyRunsLost: [KeyRunLoss] = []  // Their keys were taken from the journal.

    /// The records that were acknowledged and cannot be read.
    public var recordCountLost: UInt64 { damages.reduce(0) { $0 + UInt64($1.sequences.count) } }
}

/// Bytes that a disk has damaged. All before and behind them is read as ever.
public struct JournalDamage: Sendable, Equatable {
    public let file: String
    public let byteOffset: Int64
    public let byteCount: Int64
    public let sequences: Range<UInt64>  // Of the records in them; empty where none is lost.
}
