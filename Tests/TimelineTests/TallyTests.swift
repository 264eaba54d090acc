import Base
import Domain
import Testing

@testable import Timeline

/// A leaf as it is said in words, over plain events.
private struct DefinedTally {
    let leaf: TallyQuery.Leaf

    struct Found {
        let person: PersonID
        let event: Event
        let source: Event
        let amount: Double
    }

    func found(_ events: [TimelineEvent], owner: (Event) -> PersonID) -> [Found] {
        Dictionary(grouping: events) { owner($0.event) }.flatMap { person, own in
            found(own.sorted { ($0.event.time, $0.sequence) < ($1.event.time, $1.sequence) }.map(\.event), person)
        }
    }

    private func found(_ events: [Event], _ person: PersonID) -> [Found] {
        let meant = events.indices.filter { isAny(leaf.of, events[$0]) }
        var found: [Found] = []
        for (number, place) in meant.enumerated() {
            let event = events[place]
            if leaf.isFirst, number > 0 { continue }
            if let without = leaf.without, let held = held(without, event, events),
                isMet(without, from: held.time, to: event.time)
            {
                continue
            }
            var source = event
            if let after = leaf.after {
                guard let held = held(after, event, events), isMet(after, from: held.time, to: event.time) else {
                    continue
                }
                if leaf.countsWithAfter { source = held }
            }
            if let undone = leaf.unlessFollowed,
                events.contains(where: { other in
                    other.time > event.time && isAny(undone.of, other)
                        && other.time.since(event.time) <= undone.within ?? .days(40_000)
                        && (!undone.isOfSameSubject || other.subject == event.subject)
                })
            {
                continue
            }
            let before = number > 0 ? events[meant[number - 1]] : nil
            guard let amount = amount(event, before) else { continue }
            if leaf.isOncePerSubject, let subject = event.subject,
                found.contains(where: { $0.event.subject == subject })
            {
                continue
            }
            found.append(Found(person: person, event: event, source: source, amount: amount))
        }
        return found
    }

    /// What a relation holds on to when an event is judged: at one time, what makes forget comes first.
    private func held(_ relation: TallyQuery.Relation, _ event: Event, _ events: [Event]) -> Event? {
        let reset = events.last { $0.time <= event.time && isAny(relation.unless, $0) }?.time
        let candidates = events.filter { one in
            one.time <= event.time && isAny(relation.of, one) && reset.map { one.time >= $0 } ?? true
                && (!relation.isOfSameSubject || one.subject != nil && one.subject == event.subject)
        }
        return relation.choice == .first ? candidates.first : candidates.last
    }

    private func isMet(_ relation: TallyQuery.Relation, from: EventTime, to: EventTime) -> Bool {
        let distance = to.since(from)
        return distance >= relation.gap && distance <= relation.within ?? .days(40_000)
    }

    private func isAny(_ filters: [EventFilter], _ event: Event) -> Bool {
        filters.contains { filter in
            filter.name ?? event.name == event.name && filter.channel ?? event.channel == event.channel
                && (filter.subjectKind == nil || filter.subjectKind == event.subject?.kind)
        }
    }

    private func amount(_ event: Event, _ before: Event?) -> Double? {
        switch leaf.measure {
        case .events, .people, .subjects: return 1
        case .sum(.money(let currency)): return event.value.flatMap { $0.currency == currency ? Double($0.minor) : nil }
        case .sum(.property(let name)): return event.properties[name.text]?.doubleValue
        case .seconds(let gapMax, let starts):
            guard let before, !isAny(starts, event), event.time.since(before.time) <= gapMax else { return 0 }
            return Double(event.time.since(before.time).count) / 1000
        }
    }
}

@Suite struct TallyTests {
    private static let names = RandomEvents.names.map { EventFilter(name: $0) }

    /// Random leaves of every shape.
    private static func leaf(_ random: inout SeededGenerator) -> TallyQuery.Leaf {
        func some() -> [EventFilter] { (0...Int(random.next() % 2)).map { _ in names[Int(random.next() % 5)] } }
        func relation() -> TallyQuery.Relation {
            TallyQuery.Relation(
                of: some(), unless: random.next() % 3 == 0 ? some() : [],
                within: random.next() % 2 == 0 ? Milliseconds(Int64(random.next() % 2000)) : nil,
                gap: Milliseconds(random.next() % 3 == 0 ? Int64(random.next() % 300) : 0),
                isOfSameSubject: random.next() % 3 == 0, choice: random.next() % 2 == 0 ? .latest : .first)
        }
        let measures: [TallyQuery.Measure] = [
            .events, .people(eventCountMin: 1), .people(eventCountMin: 2), .sum(.money(.cny)),
            .sum(.property(PropertyName(validated: "price"))), .seconds(gapMax: Milliseconds(600), starts: some()),
            .subjects,
        ]
        return TallyQuery.Leaf(
            of: some(), measure: measures[Int(random.next() % 7)], isOncePerSubject: random.next() % 4 == 0,
            isFirst: random.next() % 5 == 0, after: random.next() % 2 == 0 ? relation() : nil,
            without: random.next() % 4 == 0 ? relation() : nil,
            unlessFollowed: random.next() % 4 == 0
                ? TallyQuery.Relation(of: some(), within: Milliseconds(Int64(random.next() % 900))) : nil,
            countsWithAfter: random.next() % 2 == 0)
    }

    private static func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(a), abs(b)) }

    private static func check(
        _ cell: TallyResult.Cell, _ query: TallyQuery, _ found: [[DefinedTally.Found]], _ why: String
    ) {
        var byPerson: [PersonID: [Double]] = [:]
        for (number, leaf) in query.leaves.enumerated() {
            #expect(cell.events[number] == found[number].count, "\(why)")
            let own = Dictionary(grouping: found[number], by: \.person).mapValues { $0.reduce(0) { $0 + $1.amount } }
            let sum: Double
            switch leaf.measure {
            case .subjects: sum = Double(Set(found[number].compactMap(\.event.subject)).count)
            case .people(let least): sum = Double(own.values.count { $0 >= Double(least) })
            default: sum = own.values.reduce(0, +)
            }
            #expect(near(cell.sums[number], sum), "\(why) leaf \(number)")
            for (person, amount) in own {
                let counted: Double
                switch leaf.measure {
                case .subjects: counted = 0
                case .people(let least): counted = amount >= Double(least) ? 1 : 0
                default: counted = amount
                }
                byPerson[person, default: query.leaves.map { _ in 0 }][number] = counted
            }
        }
        #expect(cell.people == byPerson.count, "\(why)")
        for one in query.leaves.indices {
            for other in query.leaves.indices {
                let product = byPerson.values.reduce(0) { $0 + $1[one] * $1[other] }
                #expect(near(cell.products[one * query.leaves.count + other], product), "\(why)")
            }
        }
    }

    @Test(arguments: 0..<80 as Range<UInt64>)
    func countsWhatIsMeant(seed: UInt64) throws {
        let world = MergedWorld(seed: seed, groupCount: seed % 3 == 0 ? 0 : 8)
        let times = world.apart.events.map(\.event.time.unixMs)
        let (first, last) = (times.min() ?? 0, times.max() ?? 0)
        var random = SeededGenerator(seed: seed)
        let leaves = (0...Int(seed % 3)).map { _ in Self.leaf(&random) }
        let step = max(1, (last - first) / 4)
        let boundaries = (0...(seed % 2 == 0 ? 1 : 3)).map { EventTime(clampingUnixMs: first + step / 2 + $0 * step) }
        let query = try TallyQuery(
            leaves: leaves, dimension: seed % 4 < 2 ? .channel : nil, boundaries: boundaries, groupCount: 2)
        let person = Dictionary(
            uniqueKeysWithValues: world.groups.flatMap { group in group.members.map { ($0, group.person) } })
        let found = leaves.map { leaf in
            DefinedTally(leaf: leaf).found(world.apart.events) { person[$0.person] ?? $0.person }
                .filter { (boundaries[0]..<boundaries[boundaries.count - 1]).contains($0.source.time) }
        }
        let result = world.snapshot.tally(query)
        Self.check(result.total, query, found, "total")
        for (number, cell) in result.series.enumerated() {
            let stretch = boundaries[number]..<boundaries[number + 1]
            Self.check(cell, query, found.map { $0.filter { stretch.contains($0.source.time) } }, "stretch \(number)")
        }
        let named = Set(result.groups.map(\.key))
        for group in result.groups {
            let own = found.map { all in
                all.filter { one in
                    let key = SegmentationResult.Key.text(one.source.channel.text)
                    return (named.contains(key) ? key : .others) == group.key
                }
            }
            Self.check(group.total, query, own, "\(group.key)")
        }
        let rows = world.snapshot.tallyRows(query, countMax: 10_000)
        #expect(rows.count == found.reduce(0) { $0 + $1.count })
        #expect(rows.map(\.event.time) == rows.map(\.event.time).sorted(by: >), "the newest first")
        #expect(world.snapshot.tallyRows(query, from: 3, countMax: 5) == Array(rows.dropFirst(3).prefix(5)))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func severalInOnePassAreWhatEachIsAlone(seed: UInt64) throws {
        let world = MergedWorld(seed: seed, groupCount: seed % 3 == 0 ? 0 : 8)
        let times = world.apart.events.map(\.event.time.unixMs)
        let (first, last) = (times.min() ?? 0, times.max() ?? 0)
        var random = SeededGenerator(seed: seed)
        let queries = try (0..<9).map { number in
            let step = max(1, (last - first) / Int64(1 + random.next() % 4))
            let boundaries = (0...(number % 3 == 0 ? 2 : 1)).map {
                EventTime(clampingUnixMs: first + Int64($0) * step)
            }
            return try TallyQuery(
                leaves: (0...Int(random.next() % 4)).map { _ in Self.leaf(&random) },
                dimension: number == 7 ? .channel : nil, boundaries: boundaries, groupCount: 2)
        }
        for (query, found) in zip(queries, world.snapshot.tallies(queries)) {
            let alone = world.snapshot.tally(query)
            #expect(found.groups.map(\.key) == alone.groups.map(\.key))
            let cells = zip([found.total] + found.series, [alone.total] + alone.series)
            #expect(found.series.count == alone.series.count)
            for (one, other) in cells {
                #expect(one.people == other.people && one.events == other.events)
                #expect(zip(one.sums + one.products, other.sums + other.products).allSatisfy(Self.near))
            }
        }
    }

    @Test func theVarianceOfALinearFunctionIsThatOfWhatEachPersonMoves() throws {
        let world = MergedWorld(seed: 5, groupCount: 8)
        let bounds = [EventTime(clampingUnixMs: 0), EventTime(clampingUnixMs: EventTime.unixMsEnd)]
        let leaves = [
            TallyQuery.Leaf(of: [EventFilter(name: nil)], measure: .events),
            TallyQuery.Leaf(of: [EventFilter(name: RandomEvents.names[3])], measure: .people(eventCountMin: 1)),
        ]
        let middle = EventTime(clampingUnixMs: 1_002_500)
        let query = try TallyQuery(leaves: leaves, boundaries: [bounds[0], middle, bounds[1]])
        let (result, variances) = world.snapshot.tally(query) { _ in
            [TallySlopes([nil: [[2, -3], []]]), TallySlopes([nil: [[], [0, 5]]])]
        }
        let first = try #require(result.series.first)
        let squares = 4 * first.products[0] - 12 * first.products[1] + 9 * first.products[3]
        #expect(Self.near(variances[0], squares))
        #expect(Self.near(variances[1], 25 * (result.series.last?.sums[1] ?? 0)))
        #expect(result.total == world.snapshot.tally(query).total)
    }

    @Test func whatCannotBeCountedIsRefused() {
        let bounds = [EventTime(clampingUnixMs: 0), EventTime(clampingUnixMs: 9)]
        let leaf = TallyQuery.Leaf(of: [EventFilter(name: nil)], measure: .events)
        #expect(throws: TimelineQueryError.tallyOutOfRange(count: 9, max: 8)) {
            try TallyQuery(leaves: Array(repeating: leaf, count: 9), boundaries: bounds)
        }
        #expect(throws: TimelineQueryError.tooManyPeriods(max: 800)) {
            try TallyQuery(leaves: [leaf], boundaries: bounds.reversed())
        }
        let long = (0...800).map { EventTime(clampingUnixMs: $0) }
        #expect(throws: TimelineQueryError.tooManyGroups(count: 801 * 202, max: 1 << 16)) {
            try TallyQuery(leaves: [leaf], dimension: .channel, boundaries: long, groupCount: 200)
        }
    }
}
