import Base
import Testing

@testable import Kernels

@Suite struct PeriodBoundsTests {
    @Test(arguments: 0..<80 as Range<UInt64>)
    func aTimeLiesInTheStretchWhoseBoundariesEncloseIt(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let longest: Int64 = [1, 3, 1000, 86_400_000, 1 << 40][Int(seed % 5)]
        let first = Int64.random(in: -5...1_700_000_000_000, using: &random)
        let boundaries = (0..<Int.random(in: 1...60, using: &random)).reduce(into: [first]) { bounds, _ in
            bounds.append(bounds[bounds.count - 1] + Int64.random(in: 1...longest, using: &random))
        }
        let periods = PeriodBounds(boundaries)
        let edges = boundaries.flatMap { [$0 - 1, $0, $0 + 1] }
        let others = (0..<200).map { _ in
            Int64.random(in: boundaries[0]..<boundaries[boundaries.count - 1], using: &random)
        }
        for time in edges + others {
            let want = boundaries.indices.dropLast().first { boundaries[$0] <= time && time < boundaries[$0 + 1] }
            #expect(periods.stretch(at: time) == want)
        }
    }
}
