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

    mutating func add(_ logged: LoggedDecision) {
        let context = ContextFeatures.hashes(of: logged.decision)
        for (choice, flag) in zip(logged.decision.choices, logged.isPositive) where choice.position > 0 {
            let action = action(of: choice.subject)
            actions.append(action)
            positions.append(choice.position - 1)
            isPositive.append(flag)
            rows.beginRow()
            for feature in context { rows.add(hashOfAction[action].crossed(with: feature)) }
        }
    }

    /// Mean rewards by action and position; at least one of each, so that an empty training half has a model too.
    func smoothedRewards() -> SmoothedRewards {
        var means = SmoothedRewards(
            actionCount: max(1, hashOfAction.count), positionCount: (positions.max() ?? 0) + 1)
        for slot in actions.indices {
            means.learn(action: actions[slot], position: positions[slot], reward: isPositive[slot] ? 1 : 0)
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
