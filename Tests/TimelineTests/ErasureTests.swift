import Base
import Domain
import TestSupport
import Testing

@testable import Timeline

/// A timeline without some people is the one that would have been made without their events.
@Suite struct ErasureTests {
    static let seeds = 0..<12 as Range<UInt64>

    /// Random events, merged here and there; a third of the people are erased, and some come back.
    private struct World {
        let events: [TimelineEvent]
        let erasedAt: Int
        let isErased: @Sendable (PersonID) -> Bool
        let before: Timeline
        let after: Timeline
        let erased: ErasedTimeline

        init(seed: UInt64) throws {
            events = RandomEvents.make(seed: seed, count: 900, momentCount: seed % 2 == 0 ? 60 : 100_000)
            erasedAt = 500 + Int(seed * 31 % 300)
            isErased = { Int($0.text.split(separator: " ")[1]).map { ($0 + Int(seed)) % 3 == 0 } ?? false }
            before = Timeline(options: .mapped(seed % 2 == 1))
            before.append(Array(events[..<300]))
            before.merge()
            before.append(Array(events[300..<erasedAt]))
            if seed % 3 == 0 { before.merge() }
            erased = try before.erasing(isErased)
            after = erased.timeline
            after.append(Array(events[erasedAt...]))
            if seed % 4 == 0 { after.merge() }
        }

        /// The events that are left, as the definition says it.
        var left: [TimelineEvent] {
            events.enumerated().filter { $0.offset >= erasedAt || !isErased($0.element.event.person) }.map(\.element)
        }
    }

    @Test(arguments: seeds)
    func everyAnswerIsThatOfATimelineThatNeverHadThem(seed: UInt64) throws {
        let world = try World(seed: seed)
        let plain = PlainTimeline(world.left)
        let (snapshot, never) = (world.after.snapshot(), Timeline())
        never.append(world.left)
        #expect(snapshot.eventCount == world.left.count)
        #expect(snapshot.peopleCount == plain.entries.count)
        #expect(Set(snapshot.people(countMax: 1000).people.map(\.person)) == Set(plain.entries.keys))
        #expect(snapshot.people(countMax: 1000).total == plain.entries.count)
        #expect(snapshot.times == never.snapshot().times)
        for event in world.events {
            let person = event.event.person
            #expect(snapshot.entries(of: person, countMax: 1000) == (plain.entries[person] ?? []).reversed())
            #expect((snapshot.summary(of: person) == nil) == (plain.entries[person] == nil))
        }
        try TimelineQueryTests.checkFunnel(snapshot, plain, seed)
        let gone = world.events[..<world.erasedAt].filter { world.isErased($0.event.person) }
        #expect(world.erased.sequences == Set(gone.map(\.sequence)))
    }

    @Test(arguments: seeds)
    func whoReadsTheOldTimelineGoesOnWithAllOfIt(seed: UInt64) throws {
        let world = try World(seed: seed)
        let plain = PlainTimeline(Array(world.events[..<world.erasedAt]))
        let snapshot = world.before.snapshot()
        #expect(snapshot.eventCount == world.erasedAt)
        for (person, entries) in plain.entries {
            #expect(snapshot.entries(of: person, countMax: 1000) == entries.reversed())
        }
    }

    @Test(arguments: seeds)
    func theirTextsAreGoneFromMemoryAndFromTheFile(seed: UInt64) throws {
        let folder = try TemporaryDirectory()
        let world = try World(seed: seed)
        let isFound = { (timeline: Timeline) in
            timeline.ids(of: world.isErased, since: UInt64(world.erasedAt)).contains { !$0.isNew }
        }
        #expect(isFound(world.before))
        #expect(!isFound(world.after))
        let path = folder.path + "/timeline"
        try world.after.save(to: path)
        let loaded = try Timeline.load(from: path)
        #expect(!isFound(loaded))
        #expect(loaded.snapshot().peopleCount == world.after.snapshot().peopleCount)
        let back = Set(world.events[world.erasedAt...].map(\.event.person.text))
        let never = Set(world.events.map(\.event.person)).filter { world.isErased($0) && !back.contains($0.text) }
        let tables = world.after.dictionaries.withTables { $0 }
        for person in never { #expect(tables.people.code(of: person.text) == nil) }
    }

    @Test func textsOfAPropertyThatNobodyElseHasAreGone() throws {
        let timeline = Timeline()
        func event(_ sequence: UInt64, _ person: String, _ city: String) -> TimelineEvent {
            var properties = JSONObject()
            properties.append("city", .string(city))
            return (
                sequence,
                Event(
                    id: EventID(validated: "e\(sequence)"), source: .quanyu, person: PersonID(validated: person),
                    name: .click, channel: .unknown, time: EventTime(clampingUnixMs: 1),
                    receivedAt: EventTime(clampingUnixMs: 1), subject: Subject(kind: .product, id: city),
                    decision: DecisionID(validated: city), properties: properties)
            )
        }
        timeline.append([event(0, "gone", "Rare"), event(1, "stays", "Common"), event(2, "gone", "Common")])
        let tables = try timeline.erasing { $0.text == "gone" }.timeline.dictionaries.withTables { $0 }
        for table in [tables.people, tables.subjects, tables.decisions, tables.texts] {
            #expect(!String(decoding: table.bytes, as: UTF8.self).contains("Rare"))
            #expect(!String(decoding: table.bytes, as: UTF8.self).contains("gone"))
        }
        #expect(tables.texts.code(of: "Common") != nil)
    }

    // MARK: Age

    @Test(arguments: seeds)
    func whatIsTooOldLeavesAndStaysAway(seed: UInt64) throws {
        let events = RandomEvents.make(seed: seed, count: 900, momentCount: 400)
        let from = EventTime(clampingUnixMs: 1_002_000)
        let timeline = Timeline(options: .mapped(seed % 4 < 2))
        timeline.append(Array(events[..<600]))
        if seed % 2 == 0 { timeline.merge() }
        let old = timeline.snapshot()
        timeline.forget(before: from)
        timeline.append(Array(events[600...]))
        let left = events.filter { $0.event.time >= from }
        let plain = PlainTimeline(left)
        let snapshot = timeline.snapshot()
        #expect(snapshot.observedFrom == from)
        #expect(snapshot.eventCount == left.count)
        #expect(snapshot.peopleCount == plain.entries.count)
        #expect(Set(snapshot.people(countMax: 1000).people.map(\.person)) == Set(plain.entries.keys))
        for (person, entries) in plain.entries {
            #expect(snapshot.entries(of: person, countMax: 1000) == entries.reversed())
        }
        try TimelineQueryTests.checkFunnel(snapshot, plain, seed)
        #expect(timeline.sequenceEnd == UInt64(events.count))
        #expect(old.eventCount == 600 && old.observedFrom == nil)
        let folder = try TemporaryDirectory()
        try timeline.save(to: folder.path + "/timeline")
        let loaded = try Timeline.load(from: folder.path + "/timeline")
        #expect(loaded.observedFrom == from && loaded.snapshot().eventCount == left.count)
    }

    @Test(arguments: seeds)
    func whoHasNoEventsAnyMoreIsInNoAudience(seed: UInt64) throws {
        let world = try World(seed: seed)
        let everybody = try AudienceQuery(.all([]), now: EventTime(clampingUnixMs: 0))
        let found = world.after.snapshot().audience(everybody, countMax: 1000).people
        #expect(Set(found) == Set(world.left.map(\.event.person)))
    }

    @Test(arguments: seeds)
    func idsOfOnePersonStayOneWhereSomeOfThemHaveNoEventsAnyMore(seed: UInt64) throws {
        let world = try World(seed: seed)
        var index = PersonMergeIndex(of: world.after.snapshot())
        let members = (0..<5).map { PersonID(validated: "person \($0)") }
        index.insert(1, person: members[0], members: members)
        let snapshot = index.merging(world.after.snapshot())
        let people = Set(world.left.map { members.contains($0.event.person) ? members[0] : $0.event.person })
        #expect(snapshot.peopleCount == people.count)
        let everybody = try AudienceQuery(.all([]), now: EventTime(clampingUnixMs: 0))
        #expect(Set(snapshot.audience(everybody, countMax: 1000).people) == people)
    }
}
