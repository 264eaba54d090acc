/// What one person bought: purchases of one unit of time are one.
public struct PurchaseRow: Sendable, Equatable {
    public let repeats: Int  // Units after the first in which they bought.
    public let lastUnit: Int  // From the first purchase to the last.
    public let age: Int  // Whole units from the first purchase to the end of observation.
    public let repeatMinor: Int64  // Of all purchases but those of the first unit.

    public init(repeats: Int, lastUnit: Int, age: Int, repeatMinor: Int64) {
        self.repeats = repeats
        self.lastUnit = lastUnit
        self.age = age
        self.repeatMinor = repeatMinor
    }
}
