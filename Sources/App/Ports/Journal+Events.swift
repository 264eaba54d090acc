import Base
import Collect
import Domain
import Journal

extension Journal {
    /// - Returns: For each event whether it is new; it is on disk then.
    func append(_ events: [KeyedEvent]) async throws(CollectError) -> [Bool] {
        do throws(JournalError) {
            let outcomes = try await append(events.map { JournalRecord(key: $0.key, payload: $0.payload) })
            return outcomes.map { $0 != .duplicate }
        } catch {
            throw .unavailable(reason: error.explanation)
        }
    }

    /// The events of these records, which are in ascending order; nil for one that cannot be read.
    func events(_ sequences: [UInt64]) throws(JournalError) -> [Event?] {
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
            events.append(record.flatMap { try? EventCodec.decode($0.payload, parser: parser) })
        }
        return events
    }

    private static let chunkCount = 256
}

extension CollectLimits {
    init(_ configuration: Configuration) {
        self.init()
        eventBytesMax = configuration.whole(.eventBytesMax)
        eventsPerRequestMax = configuration.whole(.eventsPerRequestMax)
        currencyDefault = configuration.currency(.currency)
    }
}
