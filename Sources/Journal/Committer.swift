import Base

/// The one writer: turns groups of batches into durable records. Used by one thread alone.
struct Committer {
    private let folder: String
    private let options: JournalOptions
    private let calls: JournalFileCalls
    private(set) var segments: [Segment]
    private(set) var keys: KnownKeys
    private(set) var isPoisoned = false
    private var isClosed: Bool  // Whether the last group is an empty one.

    init(
        folder: String, options: JournalOptions, calls: JournalFileCalls, found: RecoveredSegments, keys: KnownKeys
    ) {
        self.folder = folder
        self.options = options
        self.calls = calls
        segments = found.segments
        self.keys = keys
        isClosed = found.isClosed
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
        let sequence = segment.sequenceEnd
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCountMax(of: batches))
        RecordFormat.openGroup(in: &bytes)
        var fresh = FreshKeys(countExpected: batches.reduce(0) { $0 + $1.records.count })
        var outcomes: [[AppendOutcome]] = []
        for batch in batches {
            var answers: [AppendOutcome] = []
            answers.reserveCapacity(batch.records.count + 1)
            for start in stride(from: 0, to: batch.records.count, by: KnownKeys.prefetchCount) {
                let records = batch.records[start..<min(start + KnownKeys.prefetchCount, batch.records.count)]
                keys.prefetch(records.lazy.compactMap(\.key))
                for record in records {
                    if let key = record.key, try keys.contains(key) || !fresh.insert(key) {
                        answers.append(.duplicate)
                    } else {
                        answers.append(Self.append(record, to: &bytes, of: &segment))
                    }
                }
            }
            if let trailer = batch.trailer {
                answers.append(
                    Self.append(JournalRecord(key: nil, payload: trailer(answers)), to: &bytes, of: &segment))
            }
            outcomes.append(answers)
        }
        guard segment.sequenceEnd > sequence else { return outcomes }
        try write(group: &bytes, from: sequence, to: segment)
        keys.insert(fresh.keys, sequenceEnd: segment.sequenceEnd)
        return outcomes
    }

    /// Of a group, without the trailers' payloads.
    private static func byteCountMax(of batches: [AppendBatch]) -> Int {
        batches.reduce(RecordFormat.frameHeaderByteCount) { sum, batch in
            batch.records.reduce(sum + RecordFormat.frameHeaderByteCount) {
                $0 + RecordFormat.frameHeaderByteCount + $1.payload.count
            }
        }
    }

    /// Lets what follows go to a new segment, so that the last one is not written to any more.
    mutating func seal() throws(JournalError) {
        guard !isPoisoned else { throw .poisoned }
        guard let last = segments.last, last.sequenceEnd > last.sequenceStart else { return }
        segments.append(try Segment.create(in: folder, sequence: last.sequenceEnd, calls: calls))
        isClosed = false
    }

    /// Takes a segment's records from another file from now on.
    mutating func replace(_ segment: Segment) {
        guard let place = segments.firstIndex(where: { $0.sequenceStart == segment.sequenceStart }) else { return }
        segments[place] = segment
    }

    /// Takes over runs of keys that were made meanwhile, and has the next ones made.
    mutating func settle() {
        if !isPoisoned { keys.settle() }
    }

    /// Shows a later recovery that all before was acknowledged, by an empty group at the end.
    ///
    /// A journal that cannot be written any more is left as it is.
    mutating func close() {
        keys.close()
        guard !isPoisoned, !isClosed, let segment = segments.last else { return }
        var bytes: [UInt8] = []
        RecordFormat.openGroup(in: &bytes)
        do throws(JournalError) {
            try write(group: &bytes, from: segment.sequenceEnd, to: segment)
            isClosed = true
        } catch { isPoisoned = error == .poisoned }
    }

    /// - Parameter segment: With the records of the group counted, and not yet its bytes.
    private mutating func write(
        group bytes: inout [UInt8], from sequence: UInt64, to segment: Segment
    ) throws(JournalError) {
        var segment = segment
        RecordFormat.closeGroup(
            mark: segment.mark, sequence: sequence, recordCount: Int(segment.sequenceEnd - sequence), in: &bytes)
        do throws(JournalError) {
            try segment.file.append(bytes, calls: calls)
            try segment.file.sync(calls: calls)
        } catch {
            // What was written of the group must not be found by a later recovery: it was not acknowledged.
            do throws(JournalError) { try segment.file.truncate(to: segment.byteCount) } catch { throw .poisoned }
            throw error
        }
        segment.byteCount += Int64(bytes.count)
        segments[segments.count - 1] = segment
        isClosed = false
    }

    private static func append(
        _ record: JournalRecord, to bytes: inout [UInt8], of segment: inout Segment
    ) -> AppendOutcome {
        segment.count(recordAt: segment.byteCount + Int64(bytes.count))
        RecordFormat.append(record, mark: segment.mark, to: &bytes)
        return .appended(sequence: segment.sequenceEnd - 1)
    }

    private mutating func segmentToWrite() throws(JournalError) -> Segment {
        if let last = segments.last, last.byteCount < options.segmentBytesMax { return last }
        let made = try Segment.create(in: folder, sequence: segments.last?.sequenceEnd ?? 0, calls: calls)
        segments.append(made)
        return made
    }
}

/// The keys of one group, each once, in the order in which they came.
private struct FreshKeys {
    private(set) var keys: [Hash128] = []
    private var known: KeyIndex

    init(countExpected: Int) {
        keys.reserveCapacity(countExpected)
        known = KeyIndex(countExpected: countExpected)
    }

    /// - Returns: False where it came before.
    mutating func insert(_ key: Hash128) -> Bool {
        guard known.insert(key) else { return false }
        keys.append(key)
        return true
    }
}
