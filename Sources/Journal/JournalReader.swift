import Base

/// Reads a journal without the right to write it, also while another process does: what was durable when it was opened.
public struct JournalReader: Sendable {
    public let recovery: JournalRecovery
    private let segments: [Segment]
    private let recordBytesMax: Int

    public init(directory: String, options: JournalOptions = JournalOptions()) throws(JournalError) {
        recordBytesMax = options.recordBytesMax
        let found = try RecoveredSegments(folder: directory, recordBytesMax: recordBytesMax, isWriting: false)
        segments = found.segments
        recovery = found.recovery
    }

    public var sequenceEnd: UInt64 { segments.last?.sequenceEnd ?? 0 }

    /// Records from `sequence` on, at most `countMax`, and fewer at the end of a segment; those that are lost
    /// are passed over. Empty where there is none.
    public func read(
        from sequence: UInt64, countMax: Int
    ) throws(JournalError) -> [(sequence: UInt64, payload: [UInt8])] {
        try Journal.read(segments, from: sequence, countMax: countMax, recordBytesMax: recordBytesMax)
    }
}
