public import Base
public import Domain
public import Orders

/// The orders, and what platforms say of them.
public struct OrderPorts: Sendable {
    public var book: OrderBook
    /// The newest day first, of one source if given, at most `countMax`.
    public var platformTotals:
        @Sendable (_ days: ClosedRange<CalendarDay>, _ source: SourceName?, _ countMax: Int) async throws(ReadFailure)
            -> [PlatformTotal]
    /// Replaces those of the same source, day and currency.
    public var notePlatformTotals: @Sendable ([PlatformTotal]) async throws(ReadFailure) -> Void

    public init(
        book: OrderBook,
        platformTotals:
            @escaping @Sendable (_ days: ClosedRange<CalendarDay>, _ source: SourceName?, _ countMax: Int)
            async throws(ReadFailure) -> [PlatformTotal],
        notePlatformTotals: @escaping @Sendable ([PlatformTotal]) async throws(ReadFailure) -> Void
    ) {
        self.book = book
        self.platformTotals = platformTotals
        self.notePlatformTotals = notePlatformTotals
    }
}
