import Base
import Domain
import Statistics
import Testing
import Timeline

@testable import Profile

/// A person's events, told by days before the moment of the profile.
private struct Story {
    static let now = EventTime(clampingUnixMs: 1_800_000_000_000)
    var entries: [TimelineEntry] = []

    mutating func add(
        _ name: String, daysAgo: Double, channel: String = "app", subject: String? = nil, minor: Int64? = nil
    ) throws {
        let time = Self.now.advanced(by: Milliseconds(-Int64(daysAgo * 86_400_000)))
        let money = try minor.flatMap { Money(minor: $0, currency: try #require(Currency(code: "CNY"))) }
        entries.append(
            TimelineEntry(
                sequence: UInt64(entries.count), time: time, name: try #require(EventName(name)),
                channel: try #require(Channel(channel)), subject: try subject.map { try #require(Subject($0)) },
                value: money))
    }

    func profile(
        facts: [String: SubjectFacts] = [:], own: [UInt64: SubjectFacts] = [:], zone: DayZone = .utc,
        at time: EventTime = now
    ) throws -> PersonProfile {
        let timeline = Timeline()
        let currency = try #require(Currency(code: "CNY"))
        let model = SpendingModel(timeline.snapshot(), currency: currency, observedUntil: time)
        let known = facts.compactMap { text, facts in Subject(text).map { ($0, facts) } }
        return PersonProfile(
            entries.sorted { $0.cursor > $1.cursor }, at: time, zone: zone,
            facts: Dictionary(uniqueKeysWithValues: known), own: own, model: model)
    }
}

@Suite struct PersonProfileTests {
    /// A view 30 days ago weighs half of one now; a purchase weighs five views.
    @Test func interestsFadeByHalfLife() throws {
        var story = Story()
        try story.add("product_view", daysAgo: 0, subject: "product:tea")
        try story.add("product_view", daysAgo: 30, subject: "product:cup")
        try story.add("product_purchased", daysAgo: 60, subject: "product:cup", minor: 900)
        try story.add("product_exposure", daysAgo: 0, subject: "product:cup")
        let facts = [
            "product:tea": SubjectFacts(category: "Tea", brand: "Ming"),
            "product:cup": SubjectFacts(category: "Ware", brand: "Ming"),
        ]
        let profile = try story.profile(facts: facts)
        #expect(profile.categories.map(\.name) == ["Ware", "Tea"])
        #expect(profile.categories.map(\.weight) == [0.5 + 5 * 0.25, 1])
        #expect(profile.categories.map(\.evidence.sequences) == [[1, 2], [0]])
        #expect(abs(profile.categories[0].share - 1.75 / 2.75) < 1e-12)
        #expect(profile.categories[0].interval.contains(profile.categories[0].share))
        #expect(profile.brands.map(\.name) == ["Ming"] && profile.brands[0].share == 1)
        #expect(profile.hosts.isEmpty)
    }

    @Test func oneEventIsNoSureInterest() throws {
        var story = Story()
        try story.add("product_view", daysAgo: 200, subject: "product:tea")
        let profile = try story.profile(facts: ["product:tea": SubjectFacts(category: "Tea")])
        #expect(profile.categories[0].share == 1)
        #expect(profile.categories[0].interval.low < 0.25)
    }

    @Test func whatAnEventSaysCountsWhereTheCatalogueSaysNothing() throws {
        var story = Story()
        try story.add("product_view", daysAgo: 0, subject: "product:tea")
        try story.add("product_view", daysAgo: 0)
        let own: [UInt64: SubjectFacts] = [
            0: SubjectFacts(category: "Drinks", brand: "Leaf"), 1: SubjectFacts(category: "Ware"),
        ]
        let profile = try story.profile(facts: ["product:tea": SubjectFacts(category: "Tea")], own: own)
        #expect(Set(profile.categories.map(\.name)) == ["Tea", "Ware"])
        #expect(profile.brands.map(\.name) == ["Leaf"] && profile.brands[0].evidence.sequences == [0])
    }

    @Test func whatComesLaterIsNotKnownYet() throws {
        var story = Story()
        try story.add("page_view", daysAgo: 3)
        try story.add("order_paid", daysAgo: 1, minor: 100)
        let before = Story.now.advanced(by: .days(-2))
        let profile = try story.profile(at: before)
        #expect(profile.lifecycle.orders == 0 && profile.prices.isEmpty && profile.spending == nil)
        #expect(try story.profile().lifecycle.orders == 1)
    }

    struct Stage: Sendable, CustomTestStringConvertible {
        let daysAgo: [Double]
        let want: Lifecycle.Stage
        let evidence: [UInt64]
        var testDescription: String { "\(want)" }
    }

    static let stages = [
        Stage(daysAgo: [], want: .unseen, evidence: []),
        Stage(daysAgo: [6.9, 1], want: .new, evidence: [1, 0]),
        Stage(daysAgo: [40, 20, 1], want: .active, evidence: [2, 0]),
        Stage(daysAgo: [40, 14], want: .quiet, evidence: [1, 0]),
        Stage(daysAgo: [90, 60], want: .dormant, evidence: [1, 0]),
        Stage(daysAgo: [200, 100, 13, 1], want: .returned, evidence: [2, 1]),
        Stage(daysAgo: [200, 100, 16, 1], want: .active, evidence: [3, 0]),
    ]

    @Test(arguments: stages)
    func stagesFollowFromTheDays(_ c: Stage) throws {
        var story = Story()
        for days in c.daysAgo { try story.add("page_view", daysAgo: days) }
        try story.add("message_sent", daysAgo: 0.5)
        try story.add("product_exposure", daysAgo: 0.5)
        let lifecycle = try story.profile().lifecycle
        #expect(lifecycle.stage == c.want)
        #expect(lifecycle.evidence.sequences == c.evidence)
    }

    @Test func priceBandsAreQuartilesWithTheMediansInterval() throws {
        var story = Story()
        for minor in [100, 200, 300, 400, 500, 600, 700, 800] as [Int64] {
            try story.add("order_paid", daysAgo: Double(minor) / 10, minor: minor)
        }
        try story.add("order_paid", daysAgo: 1, minor: 0)
        let band = try #require(try story.profile().prices.first)
        #expect(band.quartiles == [200, 400, 600])
        #expect(band.medianRange == 100...800)
        #expect(band.evidence.count == 8)
    }

    @Test func hoursAreThoseOfTheZone() throws {
        var story = Story()  // Now is Friday, 2027-01-15, 08:00 UTC.
        try story.add("page_view", daysAgo: 0)
        try story.add("page_view", daysAgo: 1)
        try story.add("page_view", daysAgo: 0.75)
        try story.add("message_sent", daysAgo: 0.5)
        try story.add("page_view", daysAgo: 91)
        let shanghai = DayZone(name: "Asia/Shanghai") { _ in .hours(8) }
        let times = try story.profile(zone: shanghai).times
        #expect(times.peakHour == 16 && times.hours[16] == 2 && times.hours[22] == 1 && times.total == 3)
        #expect(times.weekdays == [0, 0, 0, 2, 1, 0, 0])
        #expect(times.evidence.sequences == [0, 1])
    }

    @Test func touchesAreAnsweredInTheirChannelAndTime() throws {
        var story = Story()
        try story.add("message_sent", daysAgo: 9, channel: "sms", subject: "message:a")
        try story.add("message_clicked", daysAgo: 8.5, channel: "sms", subject: "message:a")
        try story.add("message_sent", daysAgo: 7, channel: "sms", subject: "message:b")
        try story.add("message_clicked", daysAgo: 6.5, channel: "sms", subject: "message:a")  // Another subject.
        try story.add("message_clicked", daysAgo: 5.5, channel: "sms", subject: "message:b")  // Too late.
        try story.add("message_sent", daysAgo: 4, channel: "sms")
        try story.add("product_click", daysAgo: 3.9, channel: "app", subject: "product:x")  // Another channel.
        try story.add("message_sent", daysAgo: 0.5, channel: "sms")  // Its window still runs.
        try story.add("product_exposure", daysAgo: 3.95, channel: "app", subject: "product:x")
        let channels = try story.profile().channels
        #expect(channels.map(\.channel.text) == ["sms", "app"])
        #expect(channels.map(\.answered) == [Proportion(positives: 1, total: 3), Proportion(positives: 1, total: 1)])
        #expect(channels[0].evidence.sequences == [5, 2, 0])
    }

    @Test func withoutABaseNothingIsForetold() throws {
        var story = Story()
        try story.add("order_paid", daysAgo: 9, minor: 500)
        try story.add("order_paid", daysAgo: 8.9, minor: 500)
        try story.add("order_paid", daysAgo: 4, minor: 700)
        let spending = try #require(try story.profile().spending)
        #expect(spending.history == PurchaseHistory(repeats: 1, recency: 5, age: 9, meanValue: 700))
        #expect(spending.purchases == nil && spending.value == nil && spending.spending == nil && spending.alive == nil)
    }
}
