import Base
import Domain

@testable import Timeline

/// Random events in journal order: late ones, equal times, all optional fields, people of very different activity.
enum RandomEvents {
    static let names = ["page_view", "product_view", "add_to_cart", "order_paid", "like"].map(
        EventName.init(validated:))
    static let channels = ["feed", "shop", "live_room"].map(Channel.init(validated:))

    static func make(seed: UInt64, count: Int, from first: UInt64 = 0, momentCount: Int64 = 500) -> [TimelineEvent] {
        var random = SeededGenerator(seed: seed)
        return (0..<UInt64(count)).map { i in
            let person = min(Int.random(in: 0..<40, using: &random), Int.random(in: 0..<40, using: &random))
            return (first + i, event(person: person, momentCount: momentCount, using: &random))
        }
    }

    private static func event(person: Int, momentCount: Int64, using random: inout SeededGenerator) -> Event {
        let time = EventTime(clampingUnixMs: 1_000_000 + Int64.random(in: 0..<momentCount, using: &random) * 10)
        let kind: Subject.Kind = Bool.random(using: &random) ? .product : .page
        let hasValue = Bool.random(using: &random)
        return Event(
            id: EventID(validated: "e\(random.next())"), source: .quanyu,
            person: PersonID(validated: "person \(person)"),
            name: names[Int.random(in: 0..<names.count, using: &random)],
            channel: channels[Int.random(in: 0..<channels.count, using: &random)], time: time, receivedAt: time,
            subject: Bool.random(using: &random) ? Subject(kind: kind, id: "\(random.next() % 9)") : nil,
            value: hasValue
                ? Money(minor: Int64(random.next() % 900) * 1_000_000_000_000, currency: person % 2 == 0 ? .cny : .usd)
                : nil,
            decision: random.next() % 5 == 0 ? DecisionID(validated: "d\(random.next() % 50)") : nil,
            properties: properties(using: &random))
    }
}

extension RandomEvents {
    /// Of every kind, under several names of one property, and of no use to queries.
    private static func properties(using random: inout SeededGenerator) -> JSONObject {
        var properties = JSONObject()
        if Bool.random(using: &random) { properties.append("city", .string("city \(random.next() % 5)")) }
        switch random.next() % 5 {
        case 0: properties.append("campaign", .int(Int64(random.next() % 3)))
        case 1: properties.append("utm_campaign", .string("autumn \(random.next() % 3)"))
        case 2:
            properties.append("context", ["campaign": ["name": .string("spring \(random.next() % 3)")]])
            if Bool.random(using: &random) { properties.append("campaign", .string("1")) }
        default: properties.append("note", "not indexed")
        }
        switch random.next() % 6 {
        case 0: properties.append("price", .double(Double(random.next() % 100) / 8))
        case 1: properties.append("price", .int(Int64(random.next() % 12)))
        case 2: properties.append("price", .bool(Bool.random(using: &random)))
        case 3: properties.append("price", "ask us")
        default: break
        }
        return properties
    }
}

typealias TimelineEvent = (sequence: UInt64, event: Event)

/// The same timeline kept as plainly as can be.
struct PlainTimeline {
    var entries: [PersonID: [TimelineEntry]] = [:]

    init(_ events: [TimelineEvent]) {
        for (sequence, event) in events {
            entries[event.person, default: []].append(
                TimelineEntry(
                    sequence: sequence, time: event.time, name: event.name, channel: event.channel,
                    subject: event.subject, value: event.value, decision: event.decision))
        }
        for person in entries.keys {
            entries[person]?.sort { $0.cursor < $1.cursor }
        }
    }

    func level(_ person: PersonID, _ query: FunnelQuery) -> Int {
        let events = (entries[person] ?? []).filter { query.range?.contains($0.time) ?? true }
        for level in stride(from: query.steps.count, to: 0, by: -1) {
            for first in events where query.steps[0].matches(first) {
                var time: EventTime? = first.time
                for step in query.steps[..<level] {
                    time = time.flatMap { t in events.first { $0.time >= t && step.matches($0) }?.time }
                }
                if let time, time.since(first.time) <= query.window { return level }
            }
        }
        return 0
    }
}

extension EventFilter {
    func matches(_ entry: TimelineEntry) -> Bool {
        (name == nil || entry.name == name) && channel ?? entry.channel == entry.channel
            && (subjectKind == nil || entry.subject?.kind == subjectKind)
    }
}
