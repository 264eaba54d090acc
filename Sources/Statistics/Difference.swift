private import Glibc

/// How much greater one estimate is than another that was made on other cases.
///
/// The interval combines those of both, so that it is as lopsided as they are. Of two shares with Wilson's intervals it
/// is Newcombe's, of two means with normal ones the usual. Where the same people are behind both, and resemble
/// themselves, it is too wide rather than too narrow.
///
/// Source: Zou and Donner, "Construction of Confidence Limits About Effect Measures: A General Approach", Statistics in
/// Medicine 27, 2008; for shares Newcombe, "Interval Estimation for the Difference Between Independent Proportions",
/// Statistics in Medicine 17, 1998, method 10.
public struct Difference: Sendable, Equatable {
    public let value: Double
    public let interval: Interval

    /// `first − second`.
    ///
    /// - Precondition: Both intervals have one level, and hold their estimates.
    public init(of first: Double, _ firstInterval: Interval, from second: Double, _ secondInterval: Interval) {
        precondition(firstInterval.level == secondInterval.level, "intervals of one level")
        precondition(firstInterval.contains(first) && secondInterval.contains(second), "estimates in their intervals")
        value = first - second
        interval = Interval(
            low: value - hypot(first - firstInterval.low, secondInterval.high - second),
            high: value + hypot(firstInterval.high - first, second - secondInterval.low), level: firstInterval.level)
    }
}
