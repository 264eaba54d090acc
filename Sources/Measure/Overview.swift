public import Base
public import Domain
import Kernels
public import Timeline

/// What happened in a period, in the numbers that open the console.
public struct Overview: Sendable {
    /// The headline numbers of one period.
    public struct Totals: Sendable, Equatable {
        public var people = 0  // Distinct people with any event.
        public var events = 0
        public var orders = 0  // `order_paid` events.
        public var buyers = 0  // Distinct people with `order_paid`.
        public var gmv: [ValueSum] = []  // Sum of `order_paid`, by currency.
    }

    public struct ChannelRow: Sendable, Equatable {
        public let channel: Channel
        public let totals: Totals
    }

    public struct Bucket: Sendable, Equatable {
        public let start: EventTime
        public var events = 0
        public var orders = 0
        public var gmvMinor: Int64 = 0  // In the currency with the most GMV of the period.
    }

    public struct NameRow: Sendable, Equatable {
        public let name: EventName
        public let events: Int
        public let people: Int
    }

    public struct Hour: Sendable, Equatable {
        public let hour: Int  // 0...23, in the viewer's zone.
        public var events = 0
        public var orders = 0
    }

    public let range: Range<EventTime>
    public let totals: Totals
    public let previous: Totals  // Of the period of the same length just before.
    public let channels: [ChannelRow]  // Most events first.
    public let bucketLength: Milliseconds
    public let buckets: [Bucket]  // Every bucket of the range, empty ones too.
    public let hours: [Hour]  // 24.
    public let names: [NameRow]  // Most events first.
}

extension Overview {
    /// Longer ranges get coarser buckets, so that a chart has at most some hundred points.
    static let hourlyMax = Milliseconds.days(4)
    static let dailyMax = Milliseconds.days(400)
    static let mondayShift = Milliseconds.days(3)  // 1970 began on a Thursday; weeks begin on Mondays.

    /// - Parameters:
    ///   - channel: Only events of this channel; nil for all.
    ///   - offset: The viewer's zone less UTC: where days and hours begin.
    /// - Complexity: A few passes over the timeline.
    public init(
        _ snapshot: TimelineSnapshot, range: Range<EventTime>, channel: Channel?, offset: Milliseconds
    ) throws(TimelineQueryError) {
        let channels = channel.map { Set([$0]) }
        self.range = range
        totals = try Self.totals(snapshot, range, channels)
        let length = range.upperBound.since(range.lowerBound)
        let before = range.lowerBound.advanced(by: Milliseconds(-length.count))..<range.lowerBound
        previous = before.isEmpty ? Totals() : try Self.totals(snapshot, before, channels)
        self.channels = try Self.channelRows(snapshot, range, channels)
        bucketLength = length <= Self.hourlyMax ? .hours(1) : length <= Self.dailyMax ? .days(1) : .days(7)
        buckets = try Self.buckets(
            snapshot, range, channels, length: bucketLength, offset: offset, currency: totals.gmv.largest)
        hours = try Self.hours(snapshot, range, channels, offset: offset)
        names = try snapshot.counts(CountQuery(range: range, channels: channels, isByName: true))
            .compactMap { row in row.name.map { NameRow(name: $0, events: row.events, people: row.people) } }
            .sorted { ($1.events, $0.name) < ($0.events, $1.name) }
    }

    private static func totals(
        _ snapshot: TimelineSnapshot, _ range: Range<EventTime>, _ channels: Set<Channel>?
    ) throws(TimelineQueryError) -> Totals {
        var totals = Totals()
        for row in try snapshot.counts(CountQuery(range: range, channels: channels)) { totals.add(all: row) }
        let orders = CountQuery(range: range, names: [.orderPaid], channels: channels, sumsValues: true)
        for row in try snapshot.counts(orders) { totals.add(orders: row) }
        return totals
    }

    private static func channelRows(
        _ snapshot: TimelineSnapshot, _ range: Range<EventTime>, _ channels: Set<Channel>?
    ) throws(TimelineQueryError) -> [ChannelRow] {
        var rows: [Channel: Totals] = [:]
        for row in try snapshot.counts(CountQuery(range: range, channels: channels, isByChannel: true)) {
            if let channel = row.channel { rows[channel, default: Totals()].add(all: row) }
        }
        let orders = CountQuery(
            range: range, names: [.orderPaid], channels: channels, isByChannel: true, sumsValues: true)
        for row in try snapshot.counts(orders) {
            if let channel = row.channel { rows[channel, default: Totals()].add(orders: row) }
        }
        return rows.map { ChannelRow(channel: $0.key, totals: $0.value) }
            .sorted { ($1.totals.events, $0.channel) < ($0.totals.events, $1.channel) }
    }

    private static func buckets(
        _ snapshot: TimelineSnapshot, _ range: Range<EventTime>, _ channels: Set<Channel>?, length: Milliseconds,
        offset: Milliseconds, currency: Currency?
    ) throws(TimelineQueryError) -> [Bucket] {
        let shift = Milliseconds(offset.count + (length == .days(7) ? Self.mondayShift.count : 0))
        let local = range.lowerBound.unixMs + shift.count
        let firstMs = local - (local % length.count + length.count) % length.count - shift.count
        let starts = stride(from: firstMs, to: range.upperBound.unixMs, by: Int64.Stride(length.count))
        var buckets = starts.map { Bucket(start: EventTime(clampingUnixMs: $0)) }
        func index(_ row: CountRow) -> Int? {
            row.start.map { Int(($0.unixMs - firstMs) / length.count) }.flatMap {
                buckets.indices.contains($0) ? $0 : nil
            }
        }
        var query = CountQuery(range: range, channels: channels, bucket: length, offset: shift)
        for row in try snapshot.counts(query) { if let index = index(row) { buckets[index].events += row.events } }
        query.names = [.orderPaid]
        query.sumsValues = true
        for row in try snapshot.counts(query) {
            guard let index = index(row) else { continue }
            buckets[index].orders += row.events
            let minor = row.values.first { $0.currency == currency }?.minor ?? 0
            buckets[index].gmvMinor = clampedSum(buckets[index].gmvMinor, minor)
        }
        return buckets
    }

    private static func hours(
        _ snapshot: TimelineSnapshot, _ range: Range<EventTime>, _ channels: Set<Channel>?, offset: Milliseconds
    ) throws(TimelineQueryError) -> [Hour] {
        var hours = (0..<24).map { Hour(hour: $0) }
        func hour(_ start: EventTime) -> Int { Int((start.unixMs + offset.count + 86_400_000) / 3_600_000 % 24) }
        var query = CountQuery(range: range, channels: channels, bucket: .hours(1), offset: offset)
        for row in try snapshot.counts(query) { if let start = row.start { hours[hour(start)].events += row.events } }
        query.names = [.orderPaid]
        for row in try snapshot.counts(query) { if let start = row.start { hours[hour(start)].orders += row.events } }
        return hours
    }
}

extension Overview.Totals {
    fileprivate mutating func add(all row: CountRow) {
        people += row.people
        events += row.events
    }

    fileprivate mutating func add(orders row: CountRow) {
        orders += row.events
        buyers += row.people
        gmv = row.values
    }
}

extension [ValueSum] {
    /// The currency with the largest sum.
    fileprivate var largest: Currency? { self.max { $0.minor < $1.minor }?.currency }
}
