import Base
import Domain
import Testing

@testable import Timeline

/// A random timeline, in which random ids are one person.
struct MergedWorld {
    let plain: PlainTimeline  // Each event is its person's.
    let apart: TimelineAgreementTests  // Each event is its id's.
    let groups: [(person: PersonID, members: [PersonID])]

    /// - Parameter groupCount: Of people with two to six ids; some ids never did anything.
    init(seed: UInt64, groupCount: Int) {
        apart = TimelineAgreementTests(seed: seed)
        var random = SeededGenerator(seed: seed ^ 77)
        var ids = (0..<48).map { PersonID(validated: "person \($0)") }.shuffled(using: &random)
        groups = (0..<groupCount).map { number in
            let members = Array(ids.prefix(Int.random(in: 2...6, using: &random)))
            ids.removeFirst(members.count)
            return (number % 3 == 0 ? members[members.count - 1] : members[0], members)
        }
        var people: [PersonID: PersonID] = [:]
        for group in groups { for member in group.members { people[member] = group.person } }
        plain = PlainTimeline(apart.plain, renaming: people)
    }

    /// With the groups told to an index that has seen less of the timeline.
    var snapshot: TimelineSnapshot {
        let snapshot = apart.timeline.snapshot()
        var index = PersonMergeIndex(of: Timeline(sharing: apart.timeline).snapshot())
        for (key, group) in groups.enumerated() {
            index.insert(Int32(key), person: group.person, members: group.members)
        }
        return index.merging(snapshot)
    }
}

extension Timeline {
    /// Without events, and with the codes of another.
    fileprivate convenience init(sharing other: Timeline) {
        self.init(
            options: other.options, dictionaries: other.dictionaries, properties: other.properties,
            generation: .empty(other.properties))
    }
}

extension PlainTimeline {
    init(_ other: PlainTimeline, renaming people: [PersonID: PersonID]) {
        self.init([])
        for (id, events) in other.entries { entries[people[id] ?? id, default: []] += events }
        for person in entries.keys { entries[person]?.sort { $0.cursor < $1.cursor } }
    }
}

@Suite struct PersonMergesTests {
    static let seeds = 0..<24 as Range<UInt64>

    private static func check(_ seed: UInt64, _ body: (MergedWorld) throws -> Void) rethrows {
        for groupCount in [0, 1, 8] { try body(MergedWorld(seed: seed, groupCount: groupCount)) }
    }

    @Test(arguments: seeds)
    func everyQueryAnswersAsIfEachEventWereThePersons(seed: UInt64) throws {
        try Self.check(seed) { world in
            let snapshot = world.snapshot
            try TimelineQueryTests.checkFunnel(snapshot, world.plain, seed)
            try TimelineQueryTests.checkCounts(snapshot, world.plain, seed)
            try TimelineQueryTests.checkAudience(snapshot, world.plain, seed)
            TimelineQueryTests.checkVocabulary(snapshot, world.plain)
            TimelineQueryTests.checkPeople(snapshot, world.plain, prefix: "")
            let owned = snapshot.entries(named: [RandomEvents.names[3]])
            for (person, entries) in Dictionary(grouping: owned, by: \.person) {
                let want = (world.plain.entries[person] ?? []).filter { $0.name == RandomEvents.names[3] }
                #expect(Set(entries.map(\.entry.sequence)) == Set(want.map(\.sequence)))
            }
            #expect(owned.count == world.plain.entries.values.joined().count { $0.name == RandomEvents.names[3] })
        }
    }

    @Test(arguments: seeds.prefix(8))
    func whoIsTakenApartAgainCountsAsBefore(seed: UInt64) throws {
        let world = MergedWorld(seed: seed, groupCount: 8)
        let plain = world.apart.timeline.snapshot()
        var index = PersonMergeIndex(of: plain)
        let query = try FunnelQuery(
            steps: RandomEvents.names.prefix(3).map { EventFilter(name: $0) }, window: Milliseconds(50_000))
        for (key, group) in world.groups.enumerated() {
            index.insert(Int32(key), person: group.person, members: group.members)
        }
        #expect(index.merging(plain).peopleCount == world.plain.entries.count)
        for key in world.groups.indices { index.remove(Int32(key)) }
        let undone = index.merging(plain)
        #expect(undone.funnel(query) == plain.funnel(query))
        #expect(try undone.counts(CountQuery(isByName: true)) == plain.counts(CountQuery(isByName: true)))
        #expect(undone.people(countMax: 100) == plain.people(countMax: 100))
    }

    @Test func anIdIsFoundOnceTheTimelineKnowsIt() throws {
        func event(_ id: String, _ sequence: UInt64, _ name: EventName) -> TimelineEvent {
            let time = EventTime(clampingUnixMs: Int64(sequence) * 1000)
            return (
                sequence,
                Event(
                    id: EventID(validated: "e\(sequence)"), source: .quanyu, person: PersonID(validated: id),
                    name: name, channel: .unknown, time: time, receivedAt: time)
            )
        }
        let timeline = Timeline()
        timeline.append([event("browser", 0, .pageView)])
        var index = PersonMergeIndex(of: timeline.snapshot())
        let ids = ["ana", "browser", "phone"].map { PersonID(validated: $0) }
        index.insert(0, person: ids[0], members: ids)
        let steps = [EventFilter(name: .pageView), EventFilter(name: .orderPaid)]
        let query = try FunnelQuery(steps: steps, window: .hours(1))
        let viewers = try AudienceQuery(
            .did(.init(event: EventFilter(name: .pageView))), now: EventTime(clampingUnixMs: 0))
        #expect(index.merging(timeline.snapshot()).funnel(query).people == [1, 0])
        #expect(
            index.merging(timeline.snapshot()).audience(viewers, countMax: 9).people == [ids[0]],
            "named as on their page")
        timeline.append([event("phone", 1, .orderPaid), event("zoe", 2, .orderPaid)])
        let snapshot = index.merging(timeline.snapshot())
        #expect(snapshot.funnel(query).people == [1, 1])
        #expect(snapshot.peopleCount == 2)
        let page = snapshot.people(prefix: "phone", countMax: 5)
        #expect(page.people.map(\.person) == [ids[0]] && page.people.map(\.events) == [2] && page.total == 1)
    }
}
