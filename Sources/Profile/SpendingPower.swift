private import Base
private import Domain
public import Statistics
internal import Timeline

/// What a person is expected to buy next, by the model of everybody.
public struct SpendingPower: Sendable, Equatable {
    public let history: PurchaseHistory  // In days and minor units.
    public let alive: Prediction?  // Nil where the base does not settle the model.
    public let purchases: Prediction?  // Within the next days.
    public let value: Prediction?  // Of one of them, in minor units.
    public let spending: Prediction?  // Of all of them, not discounted.
    public let evidence: Evidence  // The paid orders in the model's currency.

    /// Nil for someone who never paid in the model's currency.
    ///
    /// - Parameter entries: Newest first, none later than `timeMs`.
    init?(_ entries: [TimelineEntry], at timeMs: Int64, days: Int, _ model: SpendingModel) {
        let paid = entries.filter { $0.name == .orderPaid && $0.value?.currency == model.currency }
        guard let first = paid.last else { return nil }
        evidence = Evidence(paid)
        let dayMs = Milliseconds.days(1).count
        var (byDay, age) = ([Int: Int64](), 0)
        for entry in paid {
            let day = Int((entry.time.unixMs - first.time.unixMs) / dayMs)
            byDay[day, default: 0] += entry.value?.minor ?? 0
        }
        age = Int((timeMs - first.time.unixMs) / dayMs)
        let repeats = byDay.filter { $0.key > 0 }
        let row = PurchaseRow(
            repeats: repeats.count, lastUnit: repeats.keys.max() ?? 0, age: age,
            repeatMinor: repeats.values.reduce(0, +))
        guard let history = PurchaseHistory(row) else { return nil }
        self.history = history
        let purchaseModel = try? model.purchases.get()
        let spendModel = try? model.spend.get()
        alive = purchaseModel?.alive(history)
        purchases = purchaseModel?.purchases(within: Double(days), history)
        value = spendModel?.value(history)
        spending = purchaseModel.flatMap { purchases in
            spendModel.flatMap { LifetimeValue(purchases: purchases, spend: $0)(history, periods: 1, of: Double(days)) }
        }
    }
}
