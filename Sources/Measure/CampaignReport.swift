public import Base
public import Domain
import Kernels
public import Statistics
public import Timeline

/// What became of campaigns: whom they reached, who redeemed, and what those people ordered meanwhile.
///
/// Description, not lift: people who were targeted may have bought without it.
public struct CampaignReport: Sendable {
    public struct Row: Sendable, Equatable {
        public let campaign: Subject
        public var targeted = 0  // Distinct people with `message_sent` about the campaign.
        public var redeemed = 0  // `coupon_used` events of the campaign's coupons, `coupon:CAMPAIGN/…`.
        public var redeemers = 0  // Distinct targeted people among those who redeemed.
        public var orders = 0  // `order_paid` of targeted people within the campaign's dates.
        public var buyers = 0
        public var gmv: [ValueSum] = []

        /// Redeemers among the targeted; nil where nobody was targeted.
        public var redemption: Proportion? { targeted == 0 ? nil : Proportion(positives: redeemers, total: targeted) }
    }

    /// When a campaign ran. The orders of one that is not among them are not counted.
    public typealias Dates = [Subject: Range<EventTime>]

    public let rows: [Row]  // By campaign.

    /// - Complexity: O(events), and O(orders of targeted people).
    public init(_ snapshot: TimelineSnapshot, dates: Dates) {
        var targets: [Subject: Set<PersonID>] = [:]
        for owned in snapshot.entries(named: [.messageSent]) {
            guard let subject = owned.entry.subject, subject.kind == .campaign else { continue }
            targets[subject, default: []].insert(owned.person)
        }
        var rows = Dictionary(uniqueKeysWithValues: Set(targets.keys).union(dates.keys).map { ($0, Row(campaign: $0)) })
        for (campaign, people) in targets { rows[campaign]?.targeted = people.count }
        Self.countRedemptions(snapshot, targets, &rows)
        Self.countOrders(snapshot, targets, dates, &rows)
        self.rows = rows.values.sorted { Self.order($0.campaign) < Self.order($1.campaign) }
    }

    private static func countRedemptions(
        _ snapshot: TimelineSnapshot, _ targets: [Subject: Set<PersonID>], _ rows: inout [Subject: Row]
    ) {
        var redeemers: [Subject: Set<PersonID>] = [:]
        for owned in snapshot.entries(named: [.couponUsed]) {
            guard let coupon = owned.entry.subject, let campaign = campaign(ofCoupon: coupon) else { continue }
            rows[campaign, default: Row(campaign: campaign)].redeemed += 1
            if targets[campaign]?.contains(owned.person) == true {
                redeemers[campaign, default: []].insert(owned.person)
            }
        }
        for (campaign, people) in redeemers { rows[campaign]?.redeemers = people.count }
    }

    private static func countOrders(
        _ snapshot: TimelineSnapshot, _ targets: [Subject: Set<PersonID>], _ dates: Dates,
        _ rows: inout [Subject: Row]
    ) {
        var buyers: [Subject: Set<PersonID>] = [:]
        var sums: [Subject: [Currency: Int64]] = [:]
        for owned in snapshot.entries(named: [.orderPaid]) {
            for (campaign, range) in dates where range.contains(owned.entry.time) {
                guard targets[campaign]?.contains(owned.person) == true else { continue }
                rows[campaign]?.orders += 1
                buyers[campaign, default: []].insert(owned.person)
                if let value = owned.entry.value {
                    let sum = sums[campaign]?[value.currency] ?? 0
                    sums[campaign, default: [:]][value.currency] = clampedSum(sum, value.minor)
                }
            }
        }
        for (campaign, people) in buyers { rows[campaign]?.buyers = people.count }
        for (campaign, byCurrency) in sums {
            rows[campaign]?.gmv = byCurrency.map { ValueSum(minor: $0.value, currency: $0.key) }
                .sorted { $0.currency.code < $1.currency.code }
        }
    }

    /// `coupon:18/1000` belongs to `campaign:18`.
    private static func campaign(ofCoupon coupon: Subject) -> Subject? {
        guard coupon.kind == .coupon, let slash = coupon.id.firstIndex(of: "/") else { return nil }
        return Subject(kind: .campaign, id: String(coupon.id[..<slash]))
    }

    /// Campaigns that are numbered come in the order of their numbers.
    private static func order(_ campaign: Subject) -> (Int, String) { (Int(campaign.id) ?? .max, campaign.id) }
}
