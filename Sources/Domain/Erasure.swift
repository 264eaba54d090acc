public import Base

/// An erasure of a person, and how far it is.
public struct Erasure: Sendable, Equatable {
    /// The raw value is its word on the wire.
    public enum State: String, Sendable, CaseIterable {
        case waiting  // It is on record; queries may still see the person for a moment.
        case scrubbing  // No answer has the person any more; files are being rewritten.
        case done  // No file has.
    }

    public let sequence: UInt64  // Its place in the journal, which names it.
    public let record: ErasureRecord
    public var state: State
    public var proof: ErasureProof?  // Once done.

    public init(sequence: UInt64, record: ErasureRecord, state: State, proof: ErasureProof? = nil) {
        self.sequence = sequence
        self.record = record
        self.state = state
        self.proof = proof
    }
}

/// What was looked at once a person was erased, and how much of the person was found in it: nothing.
public struct ErasureProof: Sendable, Equatable {
    public let checkedAt: EventTime
    public let eventCount: Int  // That were erased.
    public let journalRecordCount: Int  // Records of the journal on disk that name an id of the person.
    public let memoryCount: Int  // Ids in the timelines, identities, orders, decisions and samples in memory.
    public let snapshotCount: Int  // Ids in the saved ones.

    public init(
        checkedAt: EventTime, eventCount: Int, journalRecordCount: Int, memoryCount: Int, snapshotCount: Int
    ) {
        self.checkedAt = checkedAt
        self.eventCount = eventCount
        self.journalRecordCount = journalRecordCount
        self.memoryCount = memoryCount
        self.snapshotCount = snapshotCount
    }

    public var isClean: Bool { journalRecordCount == 0 && memoryCount == 0 && snapshotCount == 0 }
}
