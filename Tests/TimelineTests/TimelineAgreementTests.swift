import Base
import Domain
import Testing

@testable import Timeline

/// Every query against the plain timeline, with events in the generation, in the head, and in both, in memory and
/// in mapped files.
struct TimelineAgreementTests {
    let events: [TimelineEvent]
    let plain: PlainTimeline
    let timeline: Timeline
    let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        events = RandomEvents.make(seed: seed, count: 900, momentCount: seed % 2 == 0 ? 60 : 100_000)
        plain = PlainTimeline(events)
        var options = TimelineOptions.mapped(seed % 4 < 2)
        options.parallelCountMin = seed % 3 == 0 ? 0 : 1_000_000
        timeline = Timeline(options: options)
        let cuts = [0, Int(seed * 37 % 400), Int(400 + seed * 53 % 400), 900]
        for (begin, end) in zip(cuts, cuts.dropFirst()) {
            timeline.append(Array(events[begin..<end]))
            if end < 900 || seed % 5 == 0 { timeline.merge() }
        }
    }

    static func check(_ seed: UInt64, _ body: (Self) throws -> Void) rethrows { try body(Self(seed: seed)) }
}

@Suite struct TimelineQueryTests {
    static let seeds = 0..<24 as Range<UInt64>

    @Test(arguments: seeds)
    func entriesArePagedNewestFirst(seed: UInt64) {
        TimelineAgreementTests.check(seed) { world in
            let snapshot = world.timeline.snapshot()
            for (person, entries) in world.plain.entries {
                var cursor: TimelineCursor?
                var read: [TimelineEntry] = []
                while true {
                    let page = snapshot.entries(of: person, before: cursor, countMax: 7)
                    read += page
                    guard let last = page.last else { break }
                    cursor = TimelineCursor(last.cursor.description)
                }
                #expect(read == entries.reversed())
                #expect(world.timeline.recent(person: person, countMax: 11) == Array(entries.reversed().prefix(11)))
            }
        }
    }

    @Test(arguments: seeds)
    func funnelsFollowTheDefinition(seed: UInt64) throws {
        try TimelineAgreementTests.check(seed) { try Self.checkFunnel($0.timeline.snapshot(), $0.plain, seed) }
    }

    static func checkFunnel(_ snapshot: TimelineSnapshot, _ plain: PlainTimeline, _ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let steps = RandomEvents.names.prefix(1 + Int(seed % 4)).enumerated().map { k, name in
            EventFilter(
                name: name, channel: seed % 4 == 1 && k == 1 ? RandomEvents.channels[0] : nil,
                subjectKind: seed % 6 == 2 && k == 0 ? .product : nil)
        }
        let window = Milliseconds(Int64.random(in: 0...300_000, using: &random))
        let range =
            seed % 3 == 1 ? EventTime(clampingUnixMs: 1_000_200)..<EventTime(clampingUnixMs: 1_500_000) : nil
        let query = try FunnelQuery(steps: steps, window: window, range: range, breakdown: .dimension(.channel))
        let result = snapshot.funnel(query)
        let levels = plain.entries.keys.map { plain.level($0, query) }
        #expect(result.people == steps.indices.map { step in levels.count { $0 > step } })
        #expect(result.peopleTotal == plain.entries.count)
        for step in steps.indices {
            #expect(result.groups.reduce(0) { $0 + $1.people[step] } == result.people[step])
        }
        let whole = try FunnelQuery(steps: steps, window: window, range: range)
        #expect(snapshot.funnel(whole).people == result.people)
    }

    @Test(arguments: seeds)
    func aPlainFunnelIsWhatFollowingEachPersonGives(seed: UInt64) throws {
        try TimelineAgreementTests.check(seed) { world in
            let steps = RandomEvents.names.prefix(1 + Int(seed % 4)).map { EventFilter(name: $0) }
            let window = Milliseconds(Int64(seed) * 9000)
            let query = try FunnelQuery(
                steps: steps, window: window, breakdown: seed % 2 == 0 ? .dimension(.channel) : nil)
            let snapshot = world.timeline.snapshot()
            let followed = snapshot.funnelProgress(query)
            #expect(snapshot.funnel(query) == followed)
            #expect(followed.people[0] > 0)
        }
    }

    @Test(arguments: seeds)
    func countsAreExact(seed: UInt64) throws {
        try TimelineAgreementTests.check(seed) { try Self.checkCounts($0.timeline.snapshot(), $0.plain, seed) }
    }

    static func checkCounts(_ snapshot: TimelineSnapshot, _ plain: PlainTimeline, _ seed: UInt64) throws {
        let bucket = Milliseconds(seed % 2 == 0 ? 70 : 99_999)
        let offset = Milliseconds(Int64(seed) * 1111 - 9000)
        var query = CountQuery(
            isByName: seed % 3 != 0, isByChannel: seed % 4 != 0, bucket: bucket, offset: offset, sumsValues: true)
        if seed % 5 == 0 { query.names = Set(RandomEvents.names.prefix(2)) }
        if seed % 5 == 1 { query.channels = [RandomEvents.channels[1]] }
        if seed % 5 == 2 {
            query.range = EventTime(clampingUnixMs: 1_000_100)..<EventTime(clampingUnixMs: 1_400_000)
        }
        #expect(Set(try snapshot.counts(query)) == Set(plainCounts(plain, query)))
        let whole = CountQuery(range: query.range, isByName: true)
        #expect(Set(try snapshot.counts(whole)) == Set(plainCounts(plain, whole, sumsValues: false)))
    }

    private static func plainCounts(
        _ plain: PlainTimeline, _ query: CountQuery, sumsValues: Bool = true
    ) -> [CountRow] {
        struct Group: Hashable {
            let start: EventTime?, name: EventName?, channel: Channel?
        }
        var groups: [Group: [(PersonID, TimelineEntry)]] = [:]
        for (person, entries) in plain.entries {
            for entry in entries
            where query.names?.contains(entry.name) ?? true && query.channels?.contains(entry.channel) ?? true
                && query.range?.contains(entry.time) ?? true
            {
                let start = query.bucket.map { bucket in
                    let local = Double(entry.time.unixMs + query.offset.count) / Double(bucket.count)
                    return EventTime(clampingUnixMs: Int64(local.rounded(.down)) * bucket.count - query.offset.count)
                }
                let group = Group(
                    start: start, name: query.isByName ? entry.name : nil,
                    channel: query.isByChannel ? entry.channel : nil)
                groups[group, default: []].append((person, entry))
            }
        }
        return groups.map { group, events in
            let sums = [Currency.cny, .usd].compactMap { currency -> ValueSum? in
                let minor = events.reduce(0) { $0 + ($1.1.value?.currency == currency ? $1.1.value?.minor ?? 0 : 0) }
                return minor == 0 ? nil : ValueSum(minor: minor, currency: currency)
            }
            return CountRow(
                start: group.start, name: group.name, channel: group.channel, events: events.count,
                people: Set(events.map(\.0)).count, values: sumsValues ? sums : [])
        }
    }

    @Test(arguments: seeds)
    func audiencesAreThoseWhoDidAndDidNot(seed: UInt64) throws {
        try TimelineAgreementTests.check(seed) { try Self.checkAudience($0.timeline.snapshot(), $0.plain, seed) }
    }

    static func checkAudience(_ snapshot: TimelineSnapshot, _ plain: PlainTimeline, _ seed: UInt64) throws {
        let range = EventTime(clampingUnixMs: 1_000_100)..<EventTime(clampingUnixMs: 1_600_000)
        let names = RandomEvents.names
        let channel = seed % 2 == 0 ? RandomEvents.channels[0] : nil
        let did = AudienceExpression.Did(
            event: EventFilter(name: names[2]), counts: (1 + Int(seed % 6))...Int.max, span: .between(range))
        let other = AudienceExpression.Did(
            event: EventFilter(name: names[0], channel: RandomEvents.channels[1]), counts: 2...Int.max)
        let didNot = AudienceExpression.Did(event: EventFilter(name: names[3], channel: channel), counts: 2...Int.max)
        let query = try AudienceQuery(
            .all([.did(did), .did(other), .not(.did(didNot))]), now: EventTime(clampingUnixMs: 0))
        let result = snapshot.audience(query, countMax: 1000)
        let want = plain.entries.filter { _, entries in
            func has(_ one: AudienceExpression.Did) -> Bool {
                one.counts.contains(
                    entries.count {
                        $0.name == one.event.name && (one.span == .always || range.contains($0.time))
                            && one.event.channel ?? $0.channel == $0.channel
                    })
            }
            return has(did) && has(other) && !has(didNot)
        }
        #expect(Set(result.people) == Set(want.keys) && Set(result.people).count == result.people.count)
        #expect(result.count == want.count && result.peopleTotal == plain.entries.count)
    }

    @Test(arguments: seeds)
    func theVocabularyIsWhatOccurs(seed: UInt64) {
        TimelineAgreementTests.check(seed) { Self.checkVocabulary($0.timeline.snapshot(), $0.plain) }
    }

    static func checkVocabulary(_ snapshot: TimelineSnapshot, _ plain: PlainTimeline) {
        let all = plain.entries.values.joined()
        #expect(snapshot.eventCount == 900)
        #expect(snapshot.peopleCount == plain.entries.count)
        #expect(Set(snapshot.names) == Set(all.map(\.name)) && Set(snapshot.channels) == Set(all.map(\.channel)))
        #expect(snapshot.times?.lowerBound == all.map(\.time).min())
        #expect(snapshot.times?.upperBound == all.map(\.time).max())
    }

    @Test(arguments: seeds)
    func peopleAreFoundByPrefixAndSummed(seed: UInt64) {
        TimelineAgreementTests.check(seed) { Self.checkPeople($0.timeline.snapshot(), $0.plain, prefix: "person 1") }
    }

    static func checkPeople(_ snapshot: TimelineSnapshot, _ plain: PlainTimeline, prefix: String) {
        let want = Set(plain.entries.keys.filter { $0.text.hasPrefix(prefix) })
        var found: [PersonSummary] = []
        var after: Int?
        repeat {
            let page = snapshot.people(prefix: prefix, after: after, countMax: 3)
            found += page.people
            after = page.next
            #expect(page.total == want.count)
        } while after != nil
        #expect(Set(found.map(\.person)) == want && found.count == want.count)
        for summary in found {
            let entries = plain.entries[summary.person] ?? []
            #expect(summary.events == entries.count && summary.times?.upperBound == entries.last?.time)
            #expect(
                summary.counts[RandomEvents.names[0], default: 0]
                    == entries.count { $0.name == RandomEvents.names[0] })
            let minor = entries.reduce(0) { $0 + ($1.name == RandomEvents.names[3] ? $1.value?.minor ?? 0 : 0) }
            #expect(summary.values[RandomEvents.names[3], default: []].reduce(0) { $0 + $1.minor } == minor)
        }
    }
}
