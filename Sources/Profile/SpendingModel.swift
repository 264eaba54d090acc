public import Base
internal import Domain
public import Statistics
import Synchronization
public import Timeline

/// How everybody of a timeline buys in one currency, as models; time is in days, values are in minor units.
public struct SpendingModel: Sendable {
    public let currency: Currency
    public let sequenceEnd: UInt64  // Of the timeline that it was fitted to.
    public let observedUntil: EventTime
    public let customerCount: Int
    public let historyDays: Int  // How long the first customer was seen: beyond it, a forecast is an extrapolation.
    public let purchases: Result<PurchaseModel, EstimateError>
    public let spend: Result<SpendModel, EstimateError>

    /// - Complexity: O(events), and about 40 passes over those who bought.
    public init(_ snapshot: TimelineSnapshot, currency: Currency, observedUntil: EventTime) {
        self.currency = currency
        self.observedUntil = observedUntil
        sequenceEnd = snapshot.sequenceEnd
        let rows = snapshot.purchases(in: currency, unit: .days(1), observedUntil: observedUntil)
        let histories = rows.compactMap { PurchaseHistory($0) }
        customerCount = histories.count
        historyDays = Int(histories.map(\.age).max() ?? 0)
        purchases = Result { () throws(EstimateError) in try PurchaseModel(histories) }
        spend = Result { () throws(EstimateError) in try SpendModel(histories) }
    }

    /// Whether it still stands for a timeline: no more than a twentieth came since.
    func isRecent(_ snapshot: TimelineSnapshot, _ currency: Currency) -> Bool {
        self.currency == currency && snapshot.sequenceEnd >= sequenceEnd
            && snapshot.sequenceEnd - sequenceEnd <= sequenceEnd / 20
    }
}

extension PurchaseHistory {
    /// Days are whole: the first purchase's day is 0.
    init?(_ row: PurchaseRow) {
        self.init(
            repeats: row.repeats, recency: Double(row.lastUnit), age: Double(max(row.lastUnit, row.age)),
            meanValue: row.repeats > 0 ? max(0, Double(row.repeatMinor) / Double(row.repeats)) : 0)
    }
}

/// Keeps the model of the base, and makes it anew where the timeline has grown by a twentieth.
public final class SpendingModels: Sendable {
    private let kept = Mutex<SpendingModel?>(nil)
    private let fitting = Mutex<Void>(())

    public init() {}

    /// One caller at a time fits: meanwhile the others get the model that there was. Blocks: call it where queries run.
    public func model(
        of snapshot: TimelineSnapshot, currency: Currency, observedUntil: EventTime
    ) -> SpendingModel {
        let known = kept.withLock { $0 }
        if let known, known.isRecent(snapshot, currency) { return known }
        let fit = { () -> SpendingModel in
            if let made = self.kept.withLock({ $0 }), made.isRecent(snapshot, currency) { return made }
            let model = SpendingModel(snapshot, currency: currency, observedUntil: observedUntil)
            self.kept.withLock { $0 = model }
            return model
        }
        guard let known, known.currency == currency, known.sequenceEnd <= snapshot.sequenceEnd else {
            return fitting.withLock { _ in fit() }
        }
        return fitting.withLockIfAvailable { _ in fit() } ?? known
    }
}
