import Base
import Domain
import Measure
import Testing
import Timeline

@Suite struct OverviewTests {
    private static func time(_ text: String) throws -> EventTime { try #require(EventTime(iso8601: text)) }

    /// Two weeks of March 2025; the second is the period, the first the one before.
    private static let events: [(String, EventName, String, String, Money?)] = [
        ("ana", .productView, "app", "2025-03-02T23:59:59Z", nil),  // Before both.
        ("ana", .orderPaid, "app", "2025-03-03T00:00:00Z", Money(minor: 100, currency: .cny)),
        ("bob", .productView, "feed", "2025-03-09T23:59:59Z", nil),
        ("ana", .productView, "app", "2025-03-10T00:00:00Z", nil),
        ("bob", .orderPaid, "app", "2025-03-10T22:30:00Z", Money(minor: 700, currency: .cny)),
        ("bob", .orderPaid, "feed", "2025-03-12T10:00:00Z", Money(minor: 50, currency: .usd)),
        ("cai", .orderPaid, "feed", "2025-03-16T23:59:59Z", Money(minor: 20, currency: .cny)),
        ("dan", .productView, "feed", "2025-03-17T00:00:00Z", nil),  // After it.
    ]

    private static func overview(
        from: String, to: String, channel: String? = nil, offset: Milliseconds = Milliseconds(0)
    ) throws -> Overview {
        let timeline = Timeline()
        for (sequence, (person, name, channel, time, value)) in events.enumerated() {
            let event = Event(
                id: EventID(validated: "\(sequence)"), source: SourceName(validated: "shop"),
                person: PersonID(validated: person), name: name, channel: Channel(validated: channel),
                time: try self.time(time), receivedAt: try self.time("2025-04-01"), value: value)
            timeline.append([(sequence: UInt64(sequence), event: event)])
        }
        return try Overview(
            timeline.snapshot(), range: try time(from)..<time(to), channel: channel.map { Channel(validated: $0) },
            offset: offset)
    }

    @Test func aPeriodAndTheOneBeforeAreCountedApart() throws {
        let overview = try Self.overview(from: "2025-03-10", to: "2025-03-17")
        #expect(overview.totals.people == 3 && overview.totals.events == 4)
        #expect(overview.totals.orders == 3 && overview.totals.buyers == 2)
        #expect(
            overview.totals.gmv == [ValueSum(minor: 720, currency: .cny), ValueSum(minor: 50, currency: .usd)])
        #expect(overview.previous.people == 2 && overview.previous.events == 2)
        #expect(overview.previous.orders == 1 && overview.previous.buyers == 1)
        #expect(overview.previous.gmv == [ValueSum(minor: 100, currency: .cny)])
    }

    @Test func aChannelCountsAlone() throws {
        let overview = try Self.overview(from: "2025-03-10", to: "2025-03-17", channel: "feed")
        #expect(overview.totals.people == 2 && overview.totals.orders == 2 && overview.previous.events == 1)
        #expect(overview.channels.map(\.channel.text) == ["feed"])
    }

    @Test func daysAndHoursAreTheViewersOwn() throws {
        let utc = try Self.overview(from: "2025-03-10", to: "2025-03-17")
        #expect(utc.buckets.map(\.events) == [2, 0, 1, 0, 0, 0, 1])
        #expect(utc.buckets.map(\.gmvMinor) == [700, 0, 0, 0, 0, 0, 20], "in the currency with the most")
        #expect(utc.hours[22].orders == 1)
        let east = try Self.overview(from: "2025-03-10", to: "2025-03-17", offset: .hours(8))
        #expect(east.buckets.map(\.events) == [1, 1, 1, 0, 0, 0, 0, 1])
        #expect(east.buckets.first?.start == (try Self.time("2025-03-09T16:00:00Z")))
        #expect(east.hours[6].orders == 1)
    }

    @Test(arguments: [0, 8, -5])
    func weeksBeginOnTheViewersMonday(hours: Int64) throws {
        let overview = try Self.overview(from: "2024-01-01", to: "2025-12-31", offset: .hours(hours))
        #expect(overview.bucketLength == .days(7))
        let monday = try Self.time("2025-03-10").advanced(by: Milliseconds(-hours * 3_600_000))
        #expect(overview.buckets.allSatisfy { $0.start.since(monday).count % Milliseconds.days(7).count == 0 })
        #expect(overview.buckets.reduce(0) { $0 + $1.events } == 8)
        let week = try #require(overview.buckets.first { $0.start == monday })
        #expect(week.events == 4)
    }
}
