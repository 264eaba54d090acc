import Base

/// Reads a journal without the right to write it, also while another process does: what was durable when it was opened.
public struct JournalReader: Sendable {
    private let segments: [Segment]
    private let recordBytesMax: Int

    public init(directory: String, options: JournalOptions = JournalOptions()) throws(JournalError) {
        recordBytesMax = options.recordBytesMax
        segments = try RecoveredSegments(
            folder: directory, recordBytesMax: recordBytesMax, isCutting: false, isIndexing: false
        ).segments
    }

    public var sequenceEnd: UInt64 { segments.last?.sequenceEnd ?? 0 }

    public func read(
        from sequence: UInt64, countMax: Int
    ) throws(JournalError) -> [(sequence: UInt64, payload: [UInt8])] {
        try Journal.read(segments, from: sequence, countMax: countMax, recordBytesMax: recordBytesMax)
    }
}
