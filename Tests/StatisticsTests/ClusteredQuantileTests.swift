import Base
import Statistics
import Testing

@Suite struct ClusteredQuantileTests {
    /// `numpy.quantile(range(1, 11), q)`.
    @Test(arguments: [(0.0, 1.0), (0.1, 1.9), (0.25, 3.25), (0.5, 5.5), (0.75, 7.75), (0.9, 9.1), (1.0, 10.0)])
    func aQuantileIsThatOfNumpy(share: Double, want: Double) throws {
        let found = try #require(ClusteredSample([3, 1, 10, 8, 2, 5, 4, 7, 9, 6]).quantile(share))
        #expect(abs(found.value - want) < 1e-12)
    }

    @Test func nothingHasNoQuantile() {
        #expect(ClusteredSample([]).quantile(0.5) == nil)
        #expect(ClusteredSample([7]).quantile(0.5)?.value == 7)
        #expect(ClusteredSample([7]).quantile(0.5)?.interval == nil)
        #expect(ClusteredSample([7, 7, 7]).quantile(0.5)?.interval == nil, "no spread is known")
        #expect(ClusteredQuantile(0.5, of: []) == nil)
    }

    /// Each value four times in its cluster: the share at or below has the error of the values taken once.
    @Test func copiesWithinAClusterTellNothingNew() throws {
        var random = SeededGenerator(seed: 8)
        let once = (0..<2000).map { _ in Double.random(in: 0..<100_000, using: &random) }
        let copied = ClusteredSample(
            once.flatMap { [$0, $0, $0, $0] }, clusterSizes: [UInt32](repeating: 4, count: once.count))
        for share in [0.1, 0.5, 0.9] {
            let (mine, other) = (copied.quantile(share), ClusteredSample(once).quantile(share))
            let (width, want) = (try #require(mine?.interval?.width), try #require(other?.interval?.width))
            #expect(abs(width / want - 1) < 0.05)
            let numbered = once.enumerated().flatMap { number, value in
                [(Double, UInt32)](repeating: (value, UInt32(number)), count: 4)
            }
            #expect(ClusteredQuantile(share, of: numbered) == mine)
        }
    }

    /// Clusters of a common level each: the interval of the median holds the true one about 19 times in 20.
    @Test func intervalsHoldTheTruthAsOftenAsTheySay() throws {
        var random = SeededGenerator(seed: 3)
        var held = 0
        for _ in 0..<400 {
            var (values, sizes): ([Double], [UInt32]) = ([], [])
            for _ in 0..<120 {
                let level = Double.random(in: -1000...1000, using: &random)
                let size = Int.random(in: 1...9, using: &random)
                values += (0..<size).map { _ in level + Double.random(in: -200...200, using: &random) }
                sizes.append(UInt32(size))
            }
            let interval = try #require(ClusteredSample(values, clusterSizes: sizes).quantile(0.5)?.interval)
            held += (interval.low...interval.high).contains(0) ? 1 : 0
        }
        #expect((365...395).contains(held), "\(held) of 400")
    }
}
