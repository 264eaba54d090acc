import Base
import Testing

@Suite struct CalendarPeriodTests {
    static let firsts: [(period: CalendarPeriod, day: String, first: String, next: String)] = [
        (.day, "2026-02-28", "2026-02-28", "2026-03-01"), (.week, "2026-11-25", "2026-11-23", "2026-11-30"),
        (.week, "2026-11-23", "2026-11-23", "2026-11-30"), (.week, "1970-01-01", "1969-12-29", "1970-01-05"),
        (.month, "2024-02-29", "2024-02-01", "2024-03-01"), (.month, "2026-12-31", "2026-12-01", "2027-01-01"),
        (.month, "2026-01-01", "2026-01-01", "2026-02-01"),
    ]

    @Test(arguments: firsts)
    func aPeriodBeginsOnItsFirstDay(c: (period: CalendarPeriod, day: String, first: String, next: String)) throws {
        let first = c.period.first(containing: try #require(CalendarDay(c.day)))
        #expect(first == CalendarDay(c.first) ?? CalendarDay(daysSince1970: -3))
        #expect(c.period.next(after: first) == CalendarDay(c.next))
    }

    @Test(arguments: [
        ("2026-11-30T23:59:59Z", 1, 23, 2, 7), ("1970-01-01T00:00:00Z", 4, 0, 4, 8),
        ("2024-02-25T16:30:00Z", 7, 16, 1, 0),
    ])
    func weekdaysAndHoursAreThoseOfTheZone(
        text: String, weekday: Int, hour: Int, weekdayEast: Int, hourEast: Int
    ) throws {
        let time = try #require(EventTime(iso8601: text))
        let east = DayZone(name: "Asia/Shanghai") { _ in .hours(8) }
        #expect(DayZone.utc.day(of: time).weekday == weekday && DayZone.utc.hour(of: time) == hour)
        #expect(east.day(of: time).weekday == weekdayEast && east.hour(of: time) == hourEast)
    }

    @Test func boundariesFollowTheClocksOfTheZone() throws {
        // An hour is left out on the second of three days.
        let change = try #require(EventTime(iso8601: "2026-03-29T01:00:00Z"))
        let zone = DayZone(name: "Europe/Berlin") { $0 < change ? .hours(1) : .hours(2) }
        let start = try #require(EventTime(iso8601: "2026-03-28T12:00:00Z"))
        let boundaries = CalendarPeriod.day.boundaries(
            from: start, to: start.advanced(by: .days(2)), zone: zone, countMax: 99)
        #expect(
            boundaries.map(\.iso8601) == [
                "2026-03-27T23:00:00.000Z", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z",
                "2026-03-30T22:00:00.000Z",
            ])
    }

    @Test(arguments: [CalendarPeriod.day, .week, .month])
    func boundariesAscendAndEnd(period: CalendarPeriod) {
        for start in [0, EventTime.unixMsEnd - 1, 1_700_000_000_000] {
            let times = period.boundaries(
                from: EventTime(clampingUnixMs: start), to: EventTime(clampingUnixMs: .max), zone: .utc, countMax: 40)
            #expect(times.count <= 40 && zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        }
    }
}
