import Base
import Testing

@testable import Timeline

@Suite struct SubjectSetTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func oneEventIsKnownForEachSubject(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var events = SubjectEvents()
        for _ in 0..<3 {
            var plain: [UInt32: Int] = [:]
            for event in 0..<Int.random(in: 0...60, using: &random) {
                let subject = UInt32.random(in: 1...(seed % 2 == 0 ? 8 : 40), using: &random)
                events.set(event, of: subject)
                plain[subject] = event
            }
            for subject in 0...41 as ClosedRange<UInt32> { #expect(events.event(of: subject) == plain[subject]) }
            events.removeAll()
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func differentCodesAreCountedOnceAlsoOfTwoSets(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let codeEnd = Int.random(in: 1...5000, using: &random)
        var sets = [CodeSet(codeEnd: codeEnd), CodeSet(codeEnd: codeEnd)]
        var plain: [Set<UInt32>] = [[], []]
        for number in 0..<2 {
            for _ in 0..<Int.random(in: 0...400, using: &random) {
                let code = UInt32.random(in: 0..<UInt32(codeEnd), using: &random)
                sets[number].insert(code)
                plain[number].insert(code)
            }
            #expect(sets[number].count == plain[number].count)
        }
        sets[0].formUnion(sets[1])
        #expect(sets[0].count == plain[0].union(plain[1]).count)
    }
}
