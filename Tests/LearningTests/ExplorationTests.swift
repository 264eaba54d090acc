import Base
import Learning
import Testing

@Suite struct ExplorationTests {
    /// Every ordered slate of 3 out of 5 against the product of its propensities. The bound is
    /// `scipy.stats.chi2.ppf(1 - 1e-6, 59)`.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func slatesComeAsOftenAsTheirPropensitiesSay(seed: UInt64) throws {
        let scores = [0.3, 1.1, -0.4, 0.9, 0.0]
        let distribution = try ExplorationDistribution(scores: scores, floor: 0.4, temperature: 0.7)
        var counts: [[Int]: Int] = [:]
        let drawCount = 40_000
        for draw in 0..<drawCount {
            var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(draw))
            counts[distribution.drawSlate(count: 3, using: &random).map(\.index), default: 0] += 1
        }
        var chiSquare = 0.0
        var total = 0.0
        for first in 0..<5 {
            for second in 0..<5 where second != first {
                for third in 0..<5 where third != first && third != second {
                    let slate = [first, second, third]
                    let probability = try #require(distribution.propensities(ofSlate: slate)).reduce(1, *)
                    let expected = probability * Double(drawCount)
                    let difference = Double(counts[slate] ?? 0) - expected
                    chiSquare += difference * difference / expected
                    total += probability
                }
            }
        }
        #expect(abs(total - 1) < 1e-12)
        #expect(chiSquare < 125.665, "chi-square \(chiSquare) of 59 degrees")
    }

    @Test(arguments: [1, 2, 7, 100, 10_000], [0, 0.05, 1])
    func everySlotsProbabilitiesSumToOneAndKeepTheFloor(count: Int, floor: Double) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let scores = (0..<count).map { _ in Double.random(in: -3...3, using: &random) }
        let distribution = try ExplorationDistribution(scores: scores, floor: floor, temperature: 0.3)
        let draws = distribution.drawSlate(count: 5, using: &random)
        #expect(draws.count == min(5, count))
        for slot in draws.indices {
            let taken = draws.prefix(slot).map(\.index)
            let conditional = distribution.conditional(after: taken)
            #expect(abs(conditional.reduce(0, +) - 1) < 1e-12)
            let least = floor / Double(count - slot) * (1 - 1e-12)
            for index in conditional.indices where !taken.contains(index) { #expect(conditional[index] >= least) }
            #expect(conditional[draws[slot].index] == draws[slot].probability)
        }
    }

    @Test func theMixtureIsAsWritten() throws {
        let distribution = try ExplorationDistribution(scores: [1, 0], floor: 0.2, temperature: 0.5)
        let softmax = 0.8807970779778823  // scipy.special.softmax([2, 0])[0]
        #expect(abs(distribution.probabilities[0] - (0.1 + 0.8 * softmax)) < 1e-15)
    }

    @Test func aLogRecomputesWhatTheDrawSaid() throws {
        var random = SeededGenerator(seed: 9)
        for round in 0..<200 {
            let scores = (0..<(round % 40 + 1)).map { _ in Double.random(in: -20...20, using: &random) }
            let distribution = try ExplorationDistribution(scores: scores, floor: 0.1, temperature: 1)
            let draws = distribution.drawSlate(count: 10, using: &random)
            let logged = try ExplorationDistribution(loggedProbabilities: distribution.probabilities, floor: 0.1)
            #expect(logged.propensities(ofSlate: draws.map(\.index)) == draws.map(\.probability))
        }
    }

    @Test func aSeedDrawsTheSameSlate() throws {
        let distribution = try ExplorationDistribution(scores: [3, 1, 2, 0], floor: 0.3, temperature: 1)
        var first = SeededGenerator(seed: 5)
        var second = SeededGenerator(seed: 5)
        #expect(distribution.drawSlate(count: 4, using: &first) == distribution.drawSlate(count: 4, using: &second))
    }

    @Test func extremeScoresAreFineAndInfiniteOnesAreNot() throws {
        var random = SeededGenerator(seed: 1)
        let distribution = try ExplorationDistribution(scores: [1e6, -1e6, 0], floor: 0.03, temperature: 0.01)
        #expect(abs(distribution.probabilities.reduce(0, +) - 1) < 1e-12)
        #expect(abs(distribution.probabilities[1] - 0.01) < 1e-15)
        #expect(distribution.drawSlate(count: 3, using: &random).count == 3)
        for bad in [Double.infinity, -.infinity, .nan] {
            #expect(throws: ExplorationError.notFinite(index: 1)) {
                try ExplorationDistribution(scores: [0, bad], floor: 0.1, temperature: 1)
            }
        }
    }

    @Test func oneCandidateIsCertain() throws {
        var random = SeededGenerator(seed: 1)
        let distribution = try ExplorationDistribution(scores: [-4], floor: 0.1, temperature: 1)
        let draws = distribution.drawSlate(count: 3, using: &random)
        #expect(draws.count == 1 && draws[0].index == 0 && draws[0].probability == 1)
        #expect(distribution.drawSlate(count: 0, using: &random).isEmpty)
    }

    @Test func whatIsNoDistributionIsRefused() {
        #expect(throws: ExplorationError.noCandidates) {
            try ExplorationDistribution(scores: [], floor: 0.1, temperature: 1)
        }
        #expect(throws: ExplorationError.floorOutOfRange(1.5)) {
            try ExplorationDistribution(scores: [1], floor: 1.5, temperature: 1)
        }
        #expect(throws: ExplorationError.temperatureOutOfRange(0)) {
            try ExplorationDistribution(scores: [1], floor: 0.1, temperature: 0)
        }
        #expect(throws: ExplorationError.belowFloor(index: 1)) {
            try ExplorationDistribution(loggedProbabilities: [0.99, 0.01], floor: 0.1)
        }
        #expect(throws: ExplorationError.self) {
            try ExplorationDistribution(loggedProbabilities: [0.5, 0.4], floor: 0)
        }
    }

    @Test func aSlateThatCouldNotBeDrawnHasNoPropensity() throws {
        let distribution = try ExplorationDistribution(scores: [1, 2], floor: 0.1, temperature: 1)
        #expect(distribution.propensities(ofSlate: [0, 0]) == nil)
        #expect(distribution.propensities(ofSlate: [2]) == nil)
    }
}
