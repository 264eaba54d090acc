import Base
import Kernels
import Testing

@Suite struct JoinKernelTests {
    /// Some people, each with sealed and newer events.
    private struct World {
        var sealed: [Int64] = []
        var newer: [Int64] = []
        var people: [(sealed: Range<Int>, newer: Range<Int>)] = []

        init(seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            for _ in 0..<Int.random(in: 0...9, using: &random) {
                let from = (sealed.count, newer.count)
                sealed += Self.times(&random, 0..<20)
                newer += Self.times(&random, seed % 3 == 0 ? 20..<40 : 0..<40)
                people.append((from.0..<sealed.count, from.1..<newer.count))
            }
        }

        private static func times(_ random: inout SeededGenerator, _ range: Range<Int64>) -> [Int64] {
            (0..<Int.random(in: 0...6, using: &random)).map { _ in Int64.random(in: range, using: &random) }.sorted()
        }

        var parts: [JoinedPart] {
            people.reduce(into: []) {
                $0.append(sealed: $1.sealed, newer: $1.newer, sealedTimes: sealed.span, newerTimes: newer.span)
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func eachPersonsEventsComeInOrderOfTimeAndSealedOnesFirst(seed: UInt64) {
        let world = World(seed: seed)
        let found = world.parts.flatMap { part in part.positions.map { (part.isNewer, $0) } }
        let wanted = world.people.flatMap { person in
            let all =
                person.sealed.map { (false, $0, world.sealed[$0]) } + person.newer.map { (true, $0, world.newer[$0]) }
            return all.enumerated().sorted { ($0.element.2, $0.offset) < ($1.element.2, $1.offset) }.map(\.element)
        }
        #expect(found.map(\.0) == wanted.map(\.0))
        #expect(found.map(\.1) == wanted.map(\.1))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func aColumnIsWrittenPartByPart(seed: UInt64) {
        let world = World(seed: seed)
        let parts = world.parts
        let wanted = parts.flatMap { part in part.positions.map { part.isNewer ? world.newer[$0] : world.sealed[$0] } }
        var joined = [Int64](repeating: -1, count: wanted.count)
        var span = joined.mutableSpan
        joinParts(parts.span, sealed: world.sealed.span, newer: world.newer.span, into: &span)
        #expect(joined == wanted)
    }

    @Test func aPersonWhoseNewerEventsAreLaterHasTwoParts() {
        let (sealed, newer): ([Int64], [Int64]) = ([1, 2, 3], [3, 4])
        var parts: [JoinedPart] = []
        parts.append(sealed: 0..<3, newer: 0..<2, sealedTimes: sealed.span, newerTimes: newer.span)
        #expect(parts == [JoinedPart(isNewer: false, 0..<3), JoinedPart(isNewer: true, 0..<2)])
    }

    @Test(arguments: [
        (JoinedPart(isNewer: false, 3..<5), true), (JoinedPart(isNewer: true, 3..<5), false),
        (JoinedPart(isNewer: false, 4..<5), false), (JoinedPart(isNewer: false, 2..<5), false),
    ])
    func aPartTakesWhatLiesRightBehindIt(other: JoinedPart, isTaken: Bool) {
        var part = JoinedPart(isNewer: false, 1..<3)
        let taken = part.take(other)
        #expect(taken == isTaken)
        #expect(part.positions == (isTaken ? 1..<5 : 1..<3))
    }
}
