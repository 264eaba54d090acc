internal import Domain

/// The slots of the second half in columns: what was earned, and what each policy would have done there.
struct JudgedSlots: Sendable {
    /// One policy's columns, shape [slots].
    struct Columns: Sendable {
        var weights: [Double] = []
        var modelValues: [Double] = []
        var isWhole = true  // The policy has a distribution for every slot so far.
    }

    static let slotCountMax = 1_000_000  // Those beyond are left out: bounds memory and the bootstrap.
    /// Below this a propensity is a slip: its one weight would outweigh every other, and its square be infinite.
    private static let propensities = 1e-9...1

    private let fitted: FittedPolicies
    private(set) var rewards: [Double] = []
    private(set) var modelLogged: [Double] = []
    private(set) var persons: [Int] = []  // Numbered in order of appearance.
    private(set) var decisions: [Int] = []
    private(set) var slotCountLeftOut = 0
    private(set) var slotCountUnseen = 0
    private(set) var columns: [PolicyName: Columns] = [:]
    private var numberOfPerson: [PersonID: Int] = [:]
    private var decisionCount = 0

    init(policies fitted: FittedPolicies) { self.fitted = fitted }

    var slotCount: Int { rewards.count }
    var personCount: Int { numberOfPerson.count }
    var options: EvaluatePolicies.Options { fitted.options }

    mutating func add(_ logged: LoggedDecision) {
        let decision = logged.decision
        let subjects = decision.candidates.map(\.subject)
        let actions = fitted.actions(subjects)
        let popularity = RankedCandidates(scores: fitted.popularityScores(actions), options: options)
        let learned = RankedCandidates(scores: fitted.learnedScores(actions, of: decision), options: options)
        var isTaken = [Bool](repeating: false, count: subjects.count)
        for (index, choice) in decision.choices.enumerated() {
            guard let chosen = subjects.firstIndex(of: choice.subject), !isTaken[chosen] else {
                slotCountLeftOut += 1
                continue
            }
            defer { isTaken[chosen] = true }
            guard logged.isShown[index] else {
                slotCountUnseen += 1
                continue
            }
            guard choice.position > 0, Self.propensities.contains(choice.probability),
                slotCount < Self.slotCountMax
            else {
                slotCountLeftOut += 1
                continue
            }
            let position = choice.position - 1
            let expected = fitted.expectedRewards(actions, position: position)
            let slot = Slot(chosen: chosen, propensity: choice.probability, expectedRewards: expected)
            append(slot.asLogged, to: .logged)
            append(slot.judged(Self.uniform(isTaken: isTaken)), to: .random)
            append(slot.judged(popularity.distribution(isTaken: isTaken)), to: .popularity)
            append(slot.judged(learned.distribution(isTaken: isTaken)), to: .learned)
            if fitted.hasThompson {
                append(fitted.thompsonDistribution(subjects, position: position).map(slot.judged), to: .thompson)
            }
            rewards.append(logged.isPositive[index] ? 1 : 0)
            modelLogged.append(expected[chosen])
            decisions.append(decisionCount)
            persons.append(number(of: decision.person))
        }
        decisionCount += 1
    }

    private static func uniform(isTaken: [Bool]) -> [Double] {
        let left = Double(isTaken.count { !$0 })
        return isTaken.map { $0 ? 0 : 1 / left }
    }

    private mutating func append(_ judged: Slot.Judged?, to policy: PolicyName) {
        columns[policy, default: Columns()].weights.append(judged?.weight ?? 0)
        columns[policy, default: Columns()].modelValues.append(judged?.modelValue ?? 0)
        if judged == nil { columns[policy]?.isWhole = false }
    }

    private mutating func number(of person: PersonID) -> Int {
        if let number = numberOfPerson[person] { return number }
        numberOfPerson[person] = numberOfPerson.count
        return numberOfPerson.count - 1
    }
}

/// One slot of a log, ready to be judged under any distribution over its candidates.
private struct Slot {
    struct Judged {
        let weight: Double
        let modelValue: Double
    }

    let chosen: Int
    let propensity: Double
    let expectedRewards: [Double]

    func judged(_ distribution: [Double]) -> Judged {
        var value = 0.0
        for (probability, reward) in zip(distribution, expectedRewards) { value += probability * reward }
        return Judged(weight: distribution[chosen] / propensity, modelValue: value)
    }

    /// The logging policy itself: weight 1. Its distribution over the others may not have been logged, so the model
    /// stands for nothing here and every estimate is the observed mean.
    var asLogged: Judged { Judged(weight: 1, modelValue: expectedRewards[chosen]) }
}
