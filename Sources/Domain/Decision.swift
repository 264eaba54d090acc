public import Base

/// A choice made for a person, with all that is needed to explain it, to evaluate another policy on it, and to join
/// its outcome.
public struct Decision: Sendable, Equatable {
    /// What could have been chosen.
    public struct Candidate: Sendable, Equatable {
        public let subject: Subject
        /// P(chosen for the first slot | this decision). They sum to 1, or are all 0 in the record of another system
        /// that logged the probability of its choices only.
        public let probability: Double

        public init(subject: Subject, probability: Double) {
            self.subject = subject
            self.probability = probability
        }
    }

    /// One slot of the answer.
    public struct Choice: Sendable, Equatable {
        public let subject: Subject
        public let position: Int  // From 1.
        public let probability: Double  // P(chosen for this slot | the slots before it): the propensity.
        public let score: Double?  // The model's estimate of P(positive outcome | shown); nil where no model spoke.
        public let reasons: [String]  // Codes, strongest first: `bought_before`, `popular`, `explored`, …

        public init(subject: Subject, position: Int, probability: Double, score: Double?, reasons: [String]) {
            self.subject = subject
            self.position = position
            self.probability = probability
            self.score = score
            self.reasons = reasons
        }
    }

    public let id: DecisionID
    public let person: PersonID
    public let time: EventTime
    public let channel: Channel
    public let surface: String  // The place that was filled, such as `shop_home`.
    public let policy: String  // Name and version of the policy, `ftrl-1`.
    public let model: String  // Version of the learned state; empty where there is none.
    public let floor: Double  // Exploration: least share of the draw that is uniform over the candidates.
    public let candidates: [Candidate]
    public let choices: [Choice]
    public let context: JSONObject

    public init(
        id: DecisionID, person: PersonID, time: EventTime, channel: Channel, surface: String, policy: String,
        model: String, floor: Double, candidates: [Candidate], choices: [Choice], context: JSONObject
    ) {
        self.id = id
        self.person = person
        self.time = time
        self.channel = channel
        self.surface = surface
        self.policy = policy
        self.model = model
        self.floor = floor
        self.candidates = candidates
        self.choices = choices
        self.context = context
    }
}

/// What a record may hold. Whoever reads a log allocates and multiplies by what it says.
extension Decision {
    static let candidateCountMax = 10_000
    static let choiceCountMax = 1000
    static let positions = 1...1000
    static let probabilities = 0...1 + 1e-9  // Rounded sums end a little past 1.
}

extension Decision {
    /// The decision as an event of its own: the record that the journal keeps.
    ///
    /// - Parameter source: `quanyu` for our own; another system's name for a log that was imported.
    public func event(source: SourceName, receivedAt: EventTime) -> Event {
        var properties = JSONObject()
        properties.append("surface", .string(surface))
        properties.append("policy", .string(policy))
        properties.append("model", .string(model))
        properties.append("floor", .double(floor))
        properties.append("candidates", .array(candidates.map { .string($0.subject.description) }))
        properties.append("probabilities", .array(candidates.map { .double($0.probability) }))
        properties.append("choices", .array(choices.map(\.json)))
        if !context.isEmpty { properties.append("context", .object(context)) }
        return Event(
            id: EventID(validated: id.text), source: source, person: person, name: .decision, channel: channel,
            time: time, receivedAt: receivedAt, subject: choices.first?.subject, decision: id, properties: properties)
    }

    /// Nil where `event` is no decision, or one whose record is not whole or out of bounds.
    public init?(event: Event) {
        let properties = event.properties
        guard event.name == .decision, let id = event.decision, let surface = properties["surface"]?.stringValue,
            let policy = properties["policy"]?.stringValue,
            let subjects = properties["candidates"]?.arrayValue?.map({ $0.stringValue.flatMap { Subject($0) } }),
            let probabilities = properties["probabilities"]?.arrayValue?.map(\.doubleValue),
            let choices = properties["choices"]?.arrayValue?.map(Choice.init(json:)),
            subjects.count == probabilities.count, subjects.count <= Self.candidateCountMax,
            choices.count <= Self.choiceCountMax, SurfaceName(surface) != nil
        else { return nil }
        let floor = properties["floor"]?.doubleValue ?? 0
        guard (0...1).contains(floor) else { return nil }
        var candidates: [Candidate] = []
        for (subject, probability) in zip(subjects, probabilities) {
            guard let subject, let probability, Self.probabilities.contains(probability) else { return nil }
            candidates.append(Candidate(subject: subject, probability: probability))
        }
        self.init(
            id: id, person: event.person, time: event.time, channel: event.channel, surface: surface, policy: policy,
            model: properties["model"]?.stringValue ?? "", floor: floor, candidates: candidates,
            choices: choices.compactMap { $0 },
            context: properties["context"]?.objectValue ?? JSONObject())
        guard self.choices.count == choices.count else { return nil }
    }
}

extension Decision.Choice {
    public var json: JSON {
        var object = JSONObject()
        object.append("subject", .string(subject.description))
        object.append("position", .int(Int64(position)))
        object.append("probability", .double(probability))
        if let score { object.append("score", .double(score)) }
        object.append("reasons", .array(reasons.map { .string($0) }))
        return .object(object)
    }

    /// Nil where something is missing or out of bounds.
    public init?(json: JSON) {
        guard let subject = json["subject"]?.stringValue.flatMap({ Subject($0) }),
            let position = json["position"]?.intValue.flatMap({ Int(exactly: $0) }),
            Decision.positions.contains(position),
            let probability = json["probability"]?.doubleValue, Decision.probabilities.contains(probability)
        else { return nil }
        self.init(
            subject: subject, position: position, probability: probability, score: json["score"]?.doubleValue,
            reasons: json["reasons"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
}
