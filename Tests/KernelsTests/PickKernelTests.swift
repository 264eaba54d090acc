import Base
import Kernels
import Testing

@Suite struct PickKernelTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func eachEventThatMeetsAnyOfTheFiltersHasItsBit(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let masks = (0..<Int.random(in: 0...70, using: &random)).map { _ in
            UInt32.random(in: 0...UInt32.max, using: &random) & UInt32.random(in: 0...UInt32.max, using: &random)
                & UInt32.random(in: 0...UInt32.max, using: &random)
        }
        let bits =
            UInt32(1) << UInt32.random(in: 0..<32, using: &random) | 1 << UInt32.random(in: 0..<32, using: &random)
        var found = [UInt8](repeating: 0xFF, count: masks.count / 8 + 1)
        var span = found.mutableSpan
        findMasks(meeting: bits, in: masks.span, into: &span)
        var wanted = [UInt8](repeating: 0, count: found.count)
        for (event, mask) in masks.enumerated() where mask & bits != 0 { wanted[event / 8] |= 1 << UInt8(event % 8) }
        #expect(found == wanted)
    }
}
