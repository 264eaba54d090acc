import Domain
private import Glibc
import Learning

/// What is known of one candidate for one person, in numbers: features, the prior and the reasons read the same facts.
struct Facts {
    let item: Int32?  // Nil where no event has named the subject yet.
    let hash: FeatureHash
    let category: Int32
    let bought: Double
    let touched: Double
    let daysSince: Double?  // Since it was last bought; nil where it never was.
    let gapRatio: Double?  // Days since ÷ the usual days between; nil before the second purchase.
    let basketShare: Double  // Of the person's baskets, smoothed: how many held it.
    let recentShare: Double  // The same of recent months, decayed.
    let popularityGap: Double  // Halvings below the most popular item, 0...20.
    let together: Double
    let categoryShare: Double
    let departmentShare: Double
    let repeatRate: Double
    let isNew: Bool

    init(core: borrowing DecideCore, view: PersonView, item: Int32) {
        let stats = core.items[item]
        let entry = view.entry(of: item)
        let bought = entry.map { Double($0.bought) } ?? 0
        let since = bought > 0 ? entry.map { Minute.days(from: $0.boughtLastMinute, to: view.minute) } : nil
        self.item = item
        (hash, category) = (stats.hash, stats.category)
        self.bought = bought
        touched = entry.map { Double($0.touched) } ?? 0
        daysSince = since
        gapRatio = since.flatMap { days in entry?.typicalGapDays.map { days / $0 } }
        basketShare = bought / (Double(view.history.baskets) + 2)
        let recent = entry.map {
            RecentCount.decayed($0.boughtRecently, from: $0.boughtLastMinute, to: view.minute)
        }
        recentShare = Double(recent ?? 0) / (view.basketsRecently + 1)
        popularityGap = min(max((core.items.top.entries.first?.weight ?? 0) - stats.popularity, 0), 20)
        together = view.together[item] ?? 0
        categoryShare = view.categoryShare(stats.category)
        departmentShare = view.departmentShare(stats.department)
        repeatRate = stats.repeatRate
        isNew = core.isNew(item, minute: view.minute)
    }

    /// Of a subject that no event has named.
    init(unseen subject: Subject) {
        (item, hash, category) = (nil, FeatureHash(subject.description), -1)
        (bought, touched, daysSince, gapRatio, basketShare, recentShare) = (0, 0, nil, nil, 0, 0)
        (popularityGap, together, categoryShare, departmentShare) = (20, 0, 0, 0)
        (repeatRate, isNew) = (0.125, true)
    }
}
