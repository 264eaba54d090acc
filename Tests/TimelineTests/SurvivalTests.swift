import Base
import Domain
import Testing

@testable import Timeline

@Suite struct SurvivalTests {
    @Test(arguments: TimelineQueryTests.seeds)
    func countsHowLongPeopleWait(seed: UInt64) {
        TimelineAgreementTests.check(seed) { world in
            let second: Int64 = 1000  // Events lie within five of them, from second 1000 on.
            let start = EventFilter(name: seed % 4 == 0 ? nil : RandomEvents.names[Int(seed % 2)])
            let end = EventFilter(name: RandomEvents.names[Int(seed % 3)])
            let groups =
                seed % 2 == 0 ? [] : RandomEvents.channels.prefix(2).map { EventFilter(name: nil, channel: $0) }
            let query = SurvivalQuery(
                start: start, end: end, occurrence: Int(seed % 3) + 1, isFirstOnly: seed % 5 == 0,
                range: EventTime(clampingUnixMs: 1000 * second)..<EventTime(clampingUnixMs: 1004 * second),
                unit: Milliseconds(300),
                unitCount: 10, groups: groups)
            let until = EventTime(clampingUnixMs: 1004 * second)
            let result = world.timeline.snapshot().survival(query, observedUntil: until)
            #expect(result == Self.defined(world.plain, query, until))
        }
    }

    /// As it is said in words, over the plain timeline.
    private static func defined(
        _ plain: PlainTimeline, _ query: SurvivalQuery, _ until: EventTime
    ) -> SurvivalResult {
        let count = max(1, query.groups.count)
        var happened = [[Int]](repeating: [Int](repeating: 0, count: query.unitCount + 1), count: count)
        var cutOff = happened
        var leftOut = 0
        for entries in plain.entries.values {
            let entries = entries.sorted { $0.cursor < $1.cursor }
            let starts = entries.indices.filter { query.start.matches(entries[$0]) }
            guard starts.count >= query.occurrence else { continue }
            let place = starts[query.occurrence - 1]
            let start = entries[place]
            guard query.range.contains(start.time), start.time <= until else { continue }
            let isBefore = entries[..<place].contains(where: query.end.matches)
            let group = query.groups.isEmpty ? 0 : query.groups.firstIndex { $0.matches(start) }
            guard let group, !(query.isFirstOnly && isBefore) else {
                leftOut += 1
                continue
            }
            let rest = entries[(query.start == query.end ? place + 1 : place)...]
            let end = rest.first { query.end.matches($0) && $0.time <= until }
            let unitMs = query.unit.count
            let waited = ((end?.time ?? until).unixMs - start.time.unixMs) / unitMs
            if end != nil, waited < query.unitCount {
                happened[group][Int(waited)] += 1
            } else {
                cutOff[group][min(query.unitCount, Int(waited))] += 1
            }
        }
        return SurvivalResult(
            groups: zip(happened, cutOff).map { SurvivalResult.Group(happened: $0, cutOff: $1) }, leftOut: leftOut)
    }
}
