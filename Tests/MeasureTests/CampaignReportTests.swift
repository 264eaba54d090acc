import Base
import Domain
import Measure
import Testing
import Timeline

@Suite struct CampaignReportTests {
    private static func day(_ day: Int64) -> EventTime { EventTime(clampingUnixMs: Milliseconds.days(day).count) }

    /// Campaign 1 runs on days 10 to 19 for ana and bob. The truth is in the comments.
    private static let report: [(String, EventName, Int64, String?, Money?)] = [
        ("ana", .messageSent, 9, "campaign:1", nil), ("ana", .messageSent, 10, "campaign:1", nil),
        ("bob", .messageSent, 9, "campaign:1", nil), ("cai", .messageSent, 9, "campaign:2", nil),
        ("ana", .couponUsed, 11, "coupon:1/7", nil), ("ana", .couponUsed, 12, "coupon:1/8", nil),
        ("dan", .couponUsed, 12, "coupon:1/9", nil),  // Not targeted: redeemed, no redeemer.
        ("cai", .couponUsed, 12, "coupon:plain", nil),  // Of no campaign.
        ("cai", .couponUsed, 12, "coupon:3/1", nil),  // Of a campaign that nobody was told of.
        ("ana", .orderPaid, 9, nil, Money(minor: 1, currency: .cny)),  // Before the first day.
        ("ana", .orderPaid, 10, nil, Money(minor: 200, currency: .cny)),
        ("ana", .orderPaid, 15, nil, Money(minor: 300, currency: .cny)),
        ("bob", .orderPaid, 19, nil, Money(minor: 40, currency: .usd)),
        ("bob", .orderPaid, 20, nil, Money(minor: 1, currency: .usd)),  // At its end, which is exclusive.
        ("dan", .orderPaid, 15, nil, Money(minor: 5000, currency: .cny)),  // Not targeted.
        ("cai", .orderPaid, 15, nil, Money(minor: 6000, currency: .cny)),  // Campaign 2 has no dates.
    ]

    private static func rows() throws -> [CampaignReport.Row] {
        let timeline = Timeline()
        for (sequence, (person, name, day, subject, value)) in report.enumerated() {
            let event = Event(
                id: EventID(validated: "\(sequence)"), source: SourceName(validated: "shop"),
                person: PersonID(validated: person), name: name, channel: .unknown, time: self.day(day),
                receivedAt: self.day(30), subject: subject.flatMap { Subject($0) }, value: value)
            timeline.append([(sequence: UInt64(sequence), event: event)])
        }
        let first = try #require(Subject("campaign:1"))
        return CampaignReport(timeline.snapshot(), dates: [first: day(10)..<day(20)]).rows
    }

    @Test func aCampaignCountsItsPeopleWithinItsDates() throws {
        let rows = try Self.rows()
        #expect(rows.map(\.campaign.id) == ["1", "2", "3"])
        let first = rows[0]
        #expect((first.targeted, first.redeemed, first.redeemers) == (2, 3, 1))
        #expect((first.orders, first.buyers) == (3, 2))
        #expect(first.gmv == [ValueSum(minor: 500, currency: .cny), ValueSum(minor: 40, currency: .usd)])
    }

    @Test func withoutDatesThereAreNoOrdersAndWithoutMessagesNobodyTargeted() throws {
        let rows = try Self.rows()
        #expect((rows[1].targeted, rows[1].orders, rows[1].gmv) == (1, 0, []))
        #expect((rows[2].targeted, rows[2].redeemed, rows[2].redeemers) == (0, 1, 0))
    }
}
