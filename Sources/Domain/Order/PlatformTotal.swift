public import Base

/// What a platform itself says that its orders of a day come to.
public struct PlatformTotal: Sendable, Equatable {
    public let source: SourceName  // Whose orders these are here.
    public let day: CalendarDay
    public let currency: Currency
    public let orderCount: Int64?
    public let grossMinor: Int64
    public let refundedMinor: Int64?
    public let origin: String  // Where the numbers are from, such as the name of a report.
    public let actor: String  // Who brought them.
    public let notedAt: EventTime

    public init(
        source: SourceName, day: CalendarDay, currency: Currency, orderCount: Int64?, grossMinor: Int64,
        refundedMinor: Int64?, origin: String, actor: String, notedAt: EventTime
    ) {
        self.source = source
        self.day = day
        self.currency = currency
        self.orderCount = orderCount
        self.grossMinor = grossMinor
        self.refundedMinor = refundedMinor
        self.origin = origin
        self.actor = actor
        self.notedAt = notedAt
    }
}
