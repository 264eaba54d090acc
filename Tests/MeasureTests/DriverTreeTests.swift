import Base
import Domain
import Glibc
import Statistics
import Testing
import Timeline

@testable import Measure

@Suite struct DriverTreeTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func contributionsSumToTheChange(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let timeline = Timeline()
        let day: Int64 = 86_400_000
        let names = ["order_paid", "page_view", "room_enter"]
        timeline.append(
            (0..<300 as Range<UInt64>).map { number in
                let time = EventTime(clampingUnixMs: Int64(random.next() % UInt64(6 * day)))
                let event = Event(
                    id: EventID(validated: "e\(number)"), source: .quanyu,
                    person: PersonID(validated: "p\(random.next() % 40)"),
                    name: EventName(validated: names[Int(random.next() % 3)]),
                    channel: Channel(validated: "c\(random.next() % 3)"), time: time, receivedAt: time,
                    subject: Subject(kind: .order, id: "\(random.next() % 200)"),
                    value: Money(minor: Int64(random.next() % 9000), currency: .cny))
                return (number, event)
            })
        let gap = seed % 2 == 0 ? day : 0
        let times = [0, 2 * day, 2 * day + gap, 4 * day + gap].map { EventTime(clampingUnixMs: $0) }
        let query = try DriverQuery(
            before: times[0]..<times[1], after: times[2]..<times[3],
            dimension: seed % 3 == 0 ? .channel : nil, currency: .cny)
        let tree = try #require(timeline.snapshot().drivers(query))
        let sum = tree.total.contributions.reduce(0, +)
        #expect(abs(sum - (tree.after.value - tree.before.value)) < 1e-6 * max(1, tree.after.value, tree.before.value))
        let product = tree.before.factors.reduce(1, *)
        #expect(abs(product - tree.before.value) < 1e-6 * max(1, product))
        for factor in DriverTree.Factor.allCases.indices where !tree.groups.isEmpty {
            let parts = tree.groups.reduce(0) { $0 + $1.contributions[factor] }
            #expect(abs(parts - tree.total.contributions[factor]) < 1e-6 * max(1, abs(parts)))
        }
    }

    /// A world of which the truth is known: people come in one period, the other or both, buy or not, often or seldom.
    private static func world(seed: UInt64) -> Timeline {
        var random = SeededGenerator(seed: seed)
        func chance() -> Double { Double(random.next() >> 11) * 0x1p-53 }
        var (count, product) = (0, chance())
        while product > exp(-60) {  // A Poisson number of mean 60, by Knuth's way.
            count += 1
            product *= chance()
        }
        var told: [(UInt64, Event)] = []
        for person in 0..<count {
            let isFond = chance() < 0.5
            for (period, comes) in [0.6, 0.8].enumerated() where chance() < comes {
                var names = ["page_view"]
                while names.count < 6, chance() < (isFond ? 0.6 : 0.2) { names.append("order_paid") }
                for (number, name) in names.enumerated() {
                    let time = EventTime(clampingUnixMs: Int64(period) * day + 1000 + Int64(number))
                    let value = Int64(500 + chance() * (isFond ? 4000 : 1000))
                    let event = Event(
                        id: EventID(validated: "e\(told.count)"), source: .quanyu,
                        person: PersonID(validated: "p\(person)"),
                        name: EventName(validated: name), channel: Channel(validated: isFond ? "a" : "b"), time: time,
                        receivedAt: time, subject: Subject(kind: .order, id: "\(told.count)"),
                        value: name == "order_paid" ? Money(minor: value, currency: .cny) : nil)
                    told.append((UInt64(told.count), event))
                }
            }
        }
        let timeline = Timeline()
        timeline.append(told)
        return timeline
    }

    private static let day: Int64 = 86_400_000

    private static func tree(_ timeline: Timeline, by dimension: SegmentationQuery.Dimension?) throws -> DriverTree {
        let times = [0, day, 2 * day].map { EventTime(clampingUnixMs: $0) }
        let query = try DriverQuery(
            before: times[0]..<times[1], after: times[1]..<times[2], dimension: dimension, currency: .cny)
        return try #require(timeline.snapshot().drivers(query))
    }

    /// The mean of many worlds stands for the truth: nine in ten or more of the intervals hold it, and they are no
    /// wider than what the values themselves vary by.
    @Test(arguments: [nil, SegmentationQuery.Dimension.channel])
    func intervalsHoldTheTruthAsOftenAsTheySay(by dimension: SegmentationQuery.Dimension?) throws {
        let worldCount = 160
        var (values, widths) = ([[Double]](repeating: [], count: 5), [[Interval]](repeating: [], count: 5))
        for seed in 1...UInt64(worldCount) {
            let tree = try Self.tree(Self.world(seed: seed), by: dimension)
            for (place, value) in (tree.total.contributions + [tree.total.change]).enumerated() {
                values[place].append(value)
                widths[place].append(try #require((tree.intervals + [tree.changeInterval])[place]))
            }
        }
        for place in values.indices {
            let mean = values[place].reduce(0, +) / Double(worldCount)
            let held = widths[place].count { $0.low <= mean && mean <= $0.high }
            #expect(held >= worldCount * 89 / 100 && held < worldCount, "\(place): \(held) of \(worldCount)")
            let spread = (values[place].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(worldCount)).squareRoot()
            let width = widths[place].reduce(0) { $0 + ($1.high - $1.low) / 2 } / Double(worldCount)
            #expect((1.6...2.4).contains(width / spread), "\(place): \(width / spread)")
        }
    }

    @Test func eachGroupHasAnIntervalOfItsOwn() throws {
        let tree = try Self.tree(Self.world(seed: 3), by: .channel)
        #expect(tree.groups.count == 2)
        for group in tree.groups {
            for (value, interval) in zip(group.contributions, group.intervals) {
                let interval = try #require(interval)
                #expect(interval.low < value && value < interval.high)
            }
        }
    }

    @Test func periodsThatOverlapAreRefused() {
        let times = [0, 5, 9].map { EventTime(clampingUnixMs: $0) }
        #expect(throws: TimelineQueryError.tooManyPeriods(max: 2)) {
            try DriverQuery(before: times[0]..<times[2], after: times[1]..<times[2], currency: .cny)
        }
    }
}
