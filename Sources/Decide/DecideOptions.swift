public import Base
public import Domain
import Learning

/// The numbers behind recall, memory, learning and exploration. Defaults were chosen on nine months of grocery
/// baskets; a part of the state (half-lives, caps, `modelBits`) must not change under a snapshot.
public struct DecideOptions: Sendable, Equatable {
    public var popularityHalfLife = Milliseconds.days(14)
    public var togetherHalfLife = Milliseconds.days(60)  // Of co-occurrence counts.
    public var sessionGap = Milliseconds.hours(1)  // Touches closer than this belong together.
    public var outcomeWindow = Milliseconds.minutes(30)  // Exposed and unanswered this long: a negative.
    public var newItemAge = Milliseconds.days(30)
    public var newItemExposuresMax = 100

    public var itemCountMax = 200_000
    public var personCountMax = 500_000
    public var historyCountMax = 400  // Distinct subjects remembered per person.
    public var pendingCountMax = 50_000  // Own decisions whose outcomes are still joined.
    public var modelBits = 18  // The model has 2^modelBits weights.

    public var recallCountMax = 120  // Candidates of a decision that names none.
    public var recallKinds: Set<Subject.Kind> = [.product]  // Others are chosen only where a request names them.
    public var temperature = 0.1  // Of the softmax over log-odds; smaller is greedier.
    public var floor = 0.02  // Share of each draw that is uniform over the candidates.
    public var floorBySurface: [String: Double] = [:]

    public init() {}

    public func floor(surface: String) -> Double { floorBySurface[surface] ?? floor }

    var learner: FTRL.Options { FTRL.Options(bits: modelBits, alpha: 0.1, beta: 1, lambda2: 1) ?? .standard }
}
