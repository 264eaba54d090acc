import Base
import Domain

/// How many events of numbered streams came, of those that must have been sent.
///
/// A sender that numbers the events of a stream one by one, in `properties.stream_number`, shows what was lost: a gap.
/// The stream is `properties.stream`, or else the anonymous or device id, or the person. Not seen are events lost
/// before the first of a stream that came and after the last.
///
/// Memory: 32 bytes a stream, at most `streamCountMax` streams; the one that was silent longest is forgotten.
struct StreamMeter: Equatable {
    /// Of one source in one day of receipt.
    struct Day: Equatable {
        var received = 0
        var expected = 0
    }

    struct Top: Equatable {
        var number: Int64
        var seenAt: UInt64  // A counter of events, for forgetting.
    }

    static let streamCountMax = 200_000
    static let dayCountMax = 42
    private static let gapMax: Int64 = 10_000  // A longer one is a stream that began anew, not a loss.

    var tops: [UInt64: Top] = [:]
    var days: [SourceName: [EventTime: Day]] = [:]
    var clock: UInt64 = 0

    mutating func apply(_ event: Event) {
        guard let number = event.properties["stream_number"]?.intValue, number >= 0 else { return }
        clock += 1
        let stream = Self.stream(of: event)
        let gap = tops[stream].map { number - $0.number } ?? 1
        if tops[stream] == nil, tops.count >= Self.streamCountMax { forget() }
        let dayMs = Milliseconds.days(1).count
        let day = EventTime(clampingUnixMs: event.receivedAt.unixMs / dayMs * dayMs)
        days[event.source, default: [:]][day, default: Day()].received += 1
        if gap > 0 || gap < -Self.gapMax {
            let isNew = gap > Self.gapMax || gap < 0
            days[event.source, default: [:]][day, default: Day()].expected += isNew ? 1 : Int(gap)
            tops[stream] = Top(number: number, seenAt: clock)
        } else {
            tops[stream]?.seenAt = clock
        }
        if let list = days[event.source], list.count > Self.dayCountMax, let oldest = list.keys.min() {
            days[event.source]?[oldest] = nil
        }
    }

    func count(of source: SourceName, _ range: Range<EventTime>) -> Day {
        (days[source] ?? [:]).reduce(into: Day()) { sum, entry in
            guard range.overlaps(entry.key..<entry.key.advanced(by: .days(1))) else { return }
            sum.received += entry.value.received
            sum.expected += entry.value.expected
        }
    }

    private static func stream(of event: Event) -> UInt64 {
        let named = event.properties["stream"]?.stringValue
        let id = named ?? event.identifiers.first { $0.kind == .anonymous || $0.kind == .device }?.id.text
        return checksum64(of: Array("\(event.source.text)\0\(id ?? event.person.text)".utf8))
    }

    /// The eighth that was silent longest, so that forgetting is seldom.
    private mutating func forget() {
        let times = tops.values.map(\.seenAt).sorted()
        let bound = times[times.count / 8]
        tops = tops.filter { $0.value.seenAt > bound }
    }
}
