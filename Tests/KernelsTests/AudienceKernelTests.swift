import Base
import Testing

@testable import Kernels

struct AudienceKernelTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func keepsWhoMeetsTheConditionAsWanted(seed: UInt64) {
        let columns = RandomColumns(seed: seed, momentCount: 400)
        var random = SeededGenerator(seed: seed ^ 0xA0D1)
        let first = Int.random(in: 0..<20, using: &random)
        let people = Array(columns.people)[first...]
        let (countMin, isMet) = (Int.random(in: 1...3, using: &random), Bool.random(using: &random))
        let name = UInt16.random(in: 0..<7, using: &random) * 300
        let names = [name]
        let events = Array(columns.names[Int(columns.offsets[first])...])
        var found = [UInt8](repeating: 0, count: events.count / 8 + 1)
        var foundSpan = found.mutableSpan
        findNames(names.span, in: events.span, into: &foundSpan)
        var ranks = [UInt32](repeating: 0, count: found.count)
        var rankSpan = ranks.mutableSpan
        _ = rankEvents(found.span, into: &rankSpan)
        var wanted = people.map { UInt8($0 % 3 == 0 ? 0 : 1) }
        let before = wanted
        var span = wanted.mutableSpan
        keepPeople(
            AudienceCondition(name: name, countMin: countMin, isMet: isMet),
            offsets: columns.offsets.span.extracting(first...), found: found.span, ranks: ranks.span, in: &span)
        for (number, person) in people.enumerated() {
            let count = columns.events(of: person).count { columns.names[$0] == name }
            #expect(wanted[number] == (before[number] == 1 && (count >= countMin) == isMet ? 1 : 0))
        }
    }
}
