import Base
import Testing

@testable import Kernels

@Suite struct MatchKernelTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func anEventHasABitForEachFilterThatItMeets(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let columns = RandomColumns(seed: seed, momentCount: 50)
        let filters = (0..<Int.random(in: 1...32, using: &random)).map { _ in Self.filter(using: &random) }
        let positions = columns.times.indices.filter { _ in Bool.random(using: &random) }.map { UInt32($0) }
        var masks = [UInt32](repeating: 7, count: positions.count)
        var span = masks.mutableSpan
        matchEvents(
            FilterTables(filters), at: positions.span, names: columns.names.span,
            channels: columns.channels.span, subjects: columns.subjects.span, kinds: columns.kinds.span, into: &span)
        let all = columns.masks(filters)
        #expect(masks == positions.map { all[Int($0)] })
    }

    private static func filter(using random: inout SeededGenerator) -> CodedFilter? {
        guard Int.random(in: 0..<8, using: &random) > 0 else { return nil }
        return CodedFilter(
            name: Bool.random(using: &random) ? UInt16.random(in: 0..<7, using: &random) * 300 : nil,
            channel: Bool.random(using: &random) ? 127 : nil,
            kind: Int.random(in: 0..<3, using: &random) == 0 ? 1 : nil,
            subject: Int.random(in: 0..<3, using: &random) == 0 ? 2 : nil)
    }
}
