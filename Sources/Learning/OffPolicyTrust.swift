private import Statistics

/// How far an off-policy estimate can be trusted, with the numbers that say so.
public struct OffPolicyTrust: Sendable, Equatable {
    public enum Reason: Sendable, Equatable {
        case fewEffectiveRounds(effective: Double, least: Double)
        case fewEffectiveRewards(effective: Double, least: Double)
        case weightsOff(mean: Double, standardError: Double)  // Mean not 1: wrong propensities or support.
    }

    public static let effectiveRoundsLeast = 100.0
    public static let effectiveRewardsLeast = 5.0
    static let weightErrorsMost = 4.0

    public let effectiveSampleSize: Double
    public let reasons: [Reason]  // Empty: ok.

    public var isOK: Bool { reasons.isEmpty }
}

extension OffPolicyEvaluation {
    public var trust: OffPolicyTrust {
        var reasons: [OffPolicyTrust.Reason] = []
        let effective = effectiveSampleSize
        if effective < OffPolicyTrust.effectiveRoundsLeast {
            reasons.append(.fewEffectiveRounds(effective: effective, least: OffPolicyTrust.effectiveRoundsLeast))
        }
        let effectiveRewards = effectiveRewardCount
        if effectiveRewards < OffPolicyTrust.effectiveRewardsLeast {
            reasons.append(
                .fewEffectiveRewards(effective: effectiveRewards, least: OffPolicyTrust.effectiveRewardsLeast))
        }
        let weight = meanWeight
        if let mean = weight.mean, let error = weight.standardError,
            abs(mean - 1) > OffPolicyTrust.weightErrorsMost * error + 1e-9
        {
            reasons.append(.weightsOff(mean: mean, standardError: error))
        }
        return OffPolicyTrust(
            effectiveSampleSize: effective, reasons: reasons)
    }

    /// Weights of rounds that belong together err together: their error is that of clusters.
    private var meanWeight: ClusteredMean<Int> {
        var mean = ClusteredMean<Int>()
        for (round, weight) in weights.enumerated() { mean.add(weight, cluster: clusters?[round] ?? round) }
        return mean
    }

    /// How many rewarded rounds of the policy's own the log is worth: the smaller of two counts. Kish's count over the
    /// rewarded rounds is small where a few of them carry the estimate; the effective sample size times the weighted
    /// share of rewarded rounds is small where the policy's favourites were never rewarded in the log. In both cases
    /// resampling cannot see what is missing, and its interval is too narrow.
    private var effectiveRewardCount: Double {
        let rewarded = zip(weights, rewards).filter { $0.1 != 0 }.map(\.0)
        let squares = rewarded.reduce(0) { $0 + $1 * $1 }
        guard squares > 0 else { return 0 }
        let sum = rewarded.reduce(0, +)
        return min(sum * sum / squares, effectiveSampleSize * sum / weights.reduce(0, +))
    }
}
