import Base
import Domain
import Testing

@testable import Timeline

@Suite struct JourneyTests {
    @Test(arguments: TimelineQueryTests.seeds)
    func journeysAreThoseOfTheDefinition(seed: UInt64) throws {
        try TimelineAgreementTests.check(seed) { world in
            let query = try JourneyQuery(
                conversion: EventFilter(name: RandomEvents.names[3]),
                refund: seed % 3 == 0 ? nil : EventFilter(name: RandomEvents.names[2]),
                touches: [
                    EventFilter(name: RandomEvents.names[0]),
                    EventFilter(name: RandomEvents.names[1], channel: seed % 2 == 0 ? RandomEvents.channels[0] : nil),
                ],
                dimension: seed % 2 == 0 ? .channel : .subject(.product),
                range: EventTime(clampingUnixMs: 1_000_200)..<EventTime(clampingUnixMs: 1_600_000),
                lookBack: Milliseconds([0, 200, 90_000][Int(seed % 3)]), isSinceConversion: seed % 4 < 3,
                isCollapsed: seed % 5 < 2, direct: [RandomEvents.channels[1]])
            let newestMs = world.plain.entries.values.joined().map(\.time.unixMs).max() ?? 0
            let found = world.timeline.snapshot().journeys(
                query, observedUntil: EventTime(clampingUnixMs: newestMs))
            let want = world.plain.entries.values.flatMap { DefinedJourneys(query: query, entries: $0).journeys }
            #expect(told(found).sorted() == want.sorted())
            #expect(
                found.openCount == want.count { $0.conversion == "-" && $0.beginMs > newestMs - query.lookBack.count })
            #expect(found.clippedCount == 0)
        }
    }

    private func told(_ set: JourneySet) -> [ToldJourney] {
        var rest = set.touches[...]
        return set.journeys.map { journey in
            let touches = rest.prefix(journey.touchCount)
            rest = rest.dropFirst(journey.touchCount)
            return ToldJourney(
                conversion: journey.conversion.map { one in
                    "\(one.currency.map { set.currencies[$0].code } ?? "none") \(one.minor) \(one.refundedMinor) "
                        + "\(one.isRefunded)"
                } ?? "-",
                touches: touches.map { "\(set.keys[Int($0.key)]) \($0.isDirect) \($0.ageMs)" }, beginMs: 0)
        }
    }

    @Test func keysAreNamedByTouchesAndTheRestIsOne() throws {
        let timeline = Timeline()
        let count = JourneySet.namedKeyCountMax + 3
        let events = (0..<count).flatMap { room in (0...(room < 2 ? 3 - room : 0)).map { _ in room } }.enumerated()
        timeline.append(
            events.map { sequence, room in
                let time = EventTime(clampingUnixMs: 1000 + Int64(sequence))
                let event = Event(
                    id: EventID(validated: "e\(sequence)"), source: .quanyu, person: PersonID(validated: "p"),
                    name: EventName(validated: "room_enter"), channel: Channel(validated: "live_room"), time: time,
                    receivedAt: time, subject: Subject(kind: .room, id: "room \(room + 100)"))
                return (UInt64(sequence), event)
            })
        let query = try JourneyQuery(
            conversion: EventFilter(name: EventName(validated: "order_paid")), refund: nil,
            touches: [EventFilter(name: EventName(validated: "room_enter"))], dimension: .subject(.room),
            range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 10_000), lookBack: .days(1))
        let set = timeline.snapshot().journeys(query, observedUntil: EventTime(clampingUnixMs: 10_000))
        #expect(set.keys.prefix(3) == [.named("room 100"), .named("room 101"), .named("room 102")])
        #expect(set.keys.count == JourneySet.namedKeyCountMax + 1 && set.keys.last == .rest)
        #expect(set.touches.count { $0.key == UInt8(JourneySet.namedKeyCountMax) } == 3)
    }

    /// A campaign is what a touch is about, or else what its property says; both may name the same one.
    @Test(arguments: [
        (JourneyQuery.Dimension.subject(.campaign), ["spring", "autumn", "-", "spring"]),
        (.property(PropertyName(validated: "host")), ["-", "anchor 7", "7", "-"]),
        (.property(PropertyName(validated: "price")), ["-", "-", "-", "-"]),
        (.property(PropertyName(validated: "weather")), ["-", "-", "-", "-"]),
        (.subject(.order), ["-", "-", "-", "-"]),
    ])
    func touchesAreNamedBySubjectOrProperty(dimension: JourneyQuery.Dimension, want: [String]) throws {
        let timeline = Timeline()
        let touches: [(subject: Subject?, properties: JSON)] = [
            (Subject(kind: .campaign, id: "spring"), ["campaign": "autumn"]),
            (Subject(kind: .product, id: "spring"), ["utm_campaign": "autumn", "host": "anchor 7"]),
            (nil, ["host_id": 7, "price": 12]), (nil, ["campaign": "spring"]),
        ]
        timeline.append(
            touches.enumerated().map { number, touch in
                let time = EventTime(clampingUnixMs: 1000 + Int64(number))
                let event = Event(
                    id: EventID(validated: "e\(number)"), source: .quanyu, person: PersonID(validated: "p"),
                    name: RandomEvents.names[0], channel: RandomEvents.channels[0], time: time, receivedAt: time,
                    subject: touch.subject, properties: touch.properties.objectValue ?? JSONObject())
                return (UInt64(number), event)
            })
        let query = try JourneyQuery(
            conversion: EventFilter(name: RandomEvents.names[3]), refund: nil,
            touches: [EventFilter(name: RandomEvents.names[0])], dimension: dimension,
            range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 10_000), lookBack: .days(1))
        let set = timeline.snapshot().journeys(query, observedUntil: EventTime(clampingUnixMs: 10_000))
        let names = set.touches.map { touch in
            guard case .named(let name) = set.keys[Int(touch.key)] else { return "-" }
            return name
        }
        #expect(names == want)
    }

    @Test func aQuestionHasTouchesAndALookBack() {
        let filter = EventFilter(name: RandomEvents.names[0])
        func ask(_ touchCount: Int, _ lookBack: Milliseconds) -> TimelineQueryError? {
            do throws(TimelineQueryError) {
                _ = try JourneyQuery(
                    conversion: filter, refund: nil, touches: .init(repeating: filter, count: touchCount),
                    dimension: .channel, range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 1),
                    lookBack: lookBack)
                return nil
            } catch {
                return error
            }
        }
        #expect(ask(1, .days(365)) == nil && ask(16, .days(0)) == nil)
        #expect(ask(0, .days(1)) == .touchCountOutOfRange(count: 0, max: 16))
        #expect(ask(17, .days(1)) == .touchCountOutOfRange(count: 17, max: 16))
        #expect(ask(1, .days(366)) == .windowOutOfRange(ms: Milliseconds.days(366).count))
    }
}

private struct ToldJourney: Comparable, CustomStringConvertible {
    let conversion: String
    let touches: [String]
    let beginMs: Int64

    var description: String { "\(conversion): \(touches.joined(separator: ", "))" }
    static func == (a: Self, b: Self) -> Bool { a.description == b.description }
    static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}

/// The journeys of one person as they are said in words.
private struct DefinedJourneys {
    let query: JourneyQuery
    let entries: [TimelineEntry]

    var journeys: [ToldJourney] {
        let conversions = entries.indices.filter { query.conversion.matches(entries[$0]) }
        let touches = entries.indices.filter { i in query.touches.contains { $0.matches(entries[i]) } }
        let converted = conversions.filter { query.range.contains(entries[$0].time) }.map { conversion in
            let before = conversions.last { $0 < conversion } ?? 0
            let led = touches.filter {
                $0 < conversion && entries[conversion].time.since(entries[$0].time) <= query.lookBack
                    && (!query.isSinceConversion || $0 >= before)
            }
            return tell(led, conversion)
        }
        var lost: [[Int]] = []
        for touch in touches where query.range.contains(entries[touch].time) {
            let next = conversions.first { $0 > touch }
            if let next, entries[next].time.since(entries[touch].time) <= query.lookBack { continue }
            if let first = lost.last?[0], entries[touch].time.since(entries[first].time) <= query.lookBack,
                !conversions.contains(where: { $0 > first && $0 <= touch })
            {
                lost[lost.count - 1].append(touch)
            } else {
                lost.append([touch])
            }
        }
        return converted + lost.map { tell($0, nil) }
    }

    private func tell(_ touches: [Int], _ conversion: Int?) -> ToldJourney {
        let kept = touches.enumerated().filter { place, touch in
            !query.isCollapsed || place + 1 == touches.count || key(touches[place + 1]) != key(touch)
        }.map(\.element)
        return ToldJourney(
            conversion: conversion.map(outcome) ?? "-",
            touches: kept.map { touch in
                let ageMs = conversion.map { entries[$0].time.since(entries[touch].time).count } ?? 0
                return "\(key(touch)) \(query.direct.contains(entries[touch].channel)) \(ageMs)"
            }, beginMs: touches.first.map { entries[$0].time.unixMs } ?? 0)
    }

    private func key(_ touch: Int) -> JourneySet.Key {
        let entry = entries[touch]
        if query.dimension == .channel { return .named(entry.channel.text) }
        return entry.subject.flatMap { $0.kind == .product ? .named($0.id) : nil } ?? .none
    }

    private func outcome(_ conversion: Int) -> String {
        let entry = entries[conversion]
        let (currency, minor) = (entry.value?.currency, entry.value?.minor ?? 0)
        var (refunded, isRefunded) = (0 as Int64, false)
        for i in entries.indices where i > conversion && query.refund?.matches(entries[i]) ?? false {
            let own = entries.indices.last {
                $0 < i && query.conversion.matches(entries[$0]) && entries[$0].subject == entries[i].subject
            }
            guard own == conversion, entry.subject != nil else { continue }
            if let value = entries[i].value, currency != nil {
                guard value.currency == currency else { continue }
                refunded = min(minor, refunded + value.minor)
                isRefunded = refunded == minor
            } else {
                (refunded, isRefunded) = (minor, true)
            }
        }
        return "\(currency?.code ?? "none") \(minor) \(refunded) \(isRefunded)"
    }
}
