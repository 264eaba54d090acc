public import Collect
public import Domain

/// What each source sent, how much it may, and what comes in just now.
public struct SourcePorts: Sendable {
    public var ledger: SourceLedger
    public var gate: SourceGate
    /// Makes a source's own limits durable; nil takes them away.
    public var save: @Sendable (SourceLimits?, SourceName) async throws(ReadFailure) -> Void
    /// The journal's newest records at or after a sequence, in order: at most `countMax`, the oldest left out.
    public var newest: @Sendable (_ start: UInt64, _ countMax: Int) async throws(ReadFailure) -> [JournalRow]
    public var douyin: DouyinPorts

    /// One record of the journal.
    public struct JournalRow: Sendable, Equatable {
        public let sequence: UInt64
        public let entry: JournalEntry

        public init(sequence: UInt64, entry: JournalEntry) {
            self.sequence = sequence
            self.entry = entry
        }
    }

    public init(
        ledger: SourceLedger, gate: SourceGate,
        save: @escaping @Sendable (SourceLimits?, SourceName) async throws(ReadFailure) -> Void,
        newest: @escaping @Sendable (_ start: UInt64, _ countMax: Int) async throws(ReadFailure) -> [JournalRow],
        douyin: DouyinPorts
    ) {
        self.ledger = ledger
        self.gate = gate
        self.save = save
        self.newest = newest
        self.douyin = douyin
    }
}
