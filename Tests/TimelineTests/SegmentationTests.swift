import Base
import Domain
import Statistics
import Testing

@testable import Timeline

/// A segmentation as it is said in words, over plain events.
private struct DefinedSegmentation {
    let query: SegmentationQuery
    let owner: (Event) -> PersonID

    struct Found {
        let event: Event
        let value: Double
        let keys: [SegmentationResult.Key]
        let period: Int
    }

    func found(_ events: [TimelineEvent]) -> [Found] {
        let meant = events.map(\.event).filter { event in
            query.event.name ?? event.name == event.name && query.event.channel ?? event.channel == event.channel
                && period(of: event) != nil
        }
        let named = query.dimensions.map { dimension in
            Set(
                Dictionary(grouping: meant) { key($0, dimension) }.sorted { one, other in
                    (one.value.count, order(other.key)) > (other.value.count, order(one.key))
                }.prefix(query.groupCount).map(\.key))
        }
        return meant.map { event in
            let keys = zip(query.dimensions, named).map { dimension, named in
                let key = key(event, dimension)
                return named.contains(key) ? key : .others
            }
            return Found(event: event, value: value(event) ?? .nan, keys: keys, period: period(of: event) ?? 0)
        }
    }

    /// Ties are broken by what came first: here by a number in the text.
    private func order(_ key: SegmentationResult.Key) -> String { "\(key)" }

    private func period(of event: Event) -> Int? {
        (0..<query.boundaries.count - 1).first {
            (query.boundaries[$0]..<query.boundaries[$0 + 1]).contains(event.time)
        }
    }

    private func key(_ event: Event, _ dimension: SegmentationQuery.Dimension) -> SegmentationResult.Key {
        switch dimension {
        case .name: .text(event.name.text)
        case .channel: .text(event.channel.text)
        case .subject: event.subject.map { .text($0.description) } ?? .none
        case .property(let name): event.properties[name.text]?.stringValue.map { .text($0) } ?? .none
        }
    }

    private func value(_ event: Event) -> Double? {
        switch query.measure {
        case .events, .people, .peopleApproximate, .eventsPerPerson: 0
        case .sum(let value), .mean(let value), .sumPerPerson(let value), .quantile(_, let value):
            switch value {
            case .money(let currency):
                event.value.flatMap { $0.currency == currency ? Double($0.minor) : nil }
            case .property(let name): event.properties[name.text]?.doubleValue
            }
        }
    }

    func cell(_ all: [Found]) -> SegmentationResult.Cell {
        let found = all.filter { $0.value.isFinite }
        let byPerson = Dictionary(grouping: found) { owner($0.event) }
        let sum = found.reduce(0) { $0 + $1.value }
        func perPerson(_ amount: ([Found]) -> Double) -> SegmentationResult.Cell {
            let estimate = MeanEstimate(byPerson.values.map(amount))
            let interval = estimate.interval()
            return cell(found, byPerson.count, byPerson.isEmpty ? nil : estimate.mean, interval)
        }
        switch query.measure {
        case .events: return cell(found, byPerson.count, Double(found.count), nil)
        case .people, .peopleApproximate: return cell(found, byPerson.count, Double(byPerson.count), nil)
        case .sum: return cell(found, byPerson.count, sum, nil)
        case .eventsPerPerson: return perPerson { Double($0.count) }
        case .sumPerPerson: return perPerson { $0.reduce(0) { $0 + $1.value } }
        case .mean:
            var ratio = RatioEstimate()
            for one in byPerson.values {
                ratio.add(top: one.reduce(0) { $0 + $1.value }, bottom: Double(one.count))
            }
            return cell(found, byPerson.count, ratio.ratio, ratio.interval())
        case .quantile(let quantile, _):
            let values = byPerson.values.enumerated().flatMap { number, one in one.map { ($0.value, UInt32(number)) } }
            let estimate = ClusteredQuantile(quantile, of: values)
            return cell(found, byPerson.count, estimate?.value, estimate?.interval)
        }
    }

    private func cell(_ found: [Found], _ people: Int, _ value: Double?, _ interval: Interval?)
        -> SegmentationResult.Cell
    {
        .init(events: found.count, people: people, value: value, low: interval?.low, high: interval?.high)
    }
}

extension SegmentationResult.Cell {
    /// But for what the order of summing leaves.
    fileprivate func isNear(_ other: Self) -> Bool {
        func near(_ a: Double?, _ b: Double?) -> Bool {
            guard let a, let b else { return a == nil && b == nil }
            return abs(a - b) <= 1e-6 * max(1, abs(a), abs(b))
        }
        return events == other.events && people == other.people && near(value, other.value) && near(low, other.low)
            && near(high, other.high)
    }
}

@Suite struct SegmentationTests {
    private static let city = PropertyName(validated: "city")
    private static let price = PropertyName(validated: "price")
    static let measures: [SegmentationQuery.Measure] = [
        .events, .people, .eventsPerPerson, .sum(.property(price)), .mean(.property(price)),
        .sumPerPerson(.property(price)), .quantile(0.5, .property(price)), .quantile(0.9, .property(price)),
        .mean(.property(PropertyName(validated: "note"))), .sum(.money(.cny)),
    ]
    static let dimensions: [[SegmentationQuery.Dimension]] = [
        [], [.channel], [.property(city)], [.name, .channel], [.property(city), .subject], [.channel, .property(city)],
    ]

    private static func query(_ seed: UInt64, _ times: ClosedRange<Int64>) throws -> SegmentationQuery {
        let seedNumber = Int(seed)
        let step = max(1, (times.upperBound - times.lowerBound) / 5)
        let first = times.lowerBound + (seed % 3 == 1 ? step : -1)
        let count = seed % 4 == 0 ? 1 : Int64(seed % 6) + 1
        return try SegmentationQuery(
            event: EventFilter(
                name: seed % 2 == 0 ? nil : RandomEvents.names[0],
                channel: seed % 5 == 3 ? RandomEvents.channels[1] : nil),
            measure: measures[seedNumber % measures.count], dimensions: dimensions[seedNumber % dimensions.count],
            boundaries: (0...count).map { EventTime(clampingUnixMs: first + $0 * step) }, groupCount: 50)
    }

    private static func check(_ result: SegmentationResult, _ defined: DefinedSegmentation, _ events: [TimelineEvent]) {
        let found = defined.found(events)
        #expect(result.total.isNear(defined.cell(found)))
        let groups = Dictionary(grouping: found, by: \.keys).filter { _, all in all.contains { $0.value.isFinite } }
        #expect(Set(result.groups.map(\.keys)) == Set(groups.keys))
        for group in result.groups {
            let all = groups[group.keys] ?? []
            #expect(group.total.isNear(defined.cell(all)), "\(group.keys)")
            for (period, cell) in group.series.enumerated() {
                #expect(cell.isNear(defined.cell(all.filter { $0.period == period })))
            }
        }
        let values = result.groups.compactMap(\.total.value)
        #expect(values == values.sorted(by: >), "the largest first")
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func measuresWhatIsMeant(seed: UInt64) throws {
        let world = MergedWorld(seed: seed, groupCount: seed % 3 == 0 ? 0 : 8)
        let times = world.apart.events.map(\.event.time.unixMs)
        let query = try Self.query(seed, (times.min() ?? 0)...(times.max() ?? 0))
        let person = Dictionary(
            uniqueKeysWithValues: world.groups.flatMap { group in group.members.map { ($0, group.person) } })
        let defined = DefinedSegmentation(query: query) { person[$0.person] ?? $0.person }
        Self.check(world.snapshot.segmentation(query), defined, world.apart.events)
    }

    /// Of some dozen people in 65,536 registers, hardly two share one: the estimates are the counts, or one less.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func peopleAboutAreThoseThatThereAre(seed: UInt64) throws {
        let world = MergedWorld(seed: seed, groupCount: seed % 3 == 0 ? 0 : 8)
        let times = world.apart.events.map(\.event.time.unixMs)
        let (from, to) = (times.min() ?? 0, (times.max() ?? 0) + 1)
        let boundaries = seed % 2 == 0 ? [from, to] : [from, (from + to) / 2, to]
        func ask(_ measure: SegmentationQuery.Measure) throws -> SegmentationResult {
            world.snapshot.segmentation(
                try SegmentationQuery(
                    event: EventFilter(name: nil), measure: measure,
                    dimensions: Self.dimensions[Int(seed) % Self.dimensions.count],
                    boundaries: boundaries.map { EventTime(clampingUnixMs: $0) }, groupCount: 8))
        }
        let (counted, about) = (try ask(.people), try ask(.peopleApproximate(precision: 16)))
        #expect(Set(about.groups.map(\.keys)) == Set(counted.groups.map(\.keys)))
        func compare(_ one: SegmentationResult.Cell, _ other: SegmentationResult.Cell) throws {
            #expect(one.events == other.events && (other.people - 1...other.people).contains(one.people))
            #expect(one.value == Double(one.people))
            #expect(try #require(one.low) <= Double(other.people) && Double(other.people) <= #require(one.high))
        }
        try compare(about.total, counted.total)
        for group in about.groups {
            let other = try #require(counted.groups.first { $0.keys == group.keys })
            try compare(group.total, other.total)
            #expect(group.series.count == other.series.count)
            for (one, other) in zip(group.series, other.series) { try compare(one, other) }
        }
    }

    @Test func whatIsNotAmongTheLargestIsOneGroup() throws {
        let timeline = Timeline()
        let events = RandomEvents.make(seed: 3, count: 600)
        timeline.append(events)
        let all = [EventTime(clampingUnixMs: 0), EventTime(clampingUnixMs: EventTime.unixMsEnd)]
        let query = try SegmentationQuery(
            event: EventFilter(name: nil), measure: .people, dimensions: [.property(Self.city)], boundaries: all,
            groupCount: 2)
        let result = timeline.snapshot().segmentation(query)
        #expect(result.groups.count == 3)
        let others = try #require(result.groups.first { $0.keys == [.others] })
        let named = Set(result.groups.flatMap(\.keys))
        let rest = events.map(\.event).filter { event in
            !named.contains(event.properties["city"]?.stringValue.map { .text($0) } ?? .none)
        }
        #expect(others.total.events == rest.count)
        #expect(others.total.people == Set(rest.map(\.person)).count)
    }

    @Test func whatCannotBeCountedIsRefused() throws {
        let bounds = [EventTime(clampingUnixMs: 0), EventTime(clampingUnixMs: 9)]
        let event = EventFilter(name: nil)
        #expect(throws: TimelineQueryError.dimensionsOutOfRange(count: 2, max: 2)) {
            try SegmentationQuery(
                event: event, measure: .events, dimensions: [.channel, .channel], boundaries: bounds)
        }
        #expect(throws: TimelineQueryError.groupCountOutOfRange(0, max: 200)) {
            try SegmentationQuery(event: event, measure: .events, boundaries: bounds, groupCount: 0)
        }
        #expect(throws: TimelineQueryError.tooManyPeriods(max: 800)) {
            try SegmentationQuery(event: event, measure: .events, boundaries: bounds.reversed())
        }
        #expect(throws: TimelineQueryError.precisionOutOfRange(17, min: 10, max: 16)) {
            try SegmentationQuery(event: event, measure: .peopleApproximate(precision: 17), boundaries: bounds)
        }
        #expect(throws: TimelineQueryError.sketchesTooLarge(cells: 51 * 51, max: 1024)) {
            try SegmentationQuery(
                event: event, measure: .peopleApproximate(precision: 16), dimensions: [.channel, .name],
                boundaries: bounds, groupCount: 50)
        }
        let long = (0...800).map { EventTime(clampingUnixMs: $0) }
        #expect(throws: TimelineQueryError.tooManyGroups(count: 800 * 201 * 201, max: 1 << 19)) {
            try SegmentationQuery(
                event: event, measure: .events, dimensions: [.channel, .name], boundaries: long, groupCount: 200)
        }
    }
}
