import Base
import Testing

@testable import Kernels

struct CountKernelTests {
    struct Group: Hashable {
        let name: Int, channel: Int, bucket: Int64
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func countsEventsPeopleAndValues(seed: UInt64) {
        let columns = RandomColumns(seed: seed, momentCount: [50, 1000, 1 << 40][Int(seed % 3)])
        let span = columns.times.max().map { $0 + 1 } ?? 1
        let times = seed % 2 == 0 ? 0..<span : span / 4..<span * 3 / 4 + 1
        let bucketMs = seed % 5 == 0 ? nil : max(1, span / Int64(seed + 1))
        let name = { (code: UInt16) in code == 600 ? nil : code % 300 == 0 && code < 2100 ? Int(code / 300) : nil }
        let channel = { (code: UInt8) in code == 254 ? nil : code == 127 ? 1 : 0 }
        let plan = CountPlan(
            groupOfName: name, groupOfChannel: channel, timesMs: times, originMs: times.lowerBound, bucketMs: bucketMs)
        let (cells, sums) = run(plan, columns)

        var events: [Group: Int] = [:], people: [Group: Set<Int>] = [:], values: [Group: [Int64]] = [:]
        for person in columns.people {
            for i in columns.events(of: person) where times.contains(columns.times[i]) {
                guard let n = name(columns.names[i]), let c = channel(columns.channels[i]) else { continue }
                let bucket = bucketMs.map { (columns.times[i] - times.lowerBound) / $0 } ?? 0
                let group = Group(name: n, channel: c, bucket: bucket)
                events[group, default: 0] += 1
                people[group, default: []].insert(person)
                let extra = Int(columns.extras[i]), currency = Int(columns.currencies[extra])
                if currency > 0 { values[group, default: [0, 0]][currency - 1] += columns.minors[extra] }
            }
        }
        let bucketCount = cells.count / 14
        for (i, cell) in cells.enumerated() {
            let group = Group(name: i / bucketCount / 2, channel: i / bucketCount % 2, bucket: Int64(i % bucketCount))
            #expect(cell.events == events[group] ?? 0)
            #expect(cell.people == people[group]?.count ?? 0)
            #expect(Array(sums[i * 2..<i * 2 + 2]) == values[group] ?? [0, 0])
        }
    }

    @Test func aSumThatDoesNotFitEndsAtTheLargestNumber() {
        let plan = CountPlan(
            groupOfName: { _ in 0 }, groupOfChannel: { _ in 0 }, timesMs: 0..<9, originMs: 0, bucketMs: nil)
        var cells = [CountCell()]
        var sums: [Int64] = [0]
        var cellSpan = cells.mutableSpan
        var sumSpan = sums.mutableSpan
        countEvents(
            plan, people: 0..<1, skipped: Span(), offsets: [0, 3].span, times: [1, 2, 3].span, names: [0, 0, 0].span,
            channels: [0, 0, 0].span, extras: [1, 2, 1].span, minors: [0, .max - 2, 7].span,
            currencies: [0, 1, 1].span, markBase: 0, into: &cellSpan, sums: &sumSpan)
        #expect(sums == [.max])
        #expect(clampedSum(.min + 1, -2) == .min)
        #expect(clampedSum(-2, 5) == 3)
    }

    private func run(_ plan: CountPlan, _ c: RandomColumns) -> ([CountCell], [Int64]) {
        var cells = [CountCell](repeating: CountCell(), count: plan.cellCount)
        var sums = [Int64](repeating: 0, count: plan.cellCount * 2)
        for people in [0..<c.people.count / 2, c.people.count / 2..<c.people.count] {
            var cellSpan = cells.mutableSpan
            var sumSpan = sums.mutableSpan
            countEvents(
                plan, people: people, skipped: Span(), offsets: c.offsets.span, times: c.times.span,
                names: c.names.span,
                channels: c.channels.span, extras: c.extras.span, minors: c.minors.span, currencies: c.currencies.span,
                markBase: 0, into: &cellSpan, sums: &sumSpan)
        }
        return (cells, sums)
    }

    @Test(arguments: [1, 2, 3, 7, 1000, 3_600_000, 86_400_000, 1 << 41] as [Int64])
    func divisionByMultiplicationIsExact(bucketMs: Int64) {
        var random = SeededGenerator(seed: UInt64(bucketMs))
        let timesMs: Range<Int64> = 0..<(bucketMs > 1 << 21 ? 1 << 45 : bucketMs << 23)
        let plan = CountPlan(
            groupOfName: { $0 == 0 ? 0 : nil }, groupOfChannel: { $0 == 0 ? 0 : nil }, timesMs: timesMs, originMs: 0,
            bucketMs: bucketMs)
        for _ in 0..<200 {
            let near = Int64.random(in: 0...timesMs.upperBound / bucketMs - 1, using: &random) * bucketMs
            for time in [near, near + bucketMs - 1, near + bucketMs / 2] {
                #expect(plan.bucket(of: time) == Int(time / bucketMs))
            }
        }
    }
}
