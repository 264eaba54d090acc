import Base
import Domain
import Testing

@testable import Timeline

@Suite struct ActivityTests {
    private static let hour: Int64 = 3_600_000

    /// A zone whose days begin off the hour, over two hundred days of random events.
    private struct World {
        let timeline: Timeline
        let times: [[Int64]]  // At which each person was active.
        let zone: DayZone
        let active: EventFilter

        init(_ seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            var events = RandomEvents.make(seed: seed, count: 400).map(\.event)
            events = events.map { event in
                let time = EventTime(clampingUnixMs: Int64.random(in: 0..<200 * 24 * hour, using: &random))
                return Event(
                    id: event.id, source: event.source, person: event.person, name: event.name,
                    channel: event.channel, time: time, receivedAt: time, subject: event.subject)
            }
            let active = EventFilter(name: seed % 2 == 0 ? nil : RandomEvents.names[1])
            timeline = Timeline(options: TimelineOptions(threadCount: 2, parallelCountMin: 0))
            let numbered = events.enumerated().map { (sequence: UInt64($0), event: $1) }
            timeline.append(Array(numbered.prefix(250)))
            timeline.merge()
            timeline.append(Array(numbered.dropFirst(250)))
            times = PlainTimeline(numbered).entries.values.map { $0.filter(active.matches).map(\.time.unixMs) }
            zone = DayZone(name: "made up") { _ in Milliseconds(Int64(seed) * 3_000_000) }
            self.active = active
        }

        func people(in range: Range<Int64>) -> Int { times.count { $0.contains { range.contains($0) } } }
    }

    private static let hour24 = 24 * hour

    @Test(arguments: 0..<9 as Range<UInt64>, CalendarPeriod.allCases)
    func lifecycleIsWhatItsWordsSay(seed: UInt64, period: CalendarPeriod) throws {
        let world = World(seed)
        let range = EventTime(clampingUnixMs: 70 * Self.hour24)..<EventTime(clampingUnixMs: 130 * Self.hour24)
        let query = try LifecycleQuery(active: world.active, range: range, period: period, zone: world.zone)
        let observedUntil = EventTime(clampingUnixMs: 120 * Self.hour24)
        let result = world.timeline.snapshot().lifecycle(query, observedUntil: observedUntil)
        let bounds = query.periods.boundariesMs
        #expect(result.periods.first.map { $0.start <= range.lowerBound } == true)
        for (index, found) in result.periods.enumerated() {
            let at = query.periods.firstShown + index
            let (now, before) = (bounds[at]..<bounds[at + 1], bounds[at - 1]..<bounds[at])
            #expect(found.start.unixMs == now.lowerBound)
            #expect(found.isOver == (now.upperBound <= observedUntil.unixMs))
            #expect(found.active == world.people(in: now) && found.activeBefore == world.people(in: before))
            #expect(found.new == world.times.count { $0.min().map { now.contains($0) } ?? false })
            #expect(
                found.returning
                    == world.times.count { times in
                        times.contains { now.contains($0) } && times.contains { before.contains($0) }
                    })
        }
    }

    @Test(arguments: 0..<9 as Range<UInt64>)
    func stickinessIsWhatItsWordsSay(seed: UInt64) throws {
        let world = World(seed)
        let range = EventTime(clampingUnixMs: 70 * Self.hour24)..<EventTime(clampingUnixMs: 90 * Self.hour24)
        let window = 2 + Int(seed) * 5
        let query = try StickinessQuery(
            active: world.active, range: range, zone: world.zone, windowLength: window)
        let observedUntil = EventTime(clampingUnixMs: 88 * Self.hour24)
        let result = world.timeline.snapshot().stickiness(query, observedUntil: observedUntil)
        for day in result.days {
            let end = day.start.unixMs + Self.hour24
            #expect(day.active == world.people(in: day.start.unixMs..<end))
            #expect(day.activeInWindow == world.people(in: end - Int64(window) * Self.hour24..<end))
        }
        let over = result.days.filter(\.isOver)
        #expect(result.overall.tops == Double(over.reduce(0) { $0 + $1.active }))
        #expect(result.overall.bottoms == Double(over.reduce(0) { $0 + $1.activeInWindow }))
        #expect(over.count < result.days.count && result.byActiveDays.reduce(0, +) == over.last?.activeInWindow)
    }

    @Test func periodsAreBounded() {
        let range = EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 801 * Self.hour24)
        #expect(throws: TimelineQueryError.tooManyPeriods(max: 800)) {
            try LifecycleQuery(active: EventFilter(name: nil), range: range, period: .day, zone: .utc)
        }
    }

    @Test func thereIsNothingBeforeTheCalendar() throws {
        let world = World(2)
        let range = EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 50 * Self.hour24)
        let query = try LifecycleQuery(active: world.active, range: range, period: .day, zone: .utc)
        let result = world.timeline.snapshot().lifecycle(query, observedUntil: range.upperBound)
        #expect(result.periods.count == 50 && result.periods[0].start.unixMs == 0)
        #expect(result.periods[0].new == result.periods[0].active)
    }
}
