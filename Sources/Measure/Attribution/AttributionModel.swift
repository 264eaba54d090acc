public import Base

/// By which rule a conversion's credit is divided among the touches that led to it.
public enum AttributionModel: String, CaseIterable, Sendable {
    case first
    case last
    case lastNonDirect = "last_non_direct"  // The last one that is not direct; where all are, the last.
    case linear
    case timeDecay = "time_decay"  // By half for each half-life before the conversion.
    case position  // 40% the first, 40% the last, 20% those between; of two, half each.
    case markov  // By how much less a Markov chain of all journeys converts without the key.
    case shapley  // By what the key adds, on average over the orders in which keys can join.
}

public struct AttributionSettings: Sendable, Hashable {
    public static let markovOrderRange = 1...3

    /// What a coalition of keys is worth to the Shapley value.
    public enum Worth: String, CaseIterable, Sendable {
        case conversions  // Of the journeys that the coalition covers.
        case rate  // The share of the journeys it covers that converted.
    }

    public var halfLife: Milliseconds
    public var markovOrder: Int
    public var worth: Worth

    /// - Precondition: A positive half-life, and an order of 1 through 3.
    public init(halfLife: Milliseconds = .days(7), markovOrder: Int = 1, worth: Worth = .conversions) {
        precondition(halfLife.count > 0 && Self.markovOrderRange.contains(markovOrder))
        self.halfLife = halfLife
        self.markovOrder = markovOrder
        self.worth = worth
    }
}
