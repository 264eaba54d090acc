import Base
import Testing

@testable import Kernels

@Suite struct RadixSortTests {
    @Test(arguments: [0, 1, 63, 64, 65, 1000, 5000], [1, 2047, 2048, 86_400_000, Int64.max])
    func numbersAreSorted(count: Int, most: Int64) {
        var random = SeededGenerator(seed: UInt64(count))
        var numbers = (0..<count).map { _ in Int64.random(in: 0...most, using: &random) }
        let want = numbers.sorted()
        sortAscending(&numbers)
        #expect(numbers == want)
    }

    @Test func numbersThatDifferBelowTheBitStayInTheirOrder() {
        var random = SeededGenerator(seed: 7)
        for count in [3, 40, 900] {
            var numbers = (0..<count).map { Int64.random(in: 0..<50, using: &random) << 32 | Int64(count - $0) }
            let want = numbers.enumerated().sorted {
                ($0.element >> 32, $0.offset) < ($1.element >> 32, $1.offset)
            }.map(\.element)
            sortAscending(&numbers, fromBit: 32)
            #expect(numbers == want)
        }
    }
}
