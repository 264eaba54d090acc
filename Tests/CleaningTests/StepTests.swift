import Base
import Domain
import Testing

@testable import Cleaning

@Suite struct TimeBoundsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, age: Milliseconds, timing: JSON?, clampedAge: Milliseconds
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "just inside the past", age: .days(30), timing: nil, clampedAge: .days(30)),
        Case(why: "a moment too late", age: Milliseconds(30 * 86_400_000 + 1), timing: "late", clampedAge: .days(30)),
        Case(why: "just inside what is ahead", age: .minutes(-10), timing: nil, clampedAge: .minutes(-10)),
        Case(why: "a moment too far ahead", age: Milliseconds(-600_001), timing: "ahead", clampedAge: .minutes(-10)),
    ]

    @Test(arguments: cases) func whatLiesOutsideIsMarkedOrMoved(_ c: Case) {
        var settings = TimeBoundsSettings()
        var event = CleaningSamples.event(age: c.age)
        #expect((TimeBounds(settings)(&event) == .changed) == (c.timing != nil))
        #expect(event.properties["timing"] == c.timing)
        settings.action = .clamp
        event = CleaningSamples.event(age: c.age)
        _ = TimeBounds(settings)(&event)
        #expect(event.receivedAt.since(event.time) == c.clampedAge)
        #expect(event.properties["timing"] == nil)
    }
}

@Suite struct TrafficTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, event: Event, mark: TrafficMark?
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "a customer", event: CleaningSamples.event(properties: ["user_agent": "Safari"]), mark: nil),
        Case(
            why: "a crawler in other letters",
            event: CleaningSamples.event(properties: ["$user_agent": "x googleBOT/2"]), mark: .bot),
        Case(why: "its name elsewhere", event: CleaningSamples.event(properties: ["q": "googlebot"]), mark: nil),
        Case(why: "one of ours", event: CleaningSamples.event(person: "boss"), mark: .own),
        Case(
            why: "one of ours by another id",
            event: CleaningSamples.event(ids: [PersonIdentifier(.login, PersonID(validated: "boss"))]), mark: .own),
        Case(why: "our net", event: CleaningSamples.event(properties: ["ip": "203.0.113.77"]), mark: .own),
        Case(why: "our address", event: CleaningSamples.event(properties: ["ip": "2001:db8::1"]), mark: .own),
        Case(why: "a longer address", event: CleaningSamples.event(properties: ["ip": "2001:db8::11"]), mark: nil),
        Case(
            why: "our own program is ours before it is a program",
            event: CleaningSamples.event(properties: ["user_agent": "shopcheck/1 spider"]), mark: .own),
    ]

    @Test(arguments: cases) func isKnownByTheRules(_ c: Case) throws {
        var settings = try CleaningSamples.everything()
        settings.text.isOn = false
        let cleaned = CleaningPipeline(settings)(c.event)
        #expect(cleaned.mark == c.mark)
        #expect(cleaned.event.properties["traffic"] == c.mark.map { .string($0.rawValue) })
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func allTextsAreFoundWhereverTheyStand(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func text(_ count: Range<Int>) -> String {
            String((0..<Int.random(in: count, using: &random)).map { _ in "abAB".randomElement(using: &random) ?? "a" })
        }
        let patterns = (0..<4).map { _ in text(1..<5) }
        let search = TextSearch(patterns)
        for _ in 0..<40 {
            let text = text(0..<12)
            let isThere = patterns.contains { text.lowercased().contains($0.lowercased()) }
            #expect(search.finds(in: text) == isThere, "\(patterns) in \(text)")
        }
    }
}

@Suite struct TextFormTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, text: String, want: String?
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "plain", text: "Shop 7", want: nil),
        Case(why: "Chinese", text: "直播间，欢迎！", want: nil),
        Case(why: "a letter and its mark", text: "Cafe\u{301}", want: "Café"),
        Case(why: "full-width letters and digits", text: "ＡＢｃ１２３", want: "ABc123"),
        Case(why: "a wide letter and its mark", text: "ｅ\u{301}", want: "é"),
        Case(why: "full-width punctuation", text: "好（１）！", want: "好（1）！"),
        Case(why: "half-width katakana", text: "ｶﾞ", want: nil),
        Case(why: "Hangul in parts", text: "\u{1112}\u{1161}\u{11AB}", want: "한"),
    ]

    @Test(arguments: cases) func textsHaveOneForm(_ c: Case) {
        let formed = TextForm(TextSettings()).changed(c.text)
        #expect(formed.map { Array($0.utf8) } == c.want.map { Array($0.utf8) })
    }

    @Test func valuesAreFormedAtAnyDepthAndNamesOfPropertiesStay() throws {
        var event = CleaningSamples.event(properties: ["ａ": ["b": ["１", 2, .null]]])
        #expect(TextForm(TextSettings())(&event) == .changed)
        #expect(JSON.object(event.properties).text == #"{"ａ":{"b":["1",2,null]}}"#)
    }
}

@Suite struct UnitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, minor: Int64, from: String, to: String, rate: String, want: Int64?
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "exact", minor: 100, from: "USD", to: "CNY", rate: "7.12", want: 712),
        Case(why: "half to the even number below", minor: 100, from: "USD", to: "CNY", rate: "7.125", want: 712),
        Case(why: "half to the even number above", minor: 100, from: "USD", to: "CNY", rate: "7.135", want: 714),
        Case(why: "a hair over half", minor: 100, from: "USD", to: "CNY", rate: "7.12500000001", want: 713),
        Case(why: "a half below zero", minor: -100, from: "USD", to: "CNY", rate: "7.135", want: -714),
        Case(why: "from no minor unit", minor: 1000, from: "JPY", to: "CNY", rate: "0.0487", want: 4870),
        Case(why: "to no minor unit", minor: 4870, from: "CNY", to: "JPY", rate: "20.5", want: 998),
        Case(why: "from three digits", minor: 1234, from: "KWD", to: "CNY", rate: "23.4", want: 2888),
        Case(
            why: "the largest", minor: Money.minorMax, from: "USD", to: "CNY", rate: "1", want: Money.minorMax),
        Case(why: "past the largest", minor: Money.minorMax, from: "USD", to: "CNY", rate: "1.1", want: nil),
        Case(why: "a tenth is a tenth", minor: 3, from: "USD", to: "CNY", rate: "0.1", want: 0),
    ]

    @Test(arguments: cases) func amountsAreConvertedExactlyAndRoundedOnce(_ c: Case) throws {
        let from = try #require(Currency(code: c.from)), to = try #require(Currency(code: c.to))
        let money = try #require(Money(minor: c.minor, currency: from))
        let rate = try #require(ExactDecimal(c.rate))
        #expect(money.converted(to: to, rate: rate)?.minor == c.want)
    }

    @Test func theNewestRateOnOrBeforeTheDayCounts() throws {
        func rate(_ day: String) throws -> String? {
            CleaningSamples.rates.rate(from: .usd, to: .cny, on: try #require(CalendarDay(day)))?.text
        }
        #expect(try rate("2025-12-31") == nil)
        #expect(try rate("2026-01-01") == "7")
        #expect(try rate("2026-05-28") == "7.125")
        #expect(try rate("2030-01-01") == "7.5")
        let earlier = CleaningSamples.rates.upTo(idMax: 3)
        let day = try #require(CalendarDay("2026-05-28"))
        #expect(earlier.rate(from: .usd, to: .cny, on: day)?.text == "7.2")
        #expect(earlier.rate(from: .cny, to: .usd, on: day) == nil)
    }

    @Test func theOriginalAmountIsKeptAndAMissingRateIsCounted() throws {
        let pipeline = CleaningPipeline(try CleaningSamples.everything(), rates: CleaningSamples.rates)
        let cleaned = pipeline(CleaningSamples.event(value: Money(minor: 1000, currency: .usd)))
        #expect(cleaned.event.value == Money(minor: 7125, currency: .cny))
        #expect(cleaned.event.properties["value_original"] == ["minor": 1000, "currency": "USD"])
        let pound = try #require(Currency(code: "GBP"))
        let without = pipeline(CleaningSamples.event(value: Money(minor: 1000, currency: pound)))
        #expect(without.event.value == Money(minor: 1000, currency: pound))
        #expect(without.unresolved == CleaningStep.Set(.units) && without.changed.isEmpty)
    }

    @Test(arguments: [
        (JSON.double(1.1), JSON.int(1100)), (.string("2.2005"), .double(2200.5)), (.int(3), .int(3000)),
        (.double(1e-7), .double(0.0001)),
    ])
    func propertiesAreMadeOfOthersWithoutError(given: JSON, want: JSON) throws {
        let pipeline = CleaningPipeline(try CleaningSamples.everything())
        let cleaned = pipeline(CleaningSamples.event(properties: ["weight_kg": given]))
        #expect(cleaned.event.properties["weight_g"] == want)
        #expect(cleaned.event.properties["weight_kg"] == given)
    }

    @Test(arguments: ["1", "-7.25", "0.0001", "123456789012345678", "0"]) func decimalsReadAsTheyAreWritten(
        text: String
    ) {
        #expect(ExactDecimal(text)?.text == text)
    }

    @Test(arguments: ["", ".", "1.", "+1", "1e99", "1234567890123456789", "1 0", "0x1", "--1", "e5"])
    func allElseIsNoDecimal(text: String) { #expect(ExactDecimal(text) == nil) }
}

@Suite struct AliasTests {
    @Test func rulesAreFollowedToTheirEnd() throws {
        let pipeline = CleaningPipeline(try CleaningSamples.everything())
        func subject(_ text: String, decision: String? = nil) -> String? {
            pipeline(CleaningSamples.event(subject: text, decision: decision)).event.subject?.description
        }
        #expect(subject("product:A1") == "product:C3")
        #expect(subject("product:old-old-A1") == "product:C3")
        #expect(subject("room:old-7") == "room:old-7")
        #expect(subject("product:A1", decision: "d") == "product:A1", "it stays as decided")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, rules: JSON, place: String
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "itself", rules: ["channels": [["from": "a", "to": "a"]]], place: "channels[0]"),
        Case(
            why: "there and back",
            rules: ["channels": [["from": "a", "to": "b"], ["from": "b", "to": "a"]]], place: "channels[0]"),
        Case(
            why: "a beginning that grows", rules: ["channel_prefixes": [["from": "a", "to": "aa"]]],
            place: "channel_prefixes[0]"),
        Case(
            why: "by way of a beginning",
            rules: ["channels": [["from": "ya", "to": "x-ya"]], "channel_prefixes": [["from": "x-y", "to": "y"]]],
            place: "channels[0]"),
        Case(
            why: "by way of another kind of rule",
            rules: ["channels": [["from": "ya", "to": "x-a"]], "channel_prefixes": [["from": "x-", "to": "y"]]],
            place: "channels[0]"),
        Case(
            why: "twice", rules: ["channels": [["from": "a", "to": "b"], ["from": "a", "to": "c"]]],
            place: "channels[1].from"),
        Case(why: "no subject", rules: ["subjects": [["from": "A1", "to": "product:1"]]], place: "subjects[0]"),
        Case(why: "two kinds", rules: ["subjects": [["from": "room:1", "to": "product:1"]]], place: "subjects[0]"),
        Case(
            why: "no kind", rules: ["subject_prefixes": [["from": "old", "to": "new"]]], place: "subject_prefixes[0]"),
    ]

    @Test(arguments: cases) func rulesThatLeadNowhereAreRefused(_ c: Case) throws {
        var step = try #require(c.rules.objectValue)
        step.append("step", "aliases")
        let error = #expect(throws: CleaningSettingsError.self) { try CleaningSettings(json: [.object(step)]) }
        #expect(error?.place == "steps[0]." + c.place)
    }
}

@Suite struct SettingsTests {
    @Test func settingsReadAsTheyAreWritten() throws {
        let settings = try CleaningSamples.everything()
        #expect(try CleaningSettings(json: settings.json) == settings)
        #expect(try CleaningSettings(json: []) == CleaningSettings())
        let empty: JSON = [["step": "units", "reporting_currency": .null]]
        #expect(try CleaningSettings(json: empty) == CleaningSettings())
        #expect(try CleaningSettings(json: CleaningSettings().json) == CleaningSettings())
    }

    static let faults: [(json: JSON, place: String)] = [
        (JSON.object(JSONObject()), "steps"), ([["on": true]], "steps[0].step"),
        ([["step": "text"], ["step": "text"]], "steps[1].step"),
        ([["step": "aliases"], ["step": "text"]], "steps[1].step"),
        ([["step": "text", "colour": 1]], "steps[0].colour"),
        ([["step": "text", "on": "yes"]], "steps[0].on"),
        ([["step": "text", "nfc": .null]], "steps[0].nfc"),
        ([["step": "time_bounds", "past_days": -1]], "steps[0].past_days"),
        ([["step": "time_bounds", "action": "drop"]], "steps[0].action"),
        ([["step": "traffic", "own_people": [7]]], "steps[0].own_people"),
        ([["step": "traffic", "bots": ["patterns": [""]]]], "steps[0].bots.patterns"),
        ([["step": "units", "reporting_currency": "renminbi"]], "steps[0].reporting_currency"),
        ([["step": "units", "rules": [["from": "a", "to": "b", "factor": "0"]]]], "steps[0].rules[0].factor"),
        ([["step": "units", "rules": [["from": "a", "to": "a", "factor": "1"]]]], "steps[0].rules[0].to"),
        (
            [
                [
                    "step": "units",
                    "rules": [["from": "b", "to": "c", "factor": "1"], ["from": "a", "to": "b", "factor": "1"]],
                ]
            ], "steps[0].rules[1].to"
        ),
    ]

    @Test(arguments: faults) func whatIsWrongIsNamed(json: JSON, place: String) {
        let error = #expect(throws: CleaningSettingsError.self) { try CleaningSettings(json: json) }
        #expect(error?.place == place)
    }
}
