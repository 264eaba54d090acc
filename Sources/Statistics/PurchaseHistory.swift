/// What the models of buying need of a customer: sufficient statistics, in any one unit of time.
///
/// Source: Fader, Hardie and Lee, "“Counting Your Customers” the Easy Way: An Alternative to the Pareto/NBD Model",
/// Marketing Science 24(2), 2005.
public struct PurchaseHistory: Sendable, Hashable {
    public let repeats: Int  // x: purchases after the first.
    public let recency: Double  // tₓ: from the first purchase to the last; 0 without repeats.
    public let age: Double  // T: from the first purchase to the end of observation.
    public let meanValue: Double  // m: of a repeat purchase; 0 without repeats.

    /// Nil unless 0 ≤ `recency` ≤ `age`, both finite, and without repeats neither recency nor value.
    public init?(repeats: Int, recency: Double, age: Double, meanValue: Double = 0) {
        guard repeats >= 0, recency >= 0, recency <= age, age.isFinite, meanValue >= 0, meanValue.isFinite,
            repeats > 0 || (recency == 0 && meanValue == 0)
        else { return nil }
        self.repeats = repeats
        self.recency = recency
        self.age = age
        self.meanValue = meanValue
    }
}
