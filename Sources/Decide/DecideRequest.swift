public import Base
public import Domain

/// Which ranking answers.
public enum DecidePolicy: String, Sendable, CaseIterable {
    case learned
    case popularity  // The most popular by decayed count; the same for everybody.
    case buyAgain = "buy_again"  // What this person bought most often, the recent first; then the popular.
}

/// What is asked: `count` subjects for a person at a place.
public struct DecideRequest: Sendable, Equatable {
    public let person: PersonID
    public let surface: String
    public let count: Int
    public let channel: Channel
    public let context: JSONObject
    public let candidates: [Subject]?  // Distinct; nil where recall is to find them.
    public let time: EventTime?  // Nil for now.
    public let policy: DecidePolicy
    /// Answers with the policy's best `count` without a draw, and records nothing: to compare policies.
    public let isShadow: Bool

    static let contextUTF8CountMax = 8192
    static let contextMemberCountMax = 64
    /// Where the record of a decision keeps how many candidates each source brought.
    static let recallKey = "quanyu_recall"

    public init(
        person: PersonID, surface: String, count: Int, channel: Channel = .unknown, context: JSONObject = JSONObject(),
        candidates: [Subject]? = nil, time: EventTime? = nil, policy: DecidePolicy = .learned, isShadow: Bool = false
    ) throws(DecideError) {
        guard (1...Decide.countMax).contains(count) else {
            throw .invalid(field: "count", reason: "must be from 1 to \(Decide.countMax)")
        }
        guard SurfaceName(surface) != nil else {
            throw .invalid(field: "surface", reason: "must be 1 to \(SurfaceName.utf8CountMax) bytes of plain text")
        }
        guard isShadow || policy == .learned else {
            throw .invalid(field: "policy", reason: "other than `learned` needs `shadow`: true")
        }
        try Self.check(context)
        self.person = person
        self.surface = surface
        self.count = count
        self.channel = channel
        self.context = context
        self.candidates = try candidates.map(Self.distinct)
        self.time = time
        self.policy = policy
        self.isShadow = isShadow
    }

    private static func check(_ context: JSONObject) throws(DecideError) {
        let memberCount = context.members.count
        guard memberCount <= contextMemberCountMax else {
            throw .tooMany(field: "context", count: memberCount, countMax: contextMemberCountMax)
        }
        var text: [UInt8] = []
        context.write(to: &text)
        guard text.count <= contextUTF8CountMax else {
            throw .invalid(field: "context", reason: "must be at most \(contextUTF8CountMax) bytes of JSON")
        }
        guard context[recallKey] == nil else {
            throw .invalid(field: "context", reason: "must not hold `\(recallKey)`, which the record uses itself")
        }
    }

    private static func distinct(_ candidates: [Subject]) throws(DecideError) -> [Subject] {
        guard candidates.count <= Decide.candidateCountMax else {
            throw .tooMany(field: "candidates", count: candidates.count, countMax: Decide.candidateCountMax)
        }
        var seen: Set<Subject> = []
        for (index, candidate) in candidates.enumerated() where !Touch.kinds.contains(candidate.kind) {
            throw .invalid(field: "candidates[\(index)]", reason: "is of a kind that cannot be shown")
        }
        return candidates.filter { seen.insert($0).inserted }
    }
}
