public import Base
public import Domain
import Synchronization

/// What each source sent and how it fared, by the minute and by the hour: a projection of the receipts in the journal.
/// One thread applies, any number read.
///
/// Memory: at most `minutesMax + hoursMax` buckets a source, some 200 kB; a bucket without a receipt takes none.
/// Numbered streams take at most 10 MB together.
public final class SourceLedger: Sendable {
    public enum Step: Int64, Sendable, CaseIterable {
        case minute = 60_000
        case hour = 3_600_000

        var span: Milliseconds { Milliseconds(rawValue) }

        func start(of time: EventTime) -> EventTime {
            EventTime(clampingUnixMs: time.unixMs / rawValue * rawValue)
        }
    }

    public struct Bucket: Sendable, Equatable {
        public let start: EventTime
        public var counts = SourceCounts()
    }

    /// All that is known of a source.
    public struct Summary: Sendable, Equatable {
        public let source: SourceName
        public let counts: SourceCounts  // Of the asked range.
        public let reasons: [String: Int]  // Elements set aside in the range, by reason; whole hours.
        public let formats: [String: EventTime]  // When a request of this format came last.
        public let lastReceivedAt: EventTime
    }

    static let minutesMax = 1560  // 26 hours.
    static let hoursMax = 24 * 42  // Six weeks.

    private let state: Mutex<LedgerState>

    public convenience init() { self.init(LedgerState()) }

    init(_ state: LedgerState) { self.state = Mutex(state) }

    /// The next sequence that is expected; those before it were applied.
    public var sequenceEnd: UInt64 { state.withLock { $0.sequenceEnd } }

    /// Applies one receipt; a sequence that was applied before changes nothing.
    public func apply(sequence: UInt64, receipt: CollectReceipt) {
        state.withLock { $0.apply(sequence: sequence, receipt: receipt) }
    }

    /// Applies one event, for the numbers of its stream.
    public func apply(sequence: UInt64, event: Event) {
        state.withLock { $0.apply(sequence: sequence, event: event) }
    }

    /// Every source that ever sent, in the order of names.
    public func summaries(_ range: Range<EventTime>) -> [Summary] {
        state.withLock { state in
            state.sources.keys.sorted().compactMap { state.summary(of: $0, range) }
        }
    }

    public func summary(of source: SourceName, _ range: Range<EventTime>) -> Summary? {
        state.withLock { $0.summary(of: source, range) }
    }

    /// The buckets that start in the range, in time order; those in which nothing came are left out.
    public func series(of source: SourceName, _ range: Range<EventTime>, by step: Step) -> [Bucket] {
        state.withLock { state in
            guard let log = state.sources[source] else { return [] }
            return (step == .minute ? log.minutes : log.hours).within(range)
        }
    }

    /// Elements taken since the start of the day (UTC) of `now`, for quotas.
    public func acceptedToday(_ source: SourceName, now: EventTime) -> Int {
        let start = EventTime(clampingUnixMs: now.unixMs / Milliseconds.days(1).count * Milliseconds.days(1).count)
        return state.withLock { state in
            state.sources[source]?.hours.within(start..<start.advanced(by: .days(1)))
                .reduce(0) { $0 + $1.counts.accepted } ?? 0
        }
    }

    /// Of the streams that number their events; by whole days of receipt.
    func streamCount(of source: SourceName, _ range: Range<EventTime>) -> StreamMeter.Day {
        state.withLock { $0.streams.count(of: source, range) }
    }

    var copy: LedgerState { state.withLock { $0 } }
}
