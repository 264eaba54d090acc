private import Base
internal import Domain
internal import Learning

/// The policies as the first half taught them, and the reward model that doubly robust estimates lean on.
struct FittedPolicies: Sendable {
    let options: EvaluatePolicies.Options
    private let actionOfSubject: [Subject: Int]
    private let hashOfAction: [FeatureHash]
    private let meanOfAction: [Double]
    private let meanByPosition: [[Double]]
    private let meanOverall: Double  // For actions that the first half never showed.
    private let contextModel: LogisticModel
    private let thompson: [[Subject: Double]]  // P(subject at position), shape [positions]; empty without priors.

    init(_ training: PolicyTraining, options: EvaluatePolicies.Options) {
        self.options = options
        let means = training.smoothedRewards()
        actionOfSubject = training.actionOfSubject
        hashOfAction = training.hashOfAction
        meanOfAction = means.byAction()
        meanByPosition = means.byPosition()
        let positives = training.isPositive.count(where: \.self)
        meanOverall = training.isPositive.isEmpty ? 0 : Double(positives) / Double(training.isPositive.count)
        contextModel = training.contextModel(offsets: meanOfAction.map(LogisticModel.logOdds(probability:)))
        thompson = Self.thompson(options, positionCount: means.positionCount)
    }

    /// The number under which the first half knew each subject; nil where it never showed it.
    func actions(_ subjects: [Subject]) -> [Int?] { subjects.map { actionOfSubject[$0] } }

    /// q̂: the mean outcome of each action at a 0-based position.
    func expectedRewards(_ actions: [Int?], position: Int) -> [Double] {
        let means = position < meanByPosition.count ? meanByPosition[position] : meanOfAction
        return actions.map { action in action.map { means[$0] } ?? meanOverall }
    }

    func popularityScores(_ actions: [Int?]) -> [Double] {
        actions.map { action in action.map { meanOfAction[$0] } ?? meanOverall }
    }

    /// Log-odds: the action's mean plus what this context adds for it.
    func learnedScores(_ actions: [Int?], of decision: Decision) -> [Double] {
        let context = ContextFeatures.hashes(of: decision)
        var rows = FeatureRows()
        for action in actions {
            rows.beginRow()
            guard let action else { continue }
            for feature in context { rows.add(hashOfAction[action].crossed(with: feature)) }
        }
        let means = popularityScores(actions).map(LogisticModel.logOdds(probability:))
        return zip(contextModel.logOdds(of: rows), means).map(+)
    }

    /// Thompson sampling's distribution over exactly these subjects at a 0-based position; nil where the priors are of
    /// others, or none were given.
    func thompsonDistribution(_ subjects: [Subject], position: Int) -> [Double]? {
        guard position < thompson.count, subjects.count == thompson[position].count else { return nil }
        let found = subjects.compactMap { thompson[position][$0] }
        return found.count == subjects.count ? found : nil
    }

    var hasThompson: Bool { !thompson.isEmpty }

    private static func thompson(_ options: EvaluatePolicies.Options, positionCount: Int) -> [[Subject: Double]] {
        let subjects = options.thompsonPriors.keys.sorted()
        let priors = subjects.compactMap { options.thompsonPriors[$0] }
        guard
            let policy = BernoulliThompson(priorAlphas: priors.map(\.alpha), priorBetas: priors.map(\.beta))
        else { return [] }
        let rows = policy.actionDistribution(
            positionCount: min(positionCount, subjects.count), simulationCount: 20_000, seed: options.seed)
        return rows.map { Dictionary(uniqueKeysWithValues: zip(subjects, $0)) }
    }
}
