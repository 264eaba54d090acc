public import Domain

/// Why something was shown, in a short sentence that a customer understands.
public struct Explanation: Sendable, Equatable {
    public let zh: String
    public let en: String

    /// From the strongest reason that has words; codes of other systems get a general sentence.
    public init(_ choice: Decision.Choice) {
        let reason = choice.reasons.lazy.compactMap(Reason.init(rawValue:)).first
        (zh, en) = reason.map(Self.words) ?? ("为您推荐", "Picked for you")
    }

    private static func words(_ reason: Reason) -> (zh: String, en: String) {
        switch reason {
        case .explored: ("给您换点新鲜的", "Something different for you to discover")
        case .dueAgain: ("差不多又该买了", "It may be time to buy this again")
        case .boughtBefore: ("您以前买过", "You bought this before")
        case .boughtTogether: ("常与您最近选的商品一起买", "Often bought with what you chose lately")
        case .categoryAffinity: ("属于您常选的品类", "From a category you often choose")
        case .popular: ("最近很多人买", "Popular right now")
        case .newItem: ("新上架", "New here")
        case .requested: ("来自这里的精选", "From the selection shown here")
        }
    }
}
