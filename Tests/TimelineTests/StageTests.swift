import Base
import Domain
import Testing

@testable import Timeline

@Suite struct StageTests {
    private static let day: Int64 = 86_400_000

    /// At each moment, the state as it is said in words, over the plain timeline.
    private static func states(_ entries: [TimelineEntry], _ query: StageQuery) -> [Int] {
        query.moments.map { moment in
            let stages = query.model.stages.enumerated().filter { _, stage in
                stage.rules.contains { rule in rule.conditions.allSatisfy { holds($0, entries, moment) } }
            }
            return stages.map(\.offset).max().map { $0 + 1 } ?? 0
        }
    }

    private static func holds(
        _ condition: StageModel.Condition, _ entries: [TimelineEntry], _ moment: EventTime
    ) -> Bool {
        let begin = condition.withinDays.map { moment.unixMs - Int64($0) * day }  // Its clocks never change.
        let count = entries.count { entry in
            entry.time < moment && entry.time.unixMs >= begin ?? 0
                && (condition.filters.isEmpty || condition.filters.contains { $0.matches(entry) })
        }
        return Int64(count) >= condition.least
    }

    private static func query(_ seed: UInt64, _ zone: DayZone) throws -> StageQuery {
        let names = RandomEvents.names
        let narrow = EventFilter(
            name: names[1], channel: seed % 3 == 0 ? RandomEvents.channels[0] : nil,
            subjectKind: seed % 4 == 0 ? .product : nil)
        let model = try StageModel(stages: [
            .init(id: "known", rules: [.init(filters: [], withinDays: nil)]),
            .init(
                id: "seen",
                rules: [
                    .init(filters: [narrow, EventFilter(name: names[2])], least: 2, withinDays: 1 + Int(seed % 2)),
                    .init(filters: [EventFilter(name: names[4])], least: 3, withinDays: 1),
                    .init([
                        .init(filters: [EventFilter(name: names[1])], least: 4, sumOf: nil, withinDays: 1),
                        .init(filters: [EventFilter(name: names[0])], least: 2, sumOf: nil, withinDays: 2),
                    ]),
                ]),
            .init(
                id: "never",
                rules: [.init(filters: [EventFilter(name: EventName(validated: "never happened"))], withinDays: nil)]),
            .init(id: "bought", rules: [.init(filters: [EventFilter(name: names[3])], least: 5, withinDays: 2)]),
        ])
        let range = EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 4 * day)
        return try StageQuery(
            model: model, range: range, period: .day, zone: zone,
            observedUntil: EventTime(clampingUnixMs: seed % 5 == 0 ? 5 * day : 2_000_000))
    }

    @Test(arguments: TimelineQueryTests.seeds)
    func standsAndMovesAsTheRulesSay(seed: UInt64) throws {
        try TimelineAgreementTests.check(seed) { world in
            // Midnight lies among the events: those of a hundred thousand moments reach over 17 minutes.
            let zone = DayZone(name: "made up") { _ in Milliseconds(Self.day - 1_200_000 - Int64(seed) * 10_000) }
            let query = try Self.query(seed, zone)
            let snapshot = world.timeline.snapshot()
            let result = snapshot.stages(query)
            let people = world.plain.entries.mapValues { Self.states($0, query) }
            let count = { (number: Int, state: Int) in people.values.count { $0[number] == state } }
            #expect(result.people == query.moments.indices.map { number in (0...4).map { count(number, $0) } })
            let flow = { (first: Int, last: Int) in
                (0...4).map { from in (0...4).map { to in people.values.count { $0[first] == from && $0[last] == to } }
                }
            }
            let last = query.moments.count - 1
            #expect(result.flow == flow(0, last))
            #expect(result.moves == (0..<last).map { flow($0, $0 + 1) })
            for (from, to) in [(0, 1), (0, 4), (nil, 2), (1, nil)] as [(Int?, Int?)] {
                let wanted = people.filter { from ?? $1[0] == $1[0] && to ?? $1[last] == $1[last] }.keys
                #expect(Self.pages(snapshot, from, to, query) == Set(wanted))
            }
            #expect(snapshot.neverSeen(query.model.names).map(\.text) == ["never happened"])
        }
    }

    private static func pages(
        _ snapshot: TimelineSnapshot, _ from: Int?, _ to: Int?, _ query: StageQuery
    ) -> Set<PersonID> {
        var (found, after) = (Set<PersonID>(), Int?.none)
        while true {
            let page = snapshot.people(in: from, then: to, query, after: after, countMax: 3)
            #expect(page.people.count <= 3 && found.isDisjoint(with: page.people))
            found.formUnion(page.people)
            guard let next = page.next else {
                #expect(page.total == found.count)
                return found
            }
            after = next
        }
    }

    /// In the generation and in the head; what is no number, absent, or below 0 adds nothing.
    @Test(arguments: [(44, 1), (45, 1), (46, 0)] as [(Int64, Int)])
    func dwellIsSummed(least: Int64, people: Int) throws {
        let timeline = Timeline()
        let seconds: [JSON] = [.double(19.6), .int(25), "many", .null, .int(-7)]
        for (number, value) in seconds.enumerated() {
            let time = EventTime(clampingUnixMs: 1000 + Int64(number))
            let event = Event(
                id: EventID(validated: "e\(number)"), source: .quanyu, person: PersonID(validated: "p"),
                name: EventName(validated: "room_stay"), channel: RandomEvents.channels[0], time: time,
                receivedAt: time, properties: JSONObject([.init(name: "seconds", value: value)]))
            timeline.append([(sequence: UInt64(number), event: event)])
            if number == 0 { timeline.merge() }
        }
        let rule = StageModel.Rule(
            filters: [EventFilter(name: EventName(validated: "room_stay"))], least: least,
            sumOf: PropertyName(validated: "seconds"), withinDays: 1)
        let model = try StageModel(stages: [.init(id: "stayed", rules: [rule])])
        let query = try StageQuery(
            model: model, range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 1), period: .day, zone: .utc,
            observedUntil: EventTime(clampingUnixMs: 2000))
        let snapshot = timeline.snapshot()
        #expect(snapshot.stages(query).people == [[1, 0], [1 - people, people]])
        #expect(snapshot.people(in: nil, then: 1, query, countMax: 9).total == people)
    }

    @Test(arguments: [
        (0.5, [0, 1, 1.5], false), (1, [0, 1, 1.5], false), (1.5, [0, 1, 1.5], false), (2, [0, 1, 2, 2.5], false),
        (9, [0, 1, 2, 3], true),
    ])
    func aPeriodThatRunsIsSeenAsOfNow(daysAsked: Double, want: [Double], isOver: Bool) throws {
        let observed = daysAsked == 9 ? 9 : daysAsked < 2 ? 1.5 : 2.5
        let model = try StageModel(stages: [.init(id: "known", rules: [.init(filters: [], withinDays: 1)])])
        let time = { (days: Double) in EventTime(clampingUnixMs: Int64(days * Double(Self.day))) }
        let query = try StageQuery(
            model: model, range: time(0)..<time(3), period: .day, zone: .utc,
            observedUntil: EventTime(clampingUnixMs: time(observed).unixMs - 1))
        #expect(query.moments == want.map(time))
        #expect(query.isLastOver == isOver)
    }

    @Test(arguments: [(400, true), (401, false)])
    func periodsAreBounded(days: Int64, isAllowed: Bool) throws {
        let model = try StageModel(stages: [.init(id: "known", rules: [.init(filters: [], withinDays: nil)])])
        let end = EventTime(clampingUnixMs: days * Self.day)
        let query = try? StageQuery(
            model: model, range: EventTime(clampingUnixMs: 0)..<end, period: .day, zone: .utc, observedUntil: end)
        #expect((query != nil) == isAllowed)
    }

    @Test func aModelThatCannotBeMeantIsRefused() {
        let rule = StageModel.Rule(filters: [], withinDays: nil)
        let many = (0..<33).map { EventFilter(name: EventName(validated: "e\($0)")) }
        let cases: [(stages: [StageModel.Stage], error: StageModelError)] = [
            ([], .stageCountOutOfRange(count: 0, max: 15)),
            ((0..<16).map { .init(id: "\($0)", rules: [rule]) }, .stageCountOutOfRange(count: 16, max: 15)),
            ([.init(id: "a", rules: [rule]), .init(id: "a", rules: [rule])], .repeatedStage(index: 1)),
            ([.init(id: "a", rules: [])], .ruleCountOutOfRange(stage: 0, count: 0, max: 8)),
            (
                [.init(id: "a", rules: [.init(filters: [], least: 0, withinDays: nil)])],
                .leastOutOfRange(stage: 0, rule: 0, least: 0, max: 1_000_000_000)
            ),
            (
                [.init(id: "a", rules: [rule, .init(filters: [], withinDays: 3661)])],
                .windowOutOfRange(stage: 0, rule: 1, days: 3661, max: 3660)
            ),
            (
                [.init(id: "a", rules: [rule, .init([])])],
                .conditionCountOutOfRange(stage: 0, rule: 1, count: 0, max: 8)
            ),
            (
                (0..<9).map { .init(id: "\($0)", rules: .init(repeating: rule, count: 8)) },
                .tooManyConditions(count: 72, max: 64)
            ),
            (
                [.init(id: "a", rules: [.init(filters: many, withinDays: nil)])],
                .tooManyFilters(count: 33, max: 32)
            ),
            (
                [
                    .init(
                        id: "a",
                        rules: (0..<5).map {
                            .init(filters: [], sumOf: PropertyName(validated: "p\($0)"), withinDays: nil)
                        })
                ], .tooManySums(count: 5, max: 4)
            ),
        ]
        for (stages, error) in cases {
            #expect(throws: error) { try StageModel(stages: stages) }
        }
    }
}
