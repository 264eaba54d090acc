import Base

/// Whether a process has the right to write a journal.
public enum JournalUse: Sendable, Equatable {
    case free
    case held(pid: Int32?)  // Nil where it cannot be told.
}

/// Reads a journal without the right to write it, also while another process does: what was durable when it was opened.
public struct JournalReader: Sendable {
    public let recovery: JournalRecovery
    public let notedSequences: [UInt64]  // As the journal's.
    public var redaction: JournalRedaction?
    private let segments: [Segment]
    private let recordBytesMax: Int

    public init(directory: String, options: JournalOptions = JournalOptions()) throws(JournalError) {
        recordBytesMax = options.recordBytesMax
        var noted: [UInt64] = []
        let found = try RecoveredSegments(folder: directory, recordBytesMax: recordBytesMax, writing: nil) {
            key, sequence in
            if key.high == Journal.notedHigh { noted.append(sequence) }
        }
        notedSequences = noted
        segments = found.segments
        recovery = found.recovery
    }

    /// Who writes to the folder now.
    public static func use(of directory: String) throws(JournalError) -> JournalUse {
        try FolderLock.use(of: directory)
    }

    public var sequenceEnd: UInt64 { segments.last?.sequenceEnd ?? 0 }

    /// Records from `sequence` on, at most `countMax`, and fewer at the end of a segment; those that are lost
    /// are passed over. Empty where there is none.
    public func read(
        from sequence: UInt64, countMax: Int
    ) throws(JournalError) -> [(sequence: UInt64, payload: [UInt8])] {
        try Journal.read(segments, from: sequence, countMax: countMax, recordBytesMax: recordBytesMax)
            .redacted(by: redaction)
    }

    /// How many records before `end` another redaction would change.
    public func count(before end: UInt64, changedBy redact: JournalRedaction) throws(JournalError) -> Int {
        var count = 0
        for segment in segments where segment.sequenceStart < end {
            count += try segment.records(before: end, changedBy: redact, recordBytesMax: recordBytesMax) { false }.count
        }
        return count
    }
}
