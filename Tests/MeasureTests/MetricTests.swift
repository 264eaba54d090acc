import Base
import Domain
import Foundation
import Statistics
import TestSupport
import Testing
import Timeline

@testable import Measure

@Suite struct MetricExpressionTests {
    private static let names = ["order_paid", "room_enter", "follow", "product_view"]

    private static func filter(_ random: inout SeededGenerator) -> JSON {
        switch random.next() % 4 {
        case 0: ["name": .string(names[Int(random.next() % 4)]), "subject_kind": "product"]
        case 1: ["channel": "live_room", "where": ["variant": ["holdout", "treatment"]]]
        default: .string(names[Int(random.next() % 4)])
        }
    }

    private static func relation(_ random: inout SeededGenerator) -> JSON {
        var object: JSONObject = JSONObject()
        object.append("of", filter(&random))
        if random.next() % 2 == 0 { object.append("unless", [filter(&random), filter(&random)]) }
        if random.next() % 2 == 0 { object.append("within_ms", .int(Int64(random.next() % 9000))) }
        if random.next() % 2 == 0 { object.append("same_subject", true) }
        if random.next() % 2 == 0 { object.append("choice", "first") }
        return .object(object)
    }

    private static func leaf(_ random: inout SeededGenerator) -> JSON {
        var object = JSONObject()
        object.append("of", filter(&random))
        let kind = ["events", "orders", "people", "sum", "seconds", "subjects"][Int(random.next() % 6)]
        if kind == "people", random.next() % 2 == 0 { object.append("at_least", 3) }
        if kind == "sum" { object.append("value", random.next() % 2 == 0 ? "money" : "quantity") }
        if kind == "seconds" { object.append("gap_max_ms", 120_000) }
        if random.next() % 3 == 0 { object.append("first", true) }
        if random.next() % 2 == 0 {
            object.append("after", relation(&random))
            if random.next() % 2 == 0 { object.append("counts_with", "after") }
        }
        if random.next() % 3 == 0 { object.append("without", relation(&random)) }
        if random.next() % 3 == 0 { object.append("unless_followed", relation(&random)) }
        return .object(JSONObject([JSONObject.Member(name: kind, value: .object(object))]))
    }

    private static func expression(_ random: inout SeededGenerator, depth: Int) -> JSON {
        switch depth == 0 ? 3 : random.next() % 6 {
        case 0: ["ratio": [expression(&random, depth: depth - 1), expression(&random, depth: depth - 1)]]
        case 1: ["times": [["number": 1000], expression(&random, depth: depth - 1)]]
        case 2: ["minus": [leaf(&random), leaf(&random)]]
        case 4: ["ratio": [["parameter": "gross_margin"], ["days": true]]]
        default: leaf(&random)
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func whatIsWrittenIsReadAgain(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let read = try MetricExpression(json: Self.expression(&random, depth: 3))
        let again = try MetricExpression(json: read.json)
        #expect(again == read)
        #expect(again.json.text == read.json.text, "one way to write it")
        #expect(!read.formula.isEmpty)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let json: String, place: String, why: String
        var testDescription: String { why }
    }

    static let cases = [
        Case(json: #"{"people": {}}"#, place: "expression.people.of", why: "is missing"),
        Case(json: #"{"person": {"of": "a"}}"#, place: "expression.person", why: "is no member here"),
        Case(json: #"{"ratio": [{"number": 1}]}"#, place: "expression.ratio", why: "must hold two expressions"),
        Case(
            json: #"{"minus": [{"events": {"of": "a"}}, {"number": 1}]}"#, place: "expression",
            why: "takes one thing from another kind of thing"),
        Case(
            json: #"{"ratio": [{"number": 1}, {"sum": {"of": "a", "value": 3}}]}"#,
            place: "expression.ratio[1].sum.value", why: "must be a text"),
        Case(
            json: #"{"people": {"of": ["a", {"kind": "room"}]}}"#, place: "expression.people.of[1].kind",
            why: "there are name, channel, subject_kind, where"),
        Case(
            json: #"{"people": {"of": "a", "counts_with": "after"}}"#, place: "expression.people.counts_with",
            why: "must be \"after\", beside `after`"),
    ]

    @Test(arguments: cases)
    func whatIsWrongIsSaidWithItsPlace(_ one: Case) throws {
        let json = try JSON.parse(one.json)
        let error = #expect(throws: MetricError.self) { try MetricExpression(json: json) }
        #expect(error?.place == one.place)
        #expect(error?.description.contains(one.why) == true, "\(error?.description ?? "")")
    }
}

@Suite struct MetricLibraryTests {
    static let library: MetricLibrary? = try? MetricLibrary(
        Array(Data(contentsOf: PackageFiles.root.appending(path: "web/rules/metrics/library.json"))))

    /// Every number of live commerce whose definition is settled here.
    static let settled = [
        "gmv", "net_sales", "gpm", "uv_value", "room_entry_rate", "product_exposure_rate", "product_click_rate",
        "click_create_rate", "create_pay_rate", "enter_pay_rate", "product_conversion", "product_guided_rate",
        "order_value_per_buyer", "unit_price", "watch_seconds", "engagement_rate", "follow_rate", "old_fan_gmv_share",
        "post_live_sales", "roas", "break_even_roas", "cac", "ltv_90", "payback_90", "repurchase_rate", "refund_rate",
        "sell_through_skus", "sell_through_units", "days_of_cover", "incremental_lift", "forecast_wape",
        "gmv_shipped", "unpaid_rate", "actions_per_view", "roas_net", "forecast_coverage",
    ]

    @Test func holdsEveryMetricInBothLanguages() throws {
        let library = try #require(Self.library)
        for id in Self.settled { #expect(library[id] != nil, "\(id)") }
        let texts =
            library.definitions.map { ($0.id, [$0.name, $0.formula, $0.trap]) }
            + library.answers.map { ($0.id, [$0.formula, $0.trap]) }
            + library.uncountable.map { ($0.id, [$0.name, $0.reason, $0.needs]) }
        for (id, texts) in texts {
            for text in texts {
                #expect(text.chinese.unicodeScalars.contains { $0.value >= 0x4E00 }, "\(id)")
                #expect(!text.english.unicodeScalars.contains { $0.value >= 0x4E00 }, "\(id)")
            }
        }
    }

    /// `UPDATE_GOLDEN=1 swift test` rewrites the file; where a hash changes, so must the version.
    @Test func aHashIsOfTheMeaningAlone() throws {
        let library = try #require(Self.library)
        let hashes = library.definitions.map { "\($0.id) v\($0.version) \($0.hash)" }.joined(separator: "\n") + "\n"
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/metric_hashes.txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try hashes.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == hashes)
        #expect(Set(library.definitions.map(\.hash)).count == library.definitions.count)
    }

    @Test func thePageOfTheLibraryIsOfItsData() throws {
        let library = try #require(Self.library)
        let lines = Set(try PackageFiles.lines("docs/metrics.md"))
        for one in library.definitions {
            let row = [
                "`\(one.id)` v\(one.version)", "\(one.name.chinese) · \(one.name.english)", one.formula.english,
                one.trap.english, one.source,
            ].joined(separator: " | ")
            #expect(lines.contains { $0.hasPrefix(String("| \(row)".utf8.prefix(380)) ?? "") }, "\(one.id)")
        }
        for one in library.answers {
            let row = "| `\(one.id)` v\(one.version) | \(one.name.english) | \(one.formula.english) |"
            #expect(lines.contains { $0.hasPrefix(String(row.utf8.prefix(380)) ?? "") }, "\(one.id)")
        }
        for one in library.uncountable {
            let row = "| `\(one.id)` | \(one.name.english) | \(one.reason.english) | \(one.needs.english) |"
            #expect(lines.contains { $0.hasPrefix(String(row.utf8.prefix(380)) ?? "") }, "\(one.id)")
        }
    }

    @Test func aSecondMetricOfOneNameIsRefused() throws {
        let library = try #require(Self.library)
        let one = library.definitions[0]
        let json: JSON = [
            "id": .string(one.id), "version": 1, "name": ["zh": "数", "en": "n"], "formula": ["zh": "数", "en": "n"],
            "trap": ["zh": "数", "en": "n"], "unit": "count", "expression": one.expressionJSON,
        ]
        let bytes = Array(JSON.object(JSONObject([.init(name: "metrics", value: [json, json])])).text.utf8)
        #expect(throws: MetricError(place: "metrics[1]", reason: .twice(id: one.id))) { try MetricLibrary(bytes) }
    }

    @Test func everyMetricIsCountedOrSaysWhyNot() throws {
        let library = try #require(Self.library)
        let snapshot = Self.shop.snapshot()
        for definition in library.definitions {
            let query = try MetricQuery(
                definition, boundaries: Self.all, currency: .cny, parameters: ["gross_margin": 0.3])
            let value = snapshot.metric(query).total
            #expect((value.value == nil) == (value.gap != nil), "\(definition.id)")
            if let interval = value.interval, let found = value.value {
                #expect(interval.low <= found && found <= interval.high, "\(definition.id)")
            }
        }
    }

    @Test func allInOnePassAreWhatEachIsAlone() throws {
        let library = try #require(Self.library)
        let snapshot = Self.shop.snapshot()
        let queries = try library.definitions.map {
            try MetricQuery($0, boundaries: Self.all, currency: .cny, parameters: ["gross_margin": 0.3])
        }
        let found = snapshot.metrics(queries)
        #expect(found.count == queries.count)
        for (query, result) in zip(queries, found) {
            #expect(result.total == snapshot.metric(query).total, "\(query.definition.id)")
        }
    }

    @Test func aHashOfAnAnswerIsOfWhatIsMeant() throws {
        let funnel = try #require(Self.library?.answer("query.funnel"))
        let asked = { (text: String) throws in funnel.hash(of: try #require(try JSON.parse(text).objectValue)) }
        let one = try asked(#"{"steps": [{"name": "a", "within_ms": null}], "window_ms": 5, "from": "2025-01-01"}"#)
        #expect(try asked(#"{"window_ms": 5, "order": null, "to": "2026-01-01", "steps": [{"name": "a"}]}"#) == one)
        #expect(try asked(#"{"steps": [{"name": "b"}], "window_ms": 5}"#) != one)
        #expect(try asked(#"{"steps": [{"name": "a"}], "window_ms": 6}"#) != one)
        #expect(funnel.hash(basis: "one") != funnel.hash(basis: "other"))
        #expect(try #require(Self.library?.answer("query.paths")).hash() != funnel.hash())
    }

    @Test func whatRestatesAMetricIsWhatItCounts() throws {
        let library = try #require(Self.library)
        #expect(library["gmv"]?.restatedBy == [.gross])
        #expect(library["net_sales"]?.restatedBy == [.gross, .refunded])
        #expect(library["buyers"]?.restatedBy == [.orders])
        #expect(library["room_entry_rate"]?.restatedBy == [])
    }

    @Test func trapsAreSettledAsTheySay() throws {
        let snapshot = Self.shop.snapshot()
        func value(_ id: String) throws -> Double? {
            let definition = try #require(Self.library?[id])
            return snapshot.metric(
                try MetricQuery(
                    definition, boundaries: Self.all, currency: .cny, parameters: ["gross_margin": 0.3])
            ).total.value
        }
        #expect(try value("gmv") == 40_000)
        #expect(try value("net_sales") == 35_000)
        #expect(try value("refund_rate") == 1.0 / 3)
        #expect(try value("gpm") == 1000 * 40_000 / 4, "an entry again is a view again")
        #expect(try value("enter_pay_rate") == 1.0 / 3, "who bought before entering did not convert")
        #expect(try value("order_value_per_buyer") == 20_000)
        #expect(try value("repurchase_rate") == 0.5)
        #expect(try value("watch_seconds") == 60.0 / 3, "a gap of an hour is not watched")
        #expect(try value("follow_rate") == 0, "who unfollows within a day is no new follower")
        #expect(try value("actions_per_view") == 0.25, "of views, not of viewers")
        #expect(try value("gmv_shipped") == nil, "without shipments there is no number")
        #expect(try value("sell_through_units") == nil)
        #expect(try value("cac") == nil, "without costs, none is not 0")
        let breakEven = try #require(try value("break_even_roas"))
        #expect(abs(breakEven - 1 / (0.3 * (1 - 5000.0 / 40_000))) < 1e-9)
    }

    private static let all = [EventTime(clampingUnixMs: 0), EventTime(clampingUnixMs: 400 * 86_400_000)]

    /// Three viewers: one who watches and buys twice, one who had bought before entering, one who follows for an hour.
    private static var shop: Timeline {
        let timeline = Timeline()
        let told: [(String, Int64, String, String?, Int64?)] = [
            ("ada", 0, "room_enter", "room:1", nil), ("ada", 60, "room_stay", "room:1", nil),
            ("ada", 3660, "room_stay", "room:1", nil), ("ada", 3700, "order_paid", "order:1", 20_000),
            ("ada", 90_000, "order_paid", "order:2", 10_000), ("ada", 900_000, "order_refunded", "order:1", 5000),
            ("bo", 100, "order_paid", "order:3", 10_000), ("bo", 200, "room_enter", "room:1", nil),
            ("bo", 300_000, "room_enter", "room:1", nil),
            ("cy", 50, "room_enter", "room:1", nil), ("cy", 70, "follow", "room:1", nil),
            ("cy", 3000, "unfollow", "room:1", nil),
        ]
        timeline.append(
            told.enumerated().map { number, one in
                let time = EventTime(clampingUnixMs: 86_400_000 + one.1 * 1000)
                let event = Event(
                    id: EventID(validated: "e\(number)"), source: .quanyu, person: PersonID(validated: one.0),
                    name: EventName(validated: one.2), channel: Channel(validated: "live_room"), time: time,
                    receivedAt: time, subject: one.3.flatMap { Subject($0) },
                    value: one.4.flatMap { Money(minor: $0, currency: .cny) })
                return (UInt64(number), event)
            })
        return timeline
    }
}

@Suite struct MetricIntervalTests {
    /// The delta method of any expression is `RatioEstimate` where that is a ratio of two sums.
    @Test(arguments: 1..<30 as Range<UInt64>)
    func aRatioOfSumsHasTheIntervalOfARatio(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var cell = TallyResult.Cell(leafCount: 2)
        var ratio = RatioEstimate()
        for _ in 0..<Int(random.next() % 50) + 2 {
            let own = [Double(random.next() % 1000), Double(random.next() % 9) + 1]
            ratio.add(top: own[0], bottom: own[1])
            cell.people += 1
            for one in 0..<2 {
                cell.sums[one] += own[one]
                cell.events[one] += 1
                for other in 0..<2 { cell.products[one * 2 + other] += own[one] * own[other] }
            }
        }
        let definition = try #require(MetricLibraryTests.library?["order_value_per_buyer"])
        let value = MetricValue(definition, cell, parameters: [:], days: 1)
        let (found, expected) = (try #require(value.interval), try #require(ratio.interval()))
        #expect(abs(found.low - expected.low) < 1e-6 * abs(expected.low) + 1e-6)
        #expect(abs(found.high - expected.high) < 1e-6 * abs(expected.high) + 1e-6)
    }

    @Test func aShareOfPeopleHasWilsons() throws {
        var cell = TallyResult.Cell(leafCount: 2)
        cell.people = 40
        cell.sums = [7, 40]
        cell.events = [7, 40]
        let definition = try #require(MetricLibraryTests.library?["enter_pay_rate"])
        let value = MetricValue(definition, cell, parameters: [:], days: 1)
        #expect(value.interval == Proportion(positives: 7, total: 40)?.interval())
        #expect(value.top == 7 && value.bottom == 40)
    }
}
