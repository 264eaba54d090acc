import Base
import Dispatch
import Domain
import Synchronization
import Testing

@testable import Timeline

struct TimelineTests {
    @Test
    func anEmptyTimelineAnswersEverything() throws {
        let snapshot = Timeline().snapshot()
        #expect(snapshot.peopleCount == 0 && snapshot.eventCount == 0 && snapshot.times == nil)
        #expect(try snapshot.counts(CountQuery(isByName: true, bucket: .hours(1))) == [])
        let steps = [EventFilter(name: .pageView), EventFilter(name: .orderPaid)]
        #expect(snapshot.funnel(try FunnelQuery(steps: steps, window: .days(1))).people == [0, 0])
        #expect(
            snapshot.audience(try AudienceQuery(.all([]), now: EventTime(clampingUnixMs: 0)), countMax: 1).count == 0)
        #expect(snapshot.people(countMax: 10).people == [])
        #expect(Timeline().recent(person: PersonID(validated: "nobody"), countMax: 3) == [])
    }

    @Test
    func aSnapshotNeverChanges() {
        let events = RandomEvents.make(seed: 1, count: 6000)
        let timeline = Timeline()
        timeline.append(Array(events[..<2100]))
        let before = timeline.snapshot()
        timeline.append(Array(events[2100..<5000]))
        let between = timeline.snapshot()
        timeline.merge()
        timeline.append(Array(events[5000...]))
        #expect(before.eventCount == 2100 && between.eventCount == 5000 && timeline.snapshot().eventCount == 6000)
        #expect(before.sequenceEnd == 2100 && between.sequenceEnd == 5000 && timeline.sequenceEnd == 6000)
        let person = events[0].event.person
        let want = PlainTimeline(Array(events[..<5000])).entries[person] ?? []
        #expect(between.entries(of: person, countMax: .max) == want.reversed())
    }

    @Test
    func eventsAppliedBeforeArePassedOver() {
        let events = RandomEvents.make(seed: 2, count: 700)
        let timeline = Timeline()
        timeline.append(Array(events[..<400]))
        timeline.append(Array(events[100...]))
        #expect(timeline.snapshot().eventCount == 700)
    }

    @Test
    func aMergeIsDueWhenTheHeadHasGrown() {
        let timeline = Timeline(options: TimelineOptions(headCountMin: 500))
        timeline.append(RandomEvents.make(seed: 3, count: 499))
        #expect(!timeline.isMergeDue)
        timeline.append(RandomEvents.make(seed: 3, count: 1, from: 499))
        #expect(timeline.isMergeDue)
        timeline.merge()
        #expect(!timeline.isMergeDue && timeline.memory.events == 500)
    }

    @Test
    func anEventCostsAtMost24Bytes() {
        let timeline = Timeline()
        timeline.append(RandomEvents.make(seed: 4, count: 5000))
        timeline.merge()
        #expect(timeline.memory.bytesPerEvent <= 24)
        #expect(timeline.memory.totalBytes > timeline.memory.columnBytes)
    }

    @Test
    func namesAndChannelsPastTheLastCodeAreOther() {
        let events = (0..<300).map { i in
            let time = EventTime(clampingUnixMs: Int64(i))
            let event = Event(
                id: .random(), source: .quanyu, person: PersonID(validated: "p"), name: .click,
                channel: Channel(validated: "channel \(i)"), time: time, receivedAt: time)
            return (sequence: UInt64(i), event: event)
        }
        let timeline = Timeline()
        timeline.append(events)
        let snapshot = timeline.snapshot()
        #expect(snapshot.channels.count == Dictionaries.channelCountMax)
        let newest = snapshot.entries(of: PersonID(validated: "p"), countMax: 46).map(\.channel.text)
        #expect(Set(newest) == ["other"])
        #expect(snapshot.entries(of: PersonID(validated: "p"), countMax: 300).last?.channel.text == "channel 0")
    }

    @Test
    func aRangeThatEndsWithABucketHasNoBucketAfterIt() throws {
        let timeline = Timeline()
        let hourMs: Int64 = 3_600_000
        let events = [0, hourMs, 2 * hourMs - 1, 2 * hourMs].enumerated().map { index, ms in
            let time = EventTime(clampingUnixMs: ms)
            let event = Event(
                id: .random(), source: .quanyu, person: PersonID(validated: "p"), name: .click,
                channel: Channel(validated: "live"), time: time, receivedAt: time)
            return (sequence: UInt64(index), event: event)
        }
        timeline.append(events)
        for isByName in [false, true] {
            let query = CountQuery(
                range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 2 * hourMs), isByName: isByName,
                isByChannel: true, bucket: .hours(1))
            #expect(try timeline.snapshot().counts(query).map(\.events) == [1, 2])
        }
    }

    /// Readers on other threads see whole prefixes of the journal while one thread appends and another merges.
    @Test
    func readersSeeOnlyWholePrefixes() {
        let events = RandomEvents.make(seed: 7, count: 12_000)
        let timeline = Timeline()
        let isDone = Atomic<Bool>(false)
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            switch thread {
            case 0:
                for begin in stride(from: 0, to: events.count, by: 100) {
                    timeline.append(Array(events[begin..<begin + 100]))
                }
                isDone.store(true, ordering: .releasing)
            case 1: while !isDone.load(ordering: .acquiring) { timeline.merge() }
            default:
                while !isDone.load(ordering: .acquiring) {
                    let snapshot = timeline.snapshot()
                    let rows = try? snapshot.counts(CountQuery())
                    let count = rows?.first?.events ?? 0
                    if count != Int(snapshot.sequenceEnd) {
                        failures.withLock { $0.append("\(count) of \(snapshot.sequenceEnd)") }
                    }
                    _ = timeline.recent(person: events[0].event.person, countMax: 5)
                }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(timeline.snapshot().eventCount == events.count)
    }

    @Test(arguments: ["", "12", "12.", ".3", "12.3.4", "-1.2", "99999999999999.1", "a.b"])
    func malformedCursorsAreRefused(text: String) { #expect(TimelineCursor(text) == nil) }

    @Test
    func impossibleQuestionsAreRefused() throws {
        let step = EventFilter(name: .click)
        #expect(throws: TimelineQueryError.stepCountOutOfRange(count: 0, max: 16)) {
            try FunnelQuery(steps: [], window: .hours(1))
        }
        #expect(throws: TimelineQueryError.stepCountOutOfRange(count: 17, max: 16)) {
            try FunnelQuery(steps: .init(repeating: step, count: 17), window: .hours(1))
        }
        #expect(throws: TimelineQueryError.windowOutOfRange(ms: -1)) {
            try FunnelQuery(steps: [step], window: Milliseconds(-1))
        }
        let timeline = Timeline()
        timeline.append(RandomEvents.make(seed: 8, count: 50, momentCount: 1 << 24))
        for bucketMs in [0, -5, Int64.max] {
            #expect(throws: TimelineQueryError.bucketOutOfRange(ms: bucketMs)) {
                try timeline.snapshot().counts(CountQuery(bucket: Milliseconds(bucketMs)))
            }
        }
        #expect(throws: TimelineQueryError.self) {
            try timeline.snapshot().counts(CountQuery(bucket: Milliseconds(1)))
        }
    }
}
