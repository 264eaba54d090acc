import Base
import Testing

@testable import Statistics

@Suite struct DistinctSketchTests {
    private func sketch(_ things: Range<Int>, precision: Int, seed: UInt64 = 0) -> DistinctSketch {
        var sketch = DistinctSketch(precision: precision)
        for thing in things { sketch.add(hash: SeededGenerator.mix(UInt64(thing) &+ 1 &+ seed << 32)) }
        return sketch
    }

    @Test(arguments: [1, 2, 5, 10, 100, 1000, 10_000, 100_000, 1_000_000])
    func knowsHowManyThereAre(truth: Int) {
        for precision in [10, 12, 14, 16] {
            let sketch = sketch(0..<truth, precision: precision)
            #expect(abs(sketch.estimate / Double(truth) - 1) <= 3.5 * sketch.standardError, "\(precision)")
            #expect(sketch.interval(level: 0.9999).contains(Double(truth)))
        }
    }

    @Test func nothingIsExactlyNothing() {
        let empty = DistinctSketch(precision: 10)
        #expect(empty.estimate == 0 && empty.interval() == Interval(low: 0, high: 0, level: 0.95))
    }

    @Test(arguments: [30, 700, 2500, 40_000])
    func isUnbiasedAndItsIntervalCoversTheTruth(truth: Int) {
        let worlds = 300
        var (sum, covered) = (0.0, 0)
        for seed in 1...UInt64(worlds) {
            let sketch = sketch(0..<truth, precision: 10, seed: seed)
            sum += sketch.estimate
            if sketch.interval().contains(Double(truth)) { covered += 1 }
        }
        let error = DistinctSketch.standardError(precision: 10) / Double(worlds).squareRoot()
        #expect(abs(sum / Double(worlds) / Double(truth) - 1) < 3 * error)
        #expect(covered >= worlds * 93 / 100)
    }

    @Test func whatWasSeenTwiceOrInTwoSketchesCountsOnce() {
        var merged = sketch(0..<6000, precision: 12)
        merged.merge(sketch(4000..<9000, precision: 12))
        merged.merge(merged)
        #expect(merged == sketch(0..<9000, precision: 12))
    }

    /// Beyond what any server holds: registers at their greatest are told from those that are merely high.
    @Test func fullRegistersMeanMore() {
        let high = DistinctSketch(precision: 10, registers: .init(repeating: 54, count: 1024))
        let full = DistinctSketch(precision: 10, registers: .init(repeating: 55, count: 1023) + [54])
        #expect(high.estimate > 1e18 && (2...20).contains(full.estimate / high.estimate))
    }
}
