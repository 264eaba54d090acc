internal import Domain
internal import Learning

/// The slots of the first half, as the policies learn from them.
struct PolicyTraining: Sendable {
    private(set) var actionOfSubject: [Subject: Int] = [:]
    private(set) var hashOfAction: [FeatureHash] = []
    private(set) var rows = FeatureRows()
    private(set) var actions: [Int] = []
    private(set) var positions: [Int] = []  // 0-based.
    private(set) var isPositive: [Bool] = []

    /// Slots beyond this many teach nothing: bounds memory, which grows with each slot and its context.
    static let slotCountMax = 1_000_000
    static let cellCountMax = 1 << 22  // Of the table of means; 16 bytes each.

    mutating func add(_ logged: LoggedDecision) {
        let context = ContextFeatures.hashes(of: logged.decision)
        for (index, choice) in logged.decision.choices.enumerated() where choice.position > 0 && logged.isShown[index] {
            guard actions.count < Self.slotCountMax else { return }
            let action = action(of: choice.subject)
            actions.append(action)
            positions.append(choice.position - 1)
            isPositive.append(logged.isPositive[index])
            rows.beginRow()
            for feature in context { rows.add(hashOfAction[action].crossed(with: feature)) }
        }
    }

    /// Mean rewards by action and position; at least one of each, so that an empty training half has a model too. Where
    /// the table would be too large, the deepest positions share its last one.
    func smoothedRewards() -> SmoothedRewards {
        let actionCount = max(1, hashOfAction.count)
        let deepest = min(positions.max() ?? 0, max(1, Self.cellCountMax / actionCount) - 1)
        var means = SmoothedRewards(actionCount: actionCount, positionCount: deepest + 1)
        for slot in actions.indices {
            means.learn(
                action: actions[slot], position: min(positions[slot], deepest), reward: isPositive[slot] ? 1 : 0)
        }
        return means
    }

    /// What context adds to an action's mean, learned on top of it: in slots where it says nothing, the mean stands.
    func contextModel(offsets: [Double]) -> LogisticModel {
        var learner = FTRL()
        for slot in actions.indices {
            learner.learn(rows, row: slot, label: isPositive[slot], offset: offsets[actions[slot]])
        }
        return learner.published()
    }

    private mutating func action(of subject: Subject) -> Int {
        if let action = actionOfSubject[subject] { return action }
        let action = hashOfAction.count
        actionOfSubject[subject] = action
        hashOfAction.append(FeatureHash("subject=\(subject)"))
        return action
    }
}
