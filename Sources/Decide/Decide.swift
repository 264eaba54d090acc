public import Base
public import Domain
import Learning

/// Chooses what to show a person: recall, score, draw, record, answer — in that order, so that what was answered is on
/// disk and what was not recorded is not shown.
public struct Decide: Sendable {
    public static let countMax = 50
    public static let candidateCountMax = 500
    public static let policyLearned = "ftrl-1"
    /// How far past now a request may place itself: clocks differ.
    public static let aheadMax = Milliseconds.minutes(5)

    private let state: DecideState
    private let options: DecideOptions
    private let ports: DecidePorts

    public init(state: DecideState, ports: DecidePorts) {
        self.state = state
        self.ports = ports
        options = state.withCore { $0.options }
    }

    /// - Returns: The decision; fewer choices than asked for where there are fewer candidates.
    public func callAsFunction(_ request: DecideRequest) async throws(DecideError) -> Decision {
        let now = ports.now()
        let time = request.time ?? now
        guard time <= now.advanced(by: Self.aheadMax) else {
            throw .invalid(field: "time", reason: "lies in the future")
        }
        let decision = try decide(request, at: time)
        if !request.isShadow { try await ports.record(decision) }
        return decision
    }

    private func decide(_ request: DecideRequest, at time: EventTime) throws(DecideError) -> Decision {
        var generator = SeededGenerator(seed: ports.seed())
        let id = ports.newID()
        if request.policy != .learned { return try baseline(request, id: id, at: time) }
        let gathered = state.withCore { $0.gather(request, at: time) }
        let model = state.model
        let place = FeaturePlace(surface: request.surface, channel: request.channel, context: request.context)
        let ranking = Ranking(gathered, place: place, model: model.model)
        guard !ranking.candidates.isEmpty else { throw .noCandidates }
        let best = ranking.best(request.count)
        let exploration = try Exploration(ranking, best: best, surface: request.surface, options: options)
        let draws =
            request.isShadow
            ? best.map { (index: $0, probability: 1.0) }
            : exploration.distribution.drawSlate(count: request.count, using: &generator).map {
                (index: $0.index, probability: $0.probability)
            }
        var context = request.context
        context.append(DecideRequest.recallKey, .object(ranking.recallCounts))
        return Decision(
            id: id, person: request.person, time: time, channel: request.channel, surface: request.surface,
            policy: Self.policyLearned, model: model.version, floor: exploration.floor,
            candidates: ranking.candidates.indices.map {
                Decision.Candidate(
                    subject: ranking.candidates[$0].subject, probability: exploration.distribution.probabilities[$0])
            },
            choices: Self.choices(draws, ranking: ranking, best: Set(best)), context: context)
    }

    private static func choices(
        _ draws: [(index: Int, probability: Double)], ranking: Ranking, best: Set<Int>
    ) -> [Decision.Choice] {
        draws.enumerated().map { slot, draw in
            let candidate = ranking.candidates[draw.index]
            let reasons = Reason.reasons(
                facts: candidate.facts, sources: candidate.sources, isExplored: !best.contains(draw.index))
            return Decision.Choice(
                subject: candidate.subject, position: slot + 1, probability: draw.probability,
                score: LogisticModel.probability(logOdds: candidate.logOdds), reasons: reasons.map(\.rawValue))
        }
    }

    /// A fixed ranking without a draw: each choice is certain, and nothing else was a candidate.
    private func baseline(_ request: DecideRequest, id: DecisionID, at time: EventTime) throws(DecideError)
        -> Decision
    {
        let (subjects, sequence) = state.withCore { core in
            let subjects =
                request.policy == .popularity
                ? core.popular(count: request.count, among: request.candidates)
                : core.buyAgain(person: request.person, count: request.count, among: request.candidates)
            return (subjects, core.sequenceEnd)
        }
        guard !subjects.isEmpty else { throw .noCandidates }
        let reason = request.policy == .popularity ? Reason.popular : .boughtBefore
        let choices = subjects.enumerated().map { slot, subject in
            Decision.Choice(
                subject: subject, position: slot + 1, probability: 1, score: nil, reasons: [reason.rawValue])
        }
        return Decision(
            id: id, person: request.person, time: time, channel: request.channel, surface: request.surface,
            policy: request.policy.rawValue, model: "\(request.policy.rawValue)@\(sequence)", floor: 0,
            candidates: [Decision.Candidate(subject: subjects[0], probability: 1)], choices: choices,
            context: request.context)
    }
}
