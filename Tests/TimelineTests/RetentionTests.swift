import Base
import Domain
import Testing

@testable import Timeline

@Suite struct RetentionTests {
    /// Retention as it is said in words, over the plain timeline.
    private static func people(_ plain: PlainTimeline, _ query: RetentionQuery) -> [[Int]] {
        (0..<query.cohortCount).map { cohort in
            let period = { (number: Int) in query.boundaries[number]..<query.boundaries[number + 1] }
            var row = [Int](repeating: 0, count: 1 + min(query.columnCount, query.boundaries.count - 1 - cohort))
            for entries in plain.entries.values {
                let starts = entries.filter(query.start.matches)
                let start = query.isFirstOnly ? starts.first : starts.first { period(cohort).contains($0.time) }
                guard let start, period(cohort).contains(start.time) else { continue }
                row[0] += 1
                let returns = entries.filter { $0.cursor > start.cursor && query.returning.matches($0) }
                for column in row.indices.dropLast() {
                    let range = period(cohort + column)
                    let isThere = returns.contains { entry in
                        query.counting == .bracketed
                            ? range.contains(entry.time)
                            : entry.time >= range.lowerBound
                                && entry.time < query.boundaries[query.boundaries.count - 1]
                    }
                    row[column + 1] += isThere ? 1 : 0
                }
            }
            return row
        }
    }

    @Test(arguments: TimelineQueryTests.seeds)
    func countsWhoCameBack(seed: UInt64) throws {
        try TimelineAgreementTests.check(seed) { world in
            let day: Int64 = 86_400_000
            let zone = DayZone(name: "made up") { _ in Milliseconds(Int64(seed) * 3_000_000) }
            let query = try RetentionQuery(
                start: EventFilter(name: RandomEvents.names[0]),
                returning: EventFilter(
                    name: RandomEvents.names[Int(seed % 3)],
                    channel: seed % 4 == 3 ? RandomEvents.channels[0] : nil,
                    subjectKind: seed % 5 == 1 ? .product : nil),
                range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 3 * day), period: .day, zone: zone,
                columnCount: 4, counting: seed % 2 == 0 ? .bracketed : .rolling, isFirstOnly: seed % 3 == 0)
            let result = world.timeline.snapshot().retention(
                query, observedUntil: EventTime(clampingUnixMs: 2 * day))
            #expect(result.cohorts.map { [$0.people] + $0.returned } == Self.people(world.plain, query))
            #expect(result.cohorts.map(\.start) == Array(query.boundaries.prefix(query.cohortCount)))
            #expect(result.endedCount == query.boundaries.dropFirst().count { $0.unixMs <= 2 * day })
            for (column, overall) in result.overall.enumerated() {
                let over = result.cohorts.prefix(max(0, result.endedCount - column))
                #expect(overall.bottoms == Double(over.reduce(0) { $0 + $1.people }))
                #expect(overall.tops == Double(over.reduce(0) { $0 + $1.returned[column] }))
            }
        }
    }

    @Test func whatNeverHappenedStartsNobody() throws {
        try TimelineAgreementTests.check(1) { world in
            let query = try RetentionQuery(
                start: EventFilter(name: EventName(validated: "never")),
                returning: EventFilter(name: RandomEvents.names[0]),
                range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 1), period: .month, zone: .utc,
                columnCount: 1, counting: .bracketed, isFirstOnly: false)
            let result = world.timeline.snapshot().retention(query, observedUntil: EventTime(clampingUnixMs: 0))
            #expect(result.cohorts.map(\.people) == [0] && result.overall.map(\.bottoms) == [0])
        }
    }

    @Test(arguments: [
        (800, 1, true), (801, 1, false), (435, 366, true), (436, 366, false), (1, 0, false), (1, 367, false),
    ])
    func periodsAreBounded(days: Int, columns: Int, isAllowed: Bool) {
        let range = EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: Int64(days) * 86_400_000)
        let query = try? RetentionQuery(
            start: EventFilter(name: RandomEvents.names[0]), returning: EventFilter(name: RandomEvents.names[0]),
            range: range, period: .day, zone: .utc, columnCount: columns, counting: .bracketed, isFirstOnly: false)
        #expect((query != nil) == isAllowed)
    }
}
