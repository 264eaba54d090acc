import Base

/// The one writer: turns groups of batches into durable records. Used by one thread alone.
struct Committer {
    private let folder: String
    private let options: JournalOptions
    private let calls: JournalFileCalls
    private(set) var segments: [Segment]
    private(set) var keys: KeyIndex
    private var isPoisoned = false

    init(folder: String, options: JournalOptions, calls: JournalFileCalls, segments: [Segment], keys: KeyIndex) {
        self.folder = folder
        self.options = options
        self.calls = calls
        self.segments = segments
        self.keys = keys
    }

    /// Writes and syncs one group. On an error every batch of it fails, and the file is as it was before.
    ///
    /// - Returns: One result a batch, in order; a duplicate of the same group shares the group's fate.
    mutating func commit(_ batches: [AppendBatch]) -> [Result<[AppendOutcome], JournalError>] {
        guard !isPoisoned else { return batches.map { _ in .failure(.poisoned) } }
        do throws(JournalError) {
            return try write(batches).map { .success($0) }
        } catch {
            if error == .poisoned { isPoisoned = true }
            return batches.map { _ in .failure(error) }
        }
    }

    private mutating func write(_ batches: [AppendBatch]) throws(JournalError) -> [[AppendOutcome]] {
        var segment = try segmentToWrite()
        let durableByteCount = segment.byteCount
        var bytes: [UInt8] = []
        var fresh: Set<Hash128> = []
        var outcomes: [[AppendOutcome]] = []
        for batch in batches {
            var answers = batch.records.map { record in
                if let key = record.key, keys.contains(key) || !fresh.insert(key).inserted {
                    return AppendOutcome.duplicate
                }
                return Self.append(record, to: &bytes, of: &segment)
            }
            if let trailer = batch.trailer {
                answers.append(
                    Self.append(JournalRecord(key: nil, payload: trailer(answers)), to: &bytes, of: &segment))
            }
            outcomes.append(answers)
        }
        guard !bytes.isEmpty else { return outcomes }
        do throws(JournalError) {
            try segment.file.append(bytes, calls: calls)
            try segment.file.sync(calls: calls)
        } catch {
            // What was written of the group must not be found by a later recovery: it was not acknowledged.
            do throws(JournalError) { try segment.file.truncate(to: durableByteCount) } catch { throw .poisoned }
            throw error
        }
        segments[segments.count - 1] = segment
        for key in fresh { _ = keys.insert(key) }
        return outcomes
    }

    private static func append(
        _ record: JournalRecord, to bytes: inout [UInt8], of segment: inout Segment
    ) -> AppendOutcome {
        let start = bytes.count
        RecordFormat.append(record, to: &bytes)
        segment.count(recordOfByteCount: bytes.count - start)
        return .appended(sequence: segment.sequenceEnd - 1)
    }

    private mutating func segmentToWrite() throws(JournalError) -> Segment {
        if let last = segments.last, last.byteCount < options.segmentBytesMax { return last }
        let made = try Segment.create(in: folder, sequence: segments.last?.sequenceEnd ?? 0, calls: calls)
        segments.append(made)
        return made
    }
}
