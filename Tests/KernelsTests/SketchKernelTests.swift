import Base
import Kernels
import Testing

@Suite struct SketchKernelTests {
    /// In words: of the hashes of those with a counted event in a cell, a register holds the place of the first one-bit
    /// behind the register's own bits, the greatest of all that share the register.
    private static func defined(
        _ columns: RandomColumns, _ masks: [UInt32], _ hashes: [UInt64], precision: Int, bounds: [Int64],
        groups: [UInt32], groupCount: Int
    ) -> (events: [Int], registers: [UInt8]) {
        let periodCount = bounds.count - 1
        var events = [Int](repeating: 0, count: groupCount * periodCount)
        var registers = [UInt8](repeating: 0, count: events.count << precision)
        for person in columns.people {
            let bits =
                String(repeating: "0", count: hashes[person].leadingZeroBitCount)
                + (hashes[person] == 0 ? "" : String(hashes[person], radix: 2))
            for event in columns.events(of: person) where masks[event] & 1 != 0 {
                guard
                    let period = (0..<periodCount).first(where: {
                        columns.times[event] >= bounds[$0] && columns.times[event] < bounds[$0 + 1]
                    })
                else { continue }
                let cell = Int(groups[event]) * periodCount + period
                events[cell] += 1
                let register = cell << precision + (Int(bits.prefix(precision), radix: 2) ?? 0)
                let rank = UInt8(bits.dropFirst(precision).prefix { $0 == "0" }.count + 1)
                registers[register] = max(registers[register], rank)
            }
        }
        return (events, registers)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func leavesTheHighestRankOfEachRegister(seed: UInt64) {
        let columns = RandomColumns(seed: seed, momentCount: 60)
        var random = SeededGenerator(seed: seed)
        let masks = columns.times.map { _ in UInt32.random(in: 0...1, using: &random) }
        // Few leading bits and long runs of zeros: registers are shared, and some hashes end in nothing but zeros.
        let hashes = columns.people.map { _ in random.next() >> UInt64.random(in: 0...3, using: &random) }
            .map { $0 % 5 == 0 ? $0 & (.max << 50) : $0 }
        let bounds: [Int64] = seed % 3 == 0 ? [5, 50] : [5, 20, 21, 50]
        let hasGroups = seed % 2 == 0
        let groups = hasGroups ? columns.subjects : columns.times.map { _ in 0 }
        let precision = 4 + Int(seed % 3)
        let plan = SegmentPlan(
            first: hasGroups ? .init(groups: [0, 1, 2, 3], groupCount: 4) : .whole, periods: PeriodBounds(bounds))
        var events = [Int](repeating: 0, count: plan.sketchCount)
        var registers = [UInt8](repeating: 0, count: plan.sketchCount << precision)
        let (codes, none): ([UInt32], [UInt32]) = (hasGroups ? groups : [], [])
        let skipped: [UInt64] = []
        var eventSpan = events.mutableSpan
        var registerSpan = registers.mutableSpan
        segmentSketches(
            plan, offsets: columns.offsets.span, skipped: skipped.span, times: columns.times.span, masks: masks.span,
            firstCodes: codes.span, secondCodes: none.span, hashes: hashes.span,
            precision: precision, events: &eventSpan, registers: &registerSpan)
        let wanted = Self.defined(
            columns, masks, hashes, precision: precision, bounds: bounds, groups: groups,
            groupCount: hasGroups ? 4 : 1)
        #expect(events == wanted.events)
        #expect(registers == wanted.registers)
    }
}
