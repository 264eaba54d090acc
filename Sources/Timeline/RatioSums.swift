import Kernels

/// Sums over people, each with a top and a bottom of their own, such as events and sessions: what the ratio of both
/// sums needs for its interval.
public struct RatioSums: Sendable, Equatable {
    public let people: Int
    public let tops: Double
    public let bottoms: Double
    public let topSquares: Double
    public let bottomSquares: Double
    public let products: Double
}

extension RatioSums {
    /// Of how often each person was there, over how often they could have been.
    init(_ moments: RetentionMoments) {
        self.init(
            people: moments.people, tops: Double(moments.returned), bottoms: Double(moments.expected),
            topSquares: Double(moments.returnedSquares), bottomSquares: Double(moments.expectedSquares),
            products: Double(moments.products))
    }
}
