import Base
import Domain
import TestSupport
import Testing

@testable import Timeline

@Suite struct PropertyTests {
    /// The value of a property as it is said in words: the first of its paths that holds a text, a number or a flag.
    private static func value(_ name: PropertyName, _ event: Event) -> JSON? {
        guard let property = IndexedProperty.standard.first(where: { $0.name == name }) else { return nil }
        for path in property.paths {
            var found: JSON? = .object(event.properties)
            for step in path { found = found?[step] }
            guard let found else { continue }
            if property.isIdentifier, let whole = found.intValue { return .string(String(whole)) }
            if found.stringValue ?? "x" != "", found.objectValue == nil, found.arrayValue == nil { return found }
        }
        return nil
    }

    private static func meets(_ condition: PropertyCondition, _ event: Event) -> Bool {
        let value = value(condition.property, event)
        switch condition.test {
        case .isOneOf(let texts): return value?.stringValue.map(texts.contains) ?? false
        case .isNoneOf(let texts): return !(value?.stringValue.map(texts.contains) ?? false)
        case .contains(let part): return value?.stringValue?.contains(part) ?? false
        case .startsWith(let start): return value?.stringValue?.hasPrefix(start) ?? false
        case .isWithin(let range): return value?.doubleValue.map(range.contains) ?? false
        case .isFlag(let flag): return value?.boolValue == flag
        case .isPresent: return value != nil
        case .isAbsent: return value == nil
        }
    }

    private static let (city, campaign, price) = (
        PropertyName(validated: "city"), PropertyName(validated: "campaign"), PropertyName(validated: "price")
    )

    static let conditions: [[PropertyCondition]] = [
        [.init(city, .isOneOf(["city 1", "city 3", "nowhere"]))], [.init(city, .isNoneOf(["city 1"]))],
        [.init(city, .isPresent)], [.init(city, .isAbsent)], [.init(campaign, .isOneOf(["1"]))],
        [.init(campaign, .contains("tumn"))], [.init(campaign, .startsWith("spring"))],
        [.init(price, .isWithin(2...5))], [.init(price, .isWithin(5 ... .infinity))], [.init(price, .isFlag(true))],
        [.init(price, .isFlag(false))], [.init(price, .isOneOf(["ask us"]))], [.init(price, .isPresent)],
        [.init(price, .isAbsent), .init(city, .isPresent)],
        [.init(campaign, .startsWith("a")), .init(city, .isOneOf(["city 2"]))],
        [.init(PropertyName(validated: "note"), .isPresent)], [.init(PropertyName(validated: "note"), .isAbsent)],
    ]

    private static let filters =
        conditions.map { EventFilter(name: nil, conditions: $0) } + [
            EventFilter(
                name: RandomEvents.names[0], channel: RandomEvents.channels[1], conditions: [.init(city, .isPresent)]),
            EventFilter(name: nil, subject: Subject(kind: .product, id: "3")),
        ]

    /// The sequences of the events that meet each filter.
    private static func found(_ snapshot: TimelineSnapshot) -> [Set<UInt32>] {
        let parts = snapshot.scan(
            matching: filters, start: { [Set<UInt32>](repeating: [], count: filters.count) },
            visit: { found, people in
                for person in people.people where !isSkipped(person, people.skipped) {
                    for i in Int(people.offsets[person])..<Int(people.offsets[person + 1]) {
                        for filter in filters.indices where people.masks[i] >> UInt32(filter) & 1 != 0 {
                            found[filter].insert(people.columns.sequences[people.events.lowerBound + i])
                        }
                    }
                }
            })
        return filters.indices.map { filter in parts.reduce(into: Set()) { $0.formUnion($1[filter]) } }
    }

    private static func isSkipped(_ person: Int, _ words: [UInt64]) -> Bool {
        person / 64 < words.count && words[person / 64] >> UInt64(person % 64) & 1 != 0
    }

    private static func wanted(_ events: [TimelineEvent]) -> [Set<UInt32>] {
        filters.map { filter in
            Set(
                events.filter { _, event in
                    filter.name ?? event.name == event.name && filter.channel ?? event.channel == event.channel
                        && (filter.subject == nil || filter.subject == event.subject)
                        && filter.conditions.allSatisfy { meets($0, event) }
                }.map { UInt32($0.sequence) })
        }
    }

    @Test(arguments: TimelineQueryTests.seeds)
    func filtersFindTheEventsThatMeetThem(seed: UInt64) {
        TimelineAgreementTests.check(seed) { world in
            #expect(Self.found(world.timeline.snapshot()) == Self.wanted(world.events))
        }
        let merged = MergedWorld(seed: seed, groupCount: 8)
        #expect(Self.found(merged.snapshot) == Self.wanted(merged.apart.events))
    }

    @Test func whatIsSavedHasItsProperties() throws {
        let folder = try TemporaryDirectory()
        let events = RandomEvents.make(seed: 8, count: 1200)
        let timeline = Timeline()
        timeline.append(Array(events.prefix(900)))
        try timeline.save(to: folder.path("timeline"))
        let loaded = try Timeline.load(from: folder.path("timeline"))
        loaded.append(Array(events.dropFirst(900)))
        #expect(Self.found(loaded.snapshot()) == Self.wanted(events))
        let others = TimelineOptions(properties: [IndexedProperty(name: Self.city)])
        #expect(throws: TimelineError.ofOtherProperties) {
            try Timeline.load(from: folder.path("timeline"), options: others)
        }
    }

    @Test func aTextThatIsTooLongIsNoValue() {
        var long = JSONObject()
        long.append("city", .string(String(repeating: "长", count: 43)))
        var event = RandomEvents.make(seed: 1, count: 1)[0].event
        event.properties = long
        let timeline = Timeline()
        timeline.append([(0, event)])
        let city = Self.conditions.firstIndex { $0 == [.init(Self.city, .isPresent)] } ?? 0
        #expect(Self.found(timeline.snapshot())[city].isEmpty)
    }

    @Test func whatOccursIsNamedWithSomeOfItsTexts() {
        let timeline = Timeline()
        timeline.append(RandomEvents.make(seed: 8, count: 300))
        timeline.merge()
        let seen = timeline.snapshot().seenProperties(textCountMax: 3)
        #expect(seen.map(\.name) == [Self.campaign, Self.price, Self.city])
        #expect(seen.map(\.hasTexts) == [true, true, true] && seen.map(\.hasNumbers) == [false, true, false])
        #expect(seen.map(\.hasFlags) == [false, true, false])
        #expect(seen[2].texts == ["city 0", "city 1", "city 2"])
    }
}

@Suite struct QueryBudgetTests {
    @Test func aQueryStopsOnceItsBudgetIsSpent() throws {
        let timeline = Timeline()
        timeline.append(RandomEvents.make(seed: 4, count: 300))
        let query = try FunnelQuery(steps: [EventFilter(name: RandomEvents.names[0])], window: Milliseconds(1))
        let snapshot = timeline.snapshot()
        let budget = QueryBudget(until: .now + .seconds(60))
        #expect(snapshot.within(budget).funnel(query) == snapshot.funnel(query))
        #expect(!budget.isSpent)
        budget.end()
        #expect(snapshot.within(budget).funnel(query).people == [0])
        let late = QueryBudget(until: .now - .seconds(1))
        #expect(snapshot.within(late).funnel(query).people == [0] && late.isSpent)
    }
}
