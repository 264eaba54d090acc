import Base
import Domain
import Testing

@testable import Timeline

@Suite struct SessionTests {
    @Test(arguments: TimelineQueryTests.seeds)
    func sessionsAreCutByGaps(seed: UInt64) throws {
        try TimelineAgreementTests.check(seed) { world in
            let filter = EventFilter(name: seed % 2 == 0 ? nil : RandomEvents.names[2])
            let zone = DayZone(name: "made up") { _ in Milliseconds(Int64(seed) * 3_000_000) }
            let range = EventTime(clampingUnixMs: 1_000_050)..<EventTime(clampingUnixMs: 1_800_000)
            let query = try SessionQuery(
                events: filter, gap: Milliseconds(seed % 3 == 0 ? 40 : 30_000), range: range, zone: zone)
            let result = world.timeline.snapshot().sessions(query)
            var sessions: [[TimelineEntry]] = []
            for entries in world.plain.entries.values.map({ $0.filter(filter.matches) }) {
                var last: EventTime?
                for entry in entries {
                    if last.map({ entry.time.since($0) > query.gap }) ?? true { sessions.append([]) }
                    sessions[sessions.count - 1].append(entry)
                    last = entry.time
                }
            }
            sessions = sessions.filter { range.contains($0[0].time) }
            #expect(result.all.sessions == sessions.count)
            #expect(result.all.events == sessions.reduce(0) { $0 + $1.count })
            #expect(result.all.bounces == sessions.count { $0.count == 1 })
            let lengths = sessions.map { $0[$0.count - 1].time.since($0[0].time).count }
            #expect(result.durationsMs.sorted() == lengths.sorted().map(Double.init))
            #expect(result.sessionCounts.count == result.all.people)
            #expect(result.days.reduce(0) { $0 + $1.group.sessions } == sessions.count)
            for channel in result.channels {
                #expect(channel.group.sessions == sessions.count { $0[0].channel == channel.channel })
            }
            #expect(result.channels.reduce(0) { $0 + $1.group.sessions } == sessions.count)
        }
    }

    /// Two people in two rooms; a page is no room.
    @Test func watchTimeIsOfRooms() {
        let timeline = Timeline(options: TimelineOptions(threadCount: 1))
        let signs: [(person: String, name: String, room: String, second: Int64)] = [
            ("a", "room_enter", "1", 0), ("a", "room_stay", "1", 15), ("a", "room_stay", "1", 100),
            ("a", "room_leave", "1", 104), ("b", "room_enter", "2", 50), ("b", "room_enter", "1", 52),
            ("b", "room_stay", "2", 60), ("b", "room_stay", "", 61),
        ]
        timeline.append(
            signs.enumerated().map { index, sign in
                let time = EventTime(clampingUnixMs: sign.second * 1000)
                let subject = sign.room.isEmpty ? Subject(kind: .page, id: "/") : Subject(kind: .room, id: sign.room)
                let event = Event(
                    id: EventID(validated: "e\(index)"), source: .quanyu, person: PersonID(validated: sign.person),
                    name: EventName(validated: sign.name), channel: RandomEvents.channels[0], time: time,
                    receivedAt: time, subject: subject)
                return (UInt64(index), event)
            })
        let result = timeline.snapshot().dwell(
            DwellQuery(
                range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 900_000), cap: Milliseconds(30_000),
                roomCount: 1))
        #expect(result.watchesMs.sorted() == [10_000, 49_000])
        #expect(result.roomTotal == 2 && result.rooms.map(\.id) == ["1"])
        #expect(result.rooms.map(\.watchMs.people) == [2] && result.rooms.map(\.watchMs.tops) == [49_000])
        #expect(result.watchMs.tops == 59_000 && result.watchMs.topSquares == 10_000 * 10_000 + 49_000 * 49_000)
    }
}
