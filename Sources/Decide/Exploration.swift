import Learning

/// The distribution that a decision draws from, over all its candidates.
struct Exploration {
    let distribution: ExplorationDistribution
    let floor: Double

    /// Spread of scores between the best and the last slot's, in temperatures: beyond it probabilities of what is
    /// left for the last slots would vanish beside the first slot's.
    private static let spreadMax = 16.0
    private static let depthMax = 24.0  // Everything further below the best is equally unlikely.

    init(_ ranking: Ranking, best: [Int], surface: String, options: DecideOptions) throws(DecideError) {
        let scores = ranking.candidates.map(\.logOdds)
        let high = best.first.map { scores[$0] } ?? 0
        let spread = high - (best.last.map { scores[$0] } ?? 0)
        let temperature = max(options.temperature, spread / Self.spreadMax, 1e-6)
        let clamped = scores.map { max($0, high - Self.depthMax * temperature) }
        floor = options.floor(surface: surface)
        do throws(ExplorationError) {
            distribution = try ExplorationDistribution(scores: clamped, floor: floor, temperature: temperature)
        } catch {
            throw .invalid(field: "options", reason: "give no distribution (\(error))")
        }
    }
}
