import Base
import Domain
import Testing

@testable import Cleaning

/// Events and settings that several suites use.
enum CleaningSamples {
    static let receivedAt = EventTime(clampingUnixMs: 1_780_000_000_000)  // 2026-05-28.

    static func event(
        name: String = "page_view", person: String = "ana", ids: [PersonIdentifier] = [], channel: String = "shop",
        age: Milliseconds = Milliseconds(0), correction: Milliseconds = Milliseconds(0), subject: String? = nil,
        value: Money? = nil, decision: String? = nil, properties: JSON = [:]
    ) -> Event {
        Event(
            id: EventID(validated: "e"), source: SourceName(validated: "web"), person: PersonID(validated: person),
            identifiers: ids, name: EventName(validated: name), channel: Channel(validated: channel),
            time: receivedAt.advanced(by: Milliseconds(-age.count)), clockCorrection: correction,
            receivedAt: receivedAt, subject: subject.flatMap { Subject($0) }, value: value,
            decision: decision.map { DecisionID(validated: $0) }, properties: properties.objectValue ?? JSONObject())
    }

    /// Every step on, each with something to do.
    static func everything() throws -> CleaningSettings {
        try CleaningSettings(json: [
            ["step": "clock_skew", "on": false],
            ["step": "time_bounds", "on": true, "past_days": 2, "ahead_minutes": 5, "action": "clamp"],
            [
                "step": "traffic", "on": true, "bots": ["patterns": ["Googlebot", "spider"]], "own_people": ["boss"],
                "own_address_prefixes": ["203.0.113.", "2001:db8::1"], "own_user_agents": ["ShopCheck/"],
            ],
            ["step": "text", "on": true],
            [
                "step": "units", "on": true, "reporting_currency": "CNY",
                "rules": [
                    ["from": "weight_kg", "to": "weight_g", "factor": "1000"],
                    ["from": "stay_s", "to": "stay_ms", "factor": 1000],
                ],
            ],
            [
                "step": "aliases", "on": true,
                "subjects": [["from": "product:A1", "to": "product:B2"], ["from": "product:B2", "to": "product:C3"]],
                "subject_prefixes": [["from": "product:old-", "to": "product:"]],
                "channels": [["from": "tiktok", "to": "douyin"]],
                "channel_prefixes": [["from": "douyin_", "to": "douyin-"]],
            ],
        ])
    }

    static let rates = RateTable(
        [
            ("2026-01-01", "USD", "7.0"), ("2026-06-01", "USD", "7.5"), ("2026-05-01", "USD", "7.2"),
            ("2026-05-01", "USD", "7.125"), ("2026-01-01", "JPY", "0.0487"), ("2026-01-01", "KWD", "23.4"),
        ].enumerated().compactMap { index, row in
            guard let day = CalendarDay(row.0), let from = Currency(code: row.1), let exact = ExactDecimal(row.2),
                let rate = CurrencyRate(day: day, from: from, to: .cny, rate: exact, source: "test")
            else { return nil }
            return KeptCurrencyRate(id: Int64(index + 1), rate: rate, author: "test", addedAt: receivedAt)
        })

    /// Events that meet every step, in all mixtures.
    static func random(_ random: inout SeededGenerator) -> Event {
        let names = ["page_view", "ｐａｇｅ", "Cafe\u{301}", "order_paid", "decision"]
        let channels = ["shop", "tiktok", "douyin_live", "ｔｉｋｔｏｋ", "直播"]
        let subjects = [nil, "product:A1", "product:old-old-7", "product:１２", "order:x"]
        let weights: [JSON] = [.double(1.1), "2.25", .int(3), "heavy"]
        let addresses: [JSON] = ["203.0.113.9", "198.51.100.1"]
        let agents: [JSON] = ["Mozilla/5.0 (compatible; googleBOT/2.1)", "Safari", "shopcheck/1", 7]
        let currencies = ["CNY", "USD", "JPY", "KWD", "GBP"]
        var properties = JSONObject()
        for (name, values) in [("user_agent", agents), ("ip", addresses), ("weight_kg", weights)]
        where Bool.random(using: &random) {
            properties.append(name, values[Int.random(in: 0..<values.count, using: &random)])
        }
        if Bool.random(using: &random) { properties.append("note", ["a": ["e\u{301}", "ＡＢＣ１２３", 5]]) }
        let currency = Currency(code: currencies.randomElement(using: &random) ?? "CNY") ?? .cny
        return event(
            name: names.randomElement(using: &random) ?? "", person: Bool.random(using: &random) ? "ana" : "boss",
            channel: channels.randomElement(using: &random) ?? "",
            age: .minutes(Int64.random(in: -60...5000, using: &random)),
            correction: Milliseconds(Int64.random(in: -5000...5000, using: &random)),
            subject: subjects.randomElement(using: &random) ?? nil,
            value: Bool.random(using: &random)
                ? Money(minor: Int64.random(in: 0...Money.minorMax, using: &random), currency: currency) : nil,
            decision: Bool.random(using: &random) ? "d" : nil, properties: .object(properties))
    }
}
