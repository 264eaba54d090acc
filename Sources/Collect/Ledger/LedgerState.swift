import Base
import Domain

/// The ledger as a value.
struct LedgerState: Equatable {
    /// What one source sent. Buckets are in time order; the oldest go when there are too many. The bound is a number
    /// of buckets, not an age: a clock that jumps ahead and back again adds a few buckets and takes none away.
    struct SourceLog: Equatable {
        var minutes: [SourceLedger.Bucket] = []
        var hours: [SourceLedger.Bucket] = []
        var reasons: [EventTime: [String: Int]] = [:]  // By the hour.
        var formats: [String: EventTime] = [:]
        var lastReceivedAt: EventTime
    }

    var sources: [SourceName: SourceLog] = [:]
    var streams = StreamMeter()
    var sequenceEnd: UInt64 = 0

    mutating func apply(sequence: UInt64, receipt: CollectReceipt) {
        guard sequence >= sequenceEnd else { return }
        sequenceEnd = sequence + 1
        sources[receipt.source, default: SourceLog(lastReceivedAt: receipt.receivedAt)].add(receipt)
    }

    mutating func apply(sequence: UInt64, event: Event) {
        guard sequence >= sequenceEnd else { return }
        sequenceEnd = sequence + 1
        streams.apply(event)
    }

    func summary(of source: SourceName, _ range: Range<EventTime>) -> SourceLedger.Summary? {
        guard let log = sources[source] else { return nil }
        var reasons: [String: Int] = [:]
        for (hour, counts) in log.reasons where range.overlaps(hour..<hour.advanced(by: .hours(1))) {
            reasons.merge(counts) { $0 + $1 }
        }
        return SourceLedger.Summary(
            source: source, counts: log.counts(range), reasons: reasons, formats: log.formats,
            lastReceivedAt: log.lastReceivedAt)
    }
}

extension LedgerState.SourceLog {
    fileprivate mutating func add(_ receipt: CollectReceipt) {
        let counts = SourceCounts(receipt)
        minutes.add(counts, at: SourceLedger.Step.minute.start(of: receipt.receivedAt), max: SourceLedger.minutesMax)
        let hour = SourceLedger.Step.hour.start(of: receipt.receivedAt)
        if let gone = hours.add(counts, at: hour, max: SourceLedger.hoursMax) { reasons[gone] = nil }
        lastReceivedAt = receipt.receivedAt
        guard !receipt.isReplay else { return }
        formats[receipt.format] = receipt.receivedAt
        for run in receipt.runs {
            switch run {
            case .accepted, .duplicate: continue
            case .quarantined(_, let reason): reasons[hour, default: [:]][reason, default: 0] += 1
            case .rejected(let count, let reason): reasons[hour, default: [:]][reason, default: 0] += count
            }
        }
    }

    /// Exact to the minute where minutes are kept, else to the hour.
    fileprivate func counts(_ range: Range<EventTime>) -> SourceCounts {
        let areMinutesKept = minutes.first.map { $0.start <= range.lowerBound } ?? true
        let isShort = minutes.count < SourceLedger.minutesMax || areMinutesKept
        return (isShort ? minutes : hours).within(range).reduce(into: SourceCounts()) { $0 += $1.counts }
    }
}

extension [SourceLedger.Bucket] {
    func within(_ range: Range<EventTime>) -> [SourceLedger.Bucket] {
        Array(self[lowerBound(of: range.lowerBound)..<lowerBound(of: range.upperBound)])
    }

    /// - Returns: The start of the bucket that had to go.
    @discardableResult
    fileprivate mutating func add(_ counts: SourceCounts, at start: EventTime, max: Int) -> EventTime? {
        let place = last.map { $0.start == start } == true ? count - 1 : lowerBound(of: start)
        if place == count || self[place].start != start { insert(SourceLedger.Bucket(start: start), at: place) }
        self[place].counts += counts
        return count > max ? removeFirst().start : nil
    }

    /// The place of the first bucket that does not start before `time`.
    private func lowerBound(of time: EventTime) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].start < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
