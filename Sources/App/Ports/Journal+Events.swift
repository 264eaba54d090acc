import Base
import Cleaning
import Collect
import Domain
import Journal

extension Journal {
    /// Returns once the events and the receipt behind them are on disk.
    func append(
        _ events: [KeyedEvent], _ receipt: @escaping @Sendable ([Bool]) -> CollectReceipt
    ) async throws(CollectError) -> CollectPorts.Appended {
        do throws(JournalError) {
            let outcomes = try await append(events.map { JournalRecord(key: $0.key, payload: $0.payload) }) {
                outcomes in
                CollectReceiptCodec.encode(receipt(outcomes.map { $0 != .duplicate }))
            }
            guard case .appended(let sequence)? = outcomes.last else { throw .closed }
            return CollectPorts.Appended(
                isNew: outcomes.dropLast().map { $0 != .duplicate }, receipt: ReceiptID(sequence: sequence))
        } catch {
            throw error == .backlogFull
                ? .throttled(Throttling(.queueFull)) : .unavailable(reason: error.explanation)
        }
    }

    /// The events of these records, which are in ascending order, as `history` reads them; nil for one that is none or
    /// cannot be read.
    func events(_ sequences: [UInt64], by history: CleaningHistory) throws(JournalError) -> [Event?] {
        let parser = JSONParser()
        var events: [Event?] = []
        events.reserveCapacity(sequences.count)
        var chunk: ArraySlice<(sequence: UInt64, payload: [UInt8])> = []
        for (index, sequence) in sequences.enumerated() {
            chunk = chunk.drop { $0.sequence < sequence }
            if chunk.isEmpty {
                let last = sequences[min(index + Self.chunkCount, sequences.count) - 1]
                let span = Int(clamping: last - min(sequence, last)) + 1
                chunk = try read(from: sequence, countMax: min(span, Self.chunkCount))[...]
            }
            let record = chunk.first.flatMap { $0.sequence == sequence ? $0 : nil }
            let event = record.flatMap { try? JournalEntry($0.payload, parser: parser).event }
            events.append(event.map { history($0, sequence: sequence).event })
        }
        return events
    }

    /// When the event that was taken last happened, of those that count; nil where the end of the journal holds none.
    func newestTime(by history: CleaningHistory) throws(JournalError) -> EventTime? {
        var end = sequenceEnd
        for _ in 0..<Self.lookbackChunkCountMax where end > 0 {
            let start = end - min(UInt64(Self.chunkCount), end)
            for record in try read(from: start, countMax: Int(end - start)).reversed() {
                guard let event = try? JournalEntry(record.payload).event else { continue }
                let cleaned = history(event, sequence: record.sequence)
                if cleaned.mark == nil, !cleaned.event.isAudienceMembership { return cleaned.event.time }
            }
            end = start
        }
        return nil
    }

    /// When the last record came in; nil where the end of the journal holds none that tells.
    func lastReceipt() throws(JournalError) -> EventTime? {
        let end = sequenceEnd
        let records = try read(from: end - min(UInt64(Self.chunkCount), end), countMax: Self.chunkCount)
        return records.reversed().lazy.compactMap { (try? JournalEntry($0.payload))?.receivedAt }.first
    }

    /// Where the records begin that came in at `time` or later.
    ///
    /// - Complexity: O(log records) reads.
    func sequence(at time: EventTime) throws(JournalError) -> UInt64 {
        let parser = JSONParser()
        var (low, high) = (0 as UInt64, sequenceEnd)
        while low < high {
            let middle = low + (high - low) / 2
            // Records that are lost, or cannot be decoded, say nothing: the next one does.
            let records = try read(from: middle, countMax: Self.chunkCount).filter { $0.sequence < high }
            let next = records.lazy.compactMap { record in
                (try? JournalEntry(record.payload, parser: parser))?.receivedAt.map { (record.sequence, $0) }
            }.first
            if let next, next.1 < time { low = next.0 + 1 } else { high = middle }
        }
        return low
    }

    private static let chunkCount = 256
    private static let lookbackChunkCountMax = 64
}

extension SourceGate {
    convenience init(
        _ configuration: Configuration, limits: [SourceName: SourceLimits], ledger: SourceLedger
    ) {
        func limit(_ key: ConfigurationKey) -> Int? {
            let value = configuration.whole(key)
            return value == 0 ? nil : value
        }
        self.init(
            standard: SourceLimits(
                eventsPerSecondMax: limit(.sourceEventsPerSecondMax), eventsPerDayMax: limit(.sourceEventsPerDayMax)),
            limits: limits, bytesUnderWayMax: configuration.whole(.sourceBytesUnderWayMax),
            acceptedToday: { source, now in ledger.acceptedToday(source, now: now) })
    }
}

extension CollectLimits {
    init(_ configuration: Configuration) {
        self.init()
        eventBytesMax = configuration.whole(.eventBytesMax)
        eventsPerRequestMax = configuration.whole(.eventsPerRequestMax)
        currencyDefault = configuration.currency(.currency)
    }
}
