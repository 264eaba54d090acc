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
}
