import Base
import Testing

@testable import Kernels

@Suite struct SelectKernelTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func eventsAreFoundThatHaveAWantedName(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let names = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt16.random(in: 0..<20, using: &random) }
        let wanted = (0..<UInt16.random(in: 0...16, using: &random)).filter { _ in Bool.random(using: &random) }
        let filters = wanted.map { CodedFilter(name: $0) }
        let found = found(filters, in: names)
        #expect(found.events == names.indices.filter { wanted.contains(names[$0]) })
        #expect(found.bits.last.map { $0 >> UInt8(names.count % 8) } == 0, "no event lies behind the last")
    }

    @Test func everyEventIsFoundWhereAFilterAsksForNoName() {
        for count in 0...20 {
            let names = (0..<count).map { UInt16($0) }
            #expect(found([CodedFilter(name: 3), CodedFilter(name: nil, channel: 1)], in: names).events.count == count)
            #expect(found([nil, CodedFilter(name: nil)], in: names).events == Array(0..<count))
        }
    }

    @Test func noEventIsFoundWhereNoFilterCanBeMet() {
        #expect(found([nil, nil], in: [1, 2, 3]).events == [])
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func positionsAndOffsetsAreThoseOfTheFoundEvents(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let columns = RandomColumns(seed: seed, momentCount: 100)
        let people = Int.random(in: 0..<20, using: &random)..<Int.random(in: 20...40, using: &random)
        let events = Int(columns.offsets[people.lowerBound])..<Int(columns.offsets[people.upperBound])
        let filters = [CodedFilter(name: 300), seed % 2 == 0 ? CodedFilter(name: 900) : nil]
        let found = found(filters, in: Array(columns.names[events]))
        let (positions, ranks) = listed(found.bits, from: events.lowerBound)
        #expect(positions == found.events.map { UInt32(events.lowerBound + $0) })
        let whole = Array(columns.offsets[people.lowerBound...people.upperBound])
        var cut = whole
        var span = cut.mutableSpan
        cutOffsets(whole.span, found: found.bits.span, ranks: ranks.span, into: &span)
        #expect(cut == whole.map { offset in UInt32(positions.count { $0 < offset }) })
    }

    @Test func aColumnIsGatheredAtPositions() {
        let positions: [UInt32] = [0, 2, 2, 4]
        let (allTimes, channels): ([Int64], [UInt8]) = ([5, 6, 7, 8, 9], [1, 2, 255, 4, 5])
        var times = [Int64](repeating: 0, count: 4)
        var timeSpan = times.mutableSpan
        gatherTimes(allTimes.span, at: positions.span, into: &timeSpan)
        #expect(times == [5, 7, 7, 9])
        var codes = [UInt32](repeating: 0, count: 4)
        var codeSpan = codes.mutableSpan
        gatherCodes(channels.span, at: positions.span, into: &codeSpan)
        #expect(codes == [1, 255, 255, 5])
    }

    private func found(_ filters: [CodedFilter?], in names: [UInt16]) -> (bits: [UInt8], events: [Int]) {
        var bits = [UInt8](repeating: 0xAA, count: names.count / 8 + 1)
        var span = bits.mutableSpan
        FilterTables(filters).findNames(in: names.span, into: &span)
        return (bits, (0..<bits.count * 8).filter { bits[$0 / 8] >> UInt8($0 % 8) & 1 != 0 })
    }

    private func listed(_ bits: [UInt8], from first: Int) -> (positions: [UInt32], ranks: [UInt32]) {
        var positions = [UInt32](repeating: 0, count: bits.count * 8)
        var ranks = [UInt32](repeating: 0, count: bits.count)
        var rankSpan = ranks.mutableSpan
        let count = rankEvents(bits.span, into: &rankSpan)
        var positionSpan = positions.mutableSpan
        listPositions(bits.span, ranks: ranks.span, from: first, into: &positionSpan)
        return (Array(positions.prefix(count)), ranks)
    }
}
