import Base
import Domain
import Testing

@testable import Timeline

/// An audience as it is said in words, over plain events of one person in order of time.
private struct DefinedAudience {
    let asOf: EventTime?
    let now: EventTime

    func holds(_ expression: AudienceExpression, _ events: [Event]) -> Bool {
        switch expression {
        case .all(let parts): parts.allSatisfy { holds($0, events) }
        case .any(let parts): parts.contains { holds($0, events) }
        case .not(let part): !holds(part, events)
        case .did(let leaf): leaf.counts.contains(meant(leaf.event, leaf.span, events).count)
        case .sequence(let leaf): hasChain(leaf, events.filter { isWithin(leaf.span, $0.time) })
        case .aggregate(let leaf): holds(leaf, meant(leaf.event, leaf.span, events))
        case .property(let leaf): holds(leaf, meant(leaf.event, leaf.span, events))
        case .stage(let leaf): leaf.states.contains(state(leaf, events))
        }
    }

    /// The strongest stage a rule of which holds, all of its conditions together.
    private func state(_ leaf: AudienceExpression.Stage, _ events: [Event]) -> Int {
        let moment = min(leaf.at ?? asOf ?? now, asOf ?? EventTime(clampingUnixMs: EventTime.unixMsEnd))
        let stages = leaf.model.stages.enumerated().filter { _, stage in
            stage.rules.contains { rule in
                rule.conditions.allSatisfy { condition in
                    let seen = events.filter { event in
                        event.time < moment
                            && event.time.unixMs >= condition.withinDays.map { moment.unixMs - Int64($0) * day } ?? 0
                            && condition.filters.contains { meets(event, $0) }
                    }
                    return Int64(seen.count) >= condition.least
                }
            }
        }
        return stages.map(\.offset).max().map { $0 + 1 } ?? 0
    }

    private var day: Int64 { 86_400_000 }

    func isThere(_ events: [Event]) -> Bool { events.contains { event in asOf.map { event.time < $0 } ?? true } }

    private func isWithin(_ span: AudienceSpan, _ time: EventTime) -> Bool {
        if let asOf, time >= asOf { return false }
        switch span {
        case .always: return true
        case .between(let range): return range.contains(time)
        case .last(let length):
            let end = asOf ?? now
            return time < end && time.unixMs >= end.unixMs - length.count
        }
    }

    private func meant(_ filter: EventFilter, _ span: AudienceSpan, _ events: [Event]) -> [Event] {
        events.filter { isWithin(span, $0.time) && meets($0, filter) }
    }

    private func meets(_ event: Event, _ filter: EventFilter) -> Bool {
        filter.name ?? event.name == event.name && filter.channel ?? event.channel == event.channel
            && filter.conditions.allSatisfy { meets(event, $0) }
    }

    private func meets(_ event: Event, _ condition: PropertyCondition) -> Bool {
        let value = event.properties[condition.property.text]
        switch condition.test {
        case .isOneOf(let texts): return value?.stringValue.map { texts.contains($0) } ?? false
        case .isWithin(let range): return value?.doubleValue.map { range.contains($0) } ?? false
        case .isPresent: return value != nil
        case .isAbsent: return value == nil
        default: return false
        }
    }

    /// Every way to choose the steps is tried.
    private func hasChain(_ leaf: AudienceExpression.Sequence, _ events: [Event]) -> Bool {
        func goesOn(_ step: Int, from start: EventTime, after last: EventTime) -> Bool {
            if step == leaf.steps.count { return true }
            return events.contains { event in
                event.time >= last && event.time.unixMs - start.unixMs <= leaf.window.count
                    && meets(event, leaf.steps[step]) && goesOn(step + 1, from: start, after: event.time)
            }
        }
        return events.contains { meets($0, leaf.steps[0]) && goesOn(1, from: $0.time, after: $0.time) }
    }

    private func holds(_ leaf: AudienceExpression.Aggregate, _ events: [Event]) -> Bool {
        func values(_ value: SegmentationQuery.Value) -> [Double] {
            events.compactMap { event in
                switch value {
                case .money(let currency):
                    event.value.flatMap { $0.currency == currency ? Double($0.minor) : nil }
                case .property(let name): event.properties[name.text]?.doubleValue
                }
            }
        }
        let found: Double? =
            switch leaf.measure {
            case .sum(let value): values(value).reduce(0, +)
            case .mean(let value):
                values(value).isEmpty ? nil : values(value).reduce(0, +) / Double(values(value).count)
            case .max(let value): values(value).max()
            case .min(let value): values(value).min()
            case .distinct(.channel): Double(Set(events.map(\.channel)).count)
            case .distinct(.subject): Double(Set(events.compactMap(\.subject)).count)
            case .distinct(.name): Double(Set(events.map(\.name)).count)
            case .distinct(.property(let name)):
                Double(Set(events.compactMap { $0.properties[name.text]?.stringValue }).count)
            }
        return found.map { leaf.bounds.contains($0) } ?? false
    }

    private func holds(_ leaf: AudienceExpression.Property, _ events: [Event]) -> Bool {
        let having = events.filter { $0.properties[leaf.condition.property.text] != nil }
        if leaf.condition.test == .isAbsent { return having.isEmpty }
        let looked = leaf.occasion == .latest ? Array(having.suffix(1)) : having
        return looked.contains { meets($0, leaf.condition) }
    }
}

struct AudienceTests {
    private static func byPerson(_ events: [TimelineEvent]) -> [PersonID: [Event]] {
        Dictionary(grouping: events, by: \.event.person).mapValues { events in
            events.sorted { ($0.event.time, $0.sequence) < ($1.event.time, $1.sequence) }.map(\.event)
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func holdsWhomItSays(seed: UInt64) throws {
        var source = RandomAudience(random: SeededGenerator(seed: seed))
        let events = RandomEvents.make(seed: seed, count: 600)
        let timeline = Timeline(options: TimelineOptions(headCountMin: 200))
        timeline.append(Array(events.prefix(400)))
        timeline.merge()
        timeline.append(Array(events.dropFirst(400)))
        let people = Self.byPerson(events)
        for number in 0..<6 {
            let expression = source.expression()
            let now = EventTime(clampingUnixMs: 1_003_500)
            let query = try AudienceQuery(
                expression, asOf: number % 3 == 0 ? EventTime(clampingUnixMs: 1_002_700) : nil, now: now)
            let defined = DefinedAudience(asOf: query.asOf, now: now)
            let there = people.filter { defined.isThere($0.value) }
            let want = Set(there.filter { defined.holds(expression, $0.value) }.keys)
            let result = timeline.snapshot().audience(query, countMax: 1000)
            #expect(Set(result.people) == want, "\(expression)")
            #expect(result.count == want.count && result.peopleTotal == there.count && result.next == nil)
        }
    }

    @Test func pagesHoldEverybodyOnce() throws {
        let timeline = Timeline()
        timeline.append(RandomEvents.make(seed: 3, count: 500))
        let snapshot = timeline.snapshot()
        let query = try AudienceQuery(.all([]), now: EventTime(clampingUnixMs: 0))
        var (people, after): ([PersonID], Int?) = ([], nil)
        repeat {
            let page = snapshot.audience(query, after: after, countMax: 7)
            people += page.people
            after = page.next
        } while after != nil
        #expect(people.count == snapshot.peopleCount && Set(people).count == people.count)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func regionsAndDifferencesAreThoseOfTheSets(seed: UInt64) throws {
        var source = RandomAudience(random: SeededGenerator(seed: seed ^ 77))
        let timeline = Timeline()
        timeline.append(RandomEvents.make(seed: seed, count: 600))
        let snapshot = timeline.snapshot()
        let now = EventTime(clampingUnixMs: 1_003_500)
        let expressions = (0..<3).map { _ in source.expression() }
        let queries = try expressions.map { try AudienceQuery($0, now: now) }
        func members(_ query: AudienceQuery) -> Set<PersonID> { Set(snapshot.audience(query, countMax: 1000).people) }
        let sets = queries.map(members)
        let overlap = snapshot.overlap(queries)
        for (one, other) in [(0, 1), (1, 2), (0, 2)] {
            #expect(overlap.count(one, other) == sets[one].intersection(sets[other]).count)
        }
        #expect(overlap.regions[0b101] == sets[0].intersection(sets[2]).subtracting(sets[1]).count)
        #expect(overlap.regions.reduce(0, +) == snapshot.peopleCount)
        let moments = [1_002_000, 1_004_000].map { EventTime(clampingUnixMs: $0) }
        let two = try moments.map { try AudienceQuery(expressions[0], asOf: $0, now: now) }
        let (before, after) = (members(two[0]), members(two[1]))
        let difference = snapshot.difference(two[0], two[1], countMax: 1000)
        #expect(Set(difference.entered) == after.subtracting(before))
        #expect(Set(difference.left) == before.subtracting(after))
        #expect(difference.stayedCount == before.intersection(after).count)
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func whatIsKeptUpIsWhatIsFoundAnew(seed: UInt64) throws {
        var source = RandomAudience(random: SeededGenerator(seed: seed ^ 0xCAFE))
        var random = SeededGenerator(seed: seed)
        let expressions = (0..<4).map { _ in source.expression() }
        var rosters = expressions.map { AudienceRoster($0) }
        let timeline = Timeline(options: TimelineOptions(headCountMin: 100))
        let events = RandomEvents.make(seed: seed, count: 400)
        var index = PersonMergeIndex(of: timeline.snapshot())
        var (next, moment) = (0, Int64(1_001_216))
        while next < events.count || moment < 1_009_000 {
            let batch = Array(events[next..<min(events.count, next + Int.random(in: 0...30, using: &random))])
            timeline.append(batch)
            next += batch.count
            if random.next() % 6 == 0 { timeline.merge() }
            if random.next() % 5 == 0 { Self.regroup(&index, &random) }
            moment += 256 * Int64.random(in: 0...3, using: &random)
            let snapshot = index.merging(timeline.snapshot())
            let now = EventTime(clampingUnixMs: moment)
            for number in expressions.indices {
                _ = try rosters[number].update(to: snapshot, newEventsOf: batch.map(\.event.person), at: now)
                let anew = snapshot.audience(try AudienceQuery(expressions[number], now: now), countMax: 1000)
                #expect(rosters[number].count == anew.count, "\(expressions[number])")
            }
        }
    }

    /// Joins some ids, and parts them again.
    private static func regroup(_ index: inout PersonMergeIndex, _ random: inout SeededGenerator) {
        let key = Int32(random.next() % 5)
        index.remove(key)
        guard random.next() % 3 > 0 else { return }
        let ids = (0..<2 + Int(random.next() % 2)).map { PersonID(validated: "person \(Int(key) + 5 * $0)") }
        index.insert(key, person: ids[0], members: ids)
    }

    @Test func changesTellWhoCameAndWhoLeft() throws {
        let expression = AudienceExpression.did(.init(event: EventFilter(name: .pageView), span: .last(.seconds(2))))
        var roster = AudienceRoster(expression)
        let timeline = Timeline()
        func moment(_ ms: Int64) -> EventTime { EventTime(clampingUnixMs: ms) }
        let ana = PersonID(validated: "ana")
        #expect(try roster.update(to: timeline.snapshot(), newEventsOf: [], at: moment(1024)).isEmpty)
        timeline.append([
            (
                0,
                Event(
                    id: EventID(validated: "e"), source: .quanyu, person: ana, name: .pageView, channel: .unknown,
                    time: moment(1000), receivedAt: moment(1000))
            )
        ])
        let entered = try roster.update(to: timeline.snapshot(), newEventsOf: [ana], at: moment(1280))
        #expect(entered == [AudienceChange(person: ana, hasEntered: true, time: moment(1280))])
        #expect(try roster.update(to: timeline.snapshot(), newEventsOf: [], at: moment(2816)).isEmpty)
        let left = try roster.update(to: timeline.snapshot(), newEventsOf: [], at: moment(3072))
        #expect(left == [AudienceChange(person: ana, hasEntered: false, time: moment(3072))])
        #expect(roster.count == 0)
    }

    @Test func aStageEndsWithItsDaysAndAnotherModelIsLookedUpAnew() throws {
        let (day, ana) = (Int64(86_400_000), PersonID(validated: "ana"))
        func moment(_ ms: Int64) -> EventTime { EventTime(clampingUnixMs: 100 * day + ms) }
        func expression(days: Int) throws -> AudienceExpression {
            let rule = StageModel.Rule(filters: [EventFilter(name: .pageView)], withinDays: days)
            return .stage(
                .init(model: try StageModel(stages: [.init(id: "a", rules: [rule])]), states: [1], zone: .utc))
        }
        var roster = AudienceRoster(try expression(days: 1))
        let timeline = Timeline()
        timeline.append([
            (
                0,
                Event(
                    id: EventID(validated: "e"), source: .quanyu, person: ana, name: .pageView, channel: .unknown,
                    time: moment(1000), receivedAt: moment(1000))
            )
        ])
        let snapshot = timeline.snapshot()
        #expect(try roster.update(to: snapshot, newEventsOf: [ana], at: moment(1000)).isEmpty)  // At it, not before.
        let entered = try roster.update(to: snapshot, newEventsOf: [], at: moment(1280))
        #expect(entered == [AudienceChange(person: ana, hasEntered: true, time: moment(1280))])
        #expect(try roster.update(to: snapshot, newEventsOf: [], at: moment(day + 1000)).isEmpty)
        let left = try roster.update(to: snapshot, newEventsOf: [], at: moment(day + 1280))
        #expect(left == [AudienceChange(person: ana, hasEntered: false, time: moment(day + 1280))])
        roster.change(to: try expression(days: 2))
        let again = try roster.update(to: snapshot, newEventsOf: [], at: moment(day + 1536))
        #expect(again == [AudienceChange(person: ana, hasEntered: true, time: moment(day + 1536))])
    }

    @Test func anotherTimelineIsReadAnewAndOnlyDifferencesAreTold() throws {
        let expression = AudienceExpression.did(.init(event: EventFilter(name: RandomEvents.names[0])))
        var roster = AudienceRoster(expression)
        let events = RandomEvents.make(seed: 9, count: 300)
        let (first, second) = (Timeline(), Timeline())
        first.append(events)
        second.append(Array(events.prefix(40)))
        let now = EventTime(clampingUnixMs: 2_000_000)
        let before = Set(try roster.update(to: first.snapshot(), newEventsOf: [], at: now).map(\.person))
        let changes = try roster.update(to: second.snapshot(), newEventsOf: [], at: now)
        let after = Set(second.snapshot().audience(try AudienceQuery(expression, now: now), countMax: 1000).people)
        #expect(Set(changes.filter { !$0.hasEntered }.map(\.person)) == before.subtracting(after))
        #expect(Set(changes.filter(\.hasEntered).map(\.person)) == after.subtracting(before))
    }

    @Test func whatCannotBeAskedIsRefusedWithItsPlace() {
        let did = AudienceExpression.did(.init(event: EventFilter(name: .pageView)))
        let now = EventTime(clampingUnixMs: 0)
        let deep = (0..<AudienceExpression.depthMax).reduce(did) { inner, _ in .not(inner) }
        #expect(throws: AudienceExpressionError.tooDeep(place: "not.not.not.not.not.not.not.not", max: 8)) {
            try AudienceQuery(deep, now: now)
        }
        #expect(throws: AudienceExpressionError.tooManyLeaves(count: 33, max: 32)) {
            try AudienceQuery(.any((0..<33).map { _ in did }), now: now)
        }
        let nothing = AudienceExpression.sequence(.init(steps: [], window: .hours(1)))
        #expect(throws: AudienceExpressionError.stepCountOutOfRange(place: "any[1].not.sequence", count: 0, max: 16)) {
            try AudienceQuery(.any([did, .not(nothing)]), now: now)
        }
        let never = AudienceExpression.did(.init(event: EventFilter(name: .pageView), counts: -1...3))
        #expect(throws: AudienceExpressionError.countBelowZero(place: "did", count: -1)) {
            try AudienceQuery(never, now: now)
        }
        let long = AudienceExpression.did(.init(event: EventFilter(name: .pageView), span: .last(Milliseconds(-1))))
        #expect(throws: AudienceExpressionError.lengthOutOfRange(place: "did", ms: -1)) {
            try AudienceQuery(long, now: now)
        }
        let model = try? StageModel(stages: [.init(id: "a", rules: [.init(filters: [], withinDays: nil)])])
        for states in [[], [2], [-1]] as [Set<Int>] {
            #expect(throws: AudienceExpressionError.noSuchStage(place: "stage", max: 1)) {
                let leaf = AudienceExpression.Stage(model: try #require(model), states: states, zone: .utc)
                return try AudienceQuery(.stage(leaf), now: now)
            }
        }
        let many = (0..<20).map { number in
            AudienceExpression.sequence(
                .init(
                    steps: (0..<2).map { EventFilter(name: EventName(validated: "e\(number) \($0)")) },
                    window: .hours(1)))
        }
        #expect(throws: AudienceExpressionError.tooManyFilters(count: 40, max: 32)) {
            try AudienceQuery(.any(many), now: now)
        }
    }
}
