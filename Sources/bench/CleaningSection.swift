import Base
import Cleaning
import Domain

/// What it costs to read an event through the steps.
func measureCleaning(_ workshop: borrowing Workshop) throws -> [Figure] {
    let count = workshop.options.pick(full: 500_000, smoke: 500)
    let everything = CleaningPipeline(try CleaningSettings(json: CleaningCase.steps))
    let cases = [
        CleaningCase("cleaning-default", .first, CleaningCase.usual, "nothing is set"),
        CleaningCase("cleaning-untouched", everything, CleaningCase.usual, "all steps on, none has anything to do"),
        CleaningCase("cleaning-chinese", everything, CleaningCase.chinese, "the same for an event with Chinese texts"),
        CleaningCase("cleaning-changed", everything, CleaningCase.changed, "three steps change it"),
    ]
    return cases.map { one in
        let (timing, changed) = time(repeats: workshop.options.pick(full: 5, smoke: 1)) {
            (0..<count).reduce(0) { sum, _ in sum + Int(one.pipeline(one.event).changed.rawValue) }
        }
        return Figure(
            one.name, "ns/event", timing.best / Double(count) * 1e9, .lower,
            note: "one thread; \(one.note); sum \(changed / count)")
    }
}

private struct CleaningCase {
    let name: String
    let pipeline: CleaningPipeline
    let event: Event
    let note: String

    init(_ name: String, _ pipeline: CleaningPipeline, _ event: Event, _ note: String) {
        (self.name, self.pipeline, self.event, self.note) = (name, pipeline, event, note)
    }

    static let steps: JSON = [
        ["step": "time_bounds", "on": true],
        [
            "step": "traffic", "on": true,
            "bots": ["patterns": ["googlebot", "bingbot", "spider", "crawler", "curl/"]],
            "own_people": ["boss"], "own_address_prefixes": ["203.0.113."],
        ],
        ["step": "text", "on": true],
        [
            "step": "units", "on": true, "reporting_currency": "CNY",
            "rules": [["from": "weight_kg", "to": "weight_g", "factor": "1000"]],
        ],
        [
            "step": "aliases", "on": true, "subjects": [["from": "product:old", "to": "product:new"]],
            "channels": [["from": "tiktok", "to": "douyin"]],
        ],
    ]

    static let usual = event(
        "douyin", ["page": "/room/42", "position": 3, "user_agent": .string(agent), "ip": "198.51.100.7"])
    static let chinese = event(
        "直播间", ["page": "春夏新品 连衣裙", "position": 3, "user_agent": .string(agent), "keyword": "红色，长款（显瘦）"])
    static let changed = event("tiktok", ["weight_kg": .double(1.1), "keyword": "ＡＢＣ１２３"])

    private static let agent =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"

    private static func event(_ channel: String, _ properties: JSON) -> Event {
        let time = EventTime(clampingUnixMs: 1_780_000_000_000)
        return Event(
            id: EventID(validated: "e"), source: SourceName(validated: "web"), person: PersonID(validated: "u-12345"),
            name: .orderPaid, channel: Channel(validated: channel), time: time, receivedAt: time,
            subject: Subject(kind: .product, id: "12345"), value: Money(minor: 1999, currency: .cny),
            properties: properties.objectValue ?? JSONObject())
    }
}
