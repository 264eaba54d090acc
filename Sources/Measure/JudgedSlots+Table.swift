internal import Learning
internal import Statistics

extension JudgedSlots {
    /// Fewer people than this are too few to resample; then the slots of one decision are what belongs together.
    private static let personCountLeast = 50

    /// Slots that may depend on each other: of one person.
    private var clusters: [Int] { personCount >= Self.personCountLeast ? persons : decisions }

    /// What the slots earned. Student's interval over clusters; Wilson's where nothing, or everything, was earned.
    func onPolicy() -> PolicyTable.Estimate {
        var mean = ClusteredMean<Int>()
        for (reward, cluster) in zip(rewards, clusters) { mean.add(reward, cluster: cluster) }
        let positives = rewards.count { $0 > 0 }
        let wilson = Proportion(positives: positives, total: slotCount)?.interval()
        let isSpread = positives > 0 && positives < slotCount
        let interval = (isSpread ? mean.interval() : nil) ?? wilson
        return PolicyTable.Estimate(
            estimator: "on_policy", value: mean.mean ?? 0, low: max(0, interval?.low ?? 0),
            high: min(1, interval?.high ?? 1))
    }

    func policies(bootstrap: Bootstrap) -> [PolicyTable.Policy] {
        PolicyName.allCases.compactMap { name in
            guard let columns = columns[name], columns.isWhole else { return nil }
            return policy(name, columns, bootstrap: bootstrap)
        }
    }

    private func policy(_ name: PolicyName, _ columns: Columns, bootstrap: Bootstrap) -> PolicyTable.Policy? {
        guard
            let evaluation = try? OffPolicyEvaluation(
                weights: columns.weights, rewards: rewards, modelValues: columns.modelValues,
                modelLogged: modelLogged, clusters: clusters)
        else { return nil }
        let trust = evaluation.trust
        let estimates = evaluation.estimates(bootstrap: bootstrap).filter { $0.estimator != .dm }.compactMap(\.row)
        return PolicyTable.Policy(
            policy: name.rawValue, estimates: trust.effectiveSampleSize > 0 ? estimates : [],
            effectiveSampleSize: trust.effectiveSampleSize, doubts: trust.reasons.map(\.doubt),
            note: ([name.meaning(options)] + trust.reasons.map(\.sentence)).joined(separator: " "))
    }
}

extension OffPolicyEstimate {
    fileprivate var row: PolicyTable.Estimate? {
        interval.map { .init(estimator: estimator.rawValue, value: value, low: $0.low, high: $0.high) }
    }
}

extension OffPolicyTrust.Reason {
    fileprivate var doubt: PolicyTable.Doubt {
        switch self {
        case .fewEffectiveRounds(let effective, let least): .init(code: .fewSlots, value: effective, wanted: least)
        case .fewEffectiveRewards(let effective, let least): .init(code: .fewOutcomes, value: effective, wanted: least)
        case .weightsOff(let mean, _): .init(code: .weightsOff, value: mean, wanted: 1)
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .fewEffectiveRounds(let effective, let least):
            "The log is worth only \(tenths(effective)) slots of this policy; \(Int(least)) are wanted."
        case .fewEffectiveRewards(let effective, let least):
            "The log is worth only \(tenths(effective)) positive outcomes of this policy; \(Int(least)) are wanted "
                + "before an interval can be relied on."
        case .weightsOff(let mean, _):
            "The weights average \((mean * 100).rounded() / 100) and not 1: propensities are wrong, or the log never "
                + "does what this policy would."
        }
    }

    private func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
