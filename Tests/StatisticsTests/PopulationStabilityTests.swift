import Base
import Statistics
import Testing

@Suite struct PopulationStabilityTests {
    @Test func theIndexIsTheTextbookSum() throws {
        // (0.5 − 0.25) ln 2 + (0.5 − 0.75) ln(2/3) = 0.2747, but for half a count in a hundred thousand.
        let stability = try #require(PopulationStability(before: [25_000, 75_000], now: [50_000, 50_000]))
        #expect(abs(stability.index - 0.274_65) < 1e-4)
        #expect(stability.excess > 0.27)
    }

    @Test func chanceAloneStaysBelowItsBoundAboutAsOftenAsItSays() throws {
        var random = SeededGenerator(seed: 3)
        func sample(_ count: Int) -> [Int] {
            (0..<count).reduce(into: [0, 0, 0, 0, 0]) { counts, _ in
                counts[Int.random(in: 0..<5, using: &random)] += 1
            }
        }
        let beyond = (0..<1000).count { _ in
            (PopulationStability(before: sample(700), now: sample(200))?.excess ?? 0) > 0
        }
        #expect((25...80).contains(beyond), "\(beyond) of 1000 at 5%")
    }

    @Test func anEmptySampleOrASingleClassSaysNothing() {
        #expect(PopulationStability(before: [0, 0], now: [5, 5]) == nil)
        #expect(PopulationStability(before: [5, 0], now: [7, 0]) == nil)
    }
}
