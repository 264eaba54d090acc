public import Base

/// How orders are counted.
public struct OrderRules: Sendable {
    public var zone: DayZone  // Whose days are counted.
    public var currency: Currency  // Of payments whose amount nobody told.
    public var factCountMax = 100  // Of one order; what comes after is not kept, and counted.
    public var restatementCountMax = 100_000  // The newest are kept.

    public init(zone: DayZone, currency: Currency) {
        self.zone = zone
        self.currency = currency
    }
}
