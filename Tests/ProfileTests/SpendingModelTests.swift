import Base
import Domain
import Statistics
import Testing
import Timeline

@testable import Profile

@Suite struct SpendingModelTests {
    private let start: Int64 = 1_700_000_000_000
    private var end: EventTime { EventTime(clampingUnixMs: start + 200 * 86_400_000) }

    /// Somebody pays on a day.
    private func paid(_ person: Int, _ day: Int, _ currency: String = "CNY") throws -> Event {
        Event(
            id: try #require(EventID("\(person)-\(day)-\(currency)")), source: try #require(SourceName("shop")),
            person: try #require(PersonID("p\(person)")), name: .orderPaid, channel: try #require(Channel("app")),
            time: EventTime(clampingUnixMs: start + Int64(day) * 86_400_000), receivedAt: end,
            value: Money(minor: Int64(1000 * (person % 9 + 1) + day), currency: try #require(Currency(code: currency))))
    }

    /// A base of which everybody buys on some days of their own, and some stop early.
    private func base(peopleCount: Int) throws -> [Event] {
        var draws = SeededGenerator(seed: 5)
        return try (0..<peopleCount).flatMap { person -> [Event] in
            let first = Int.random(in: 0..<60, using: &draws)
            let gap = Int.random(in: 4...50, using: &draws)
            let count = Int.random(in: 1...6, using: &draws)
            return try (0..<count).map { first + $0 * gap }.filter { $0 < 200 }.map { try paid(person, $0) }
        }
    }

    private func timeline(_ events: [Event]) -> Timeline {
        let timeline = Timeline()
        timeline.append(events.enumerated().map { (sequence: UInt64($0), event: $1) })
        return timeline
    }

    @Test func theModelIsThatOfThePurchasesOfTheTimeline() throws {
        let events = try base(peopleCount: 300)
        let cny = try #require(Currency(code: "CNY"))
        let foreign = try (0..<40).map { try paid($0, 3, "USD") }
        let model = SpendingModel(timeline(events + foreign).snapshot(), currency: cny, observedUntil: end)
        let histories = Dictionary(grouping: events, by: \.person).values.compactMap { events -> PurchaseHistory? in
            let days = events.map { Int(($0.time.unixMs - start) / 86_400_000) }.sorted()
            let later = events.sorted { $0.time < $1.time }.dropFirst().map { Double($0.value?.minor ?? 0) }
            return PurchaseHistory(
                repeats: later.count, recency: Double(days[days.count - 1] - days[0]), age: Double(200 - days[0]),
                meanValue: later.isEmpty ? 0 : later.reduce(0, +) / Double(later.count))
        }
        let (purchases, spend) = (try PurchaseModel(histories), try SpendModel(histories))
        let (gotPurchases, gotSpend) = (try model.purchases.get(), try model.spend.get())
        #expect(model.customerCount == 300)
        for (got, want) in zip(gotPurchases.parameters.values, purchases.parameters.values) {
            #expect(abs(got / want - 1) < 1e-4)
        }
        for (got, want) in zip(gotSpend.parameters.values, spend.parameters.values) {
            #expect(abs(got / want - 1) < 1e-4)
        }
    }

    @Test func itIsKeptUntilATwentiethCame() throws {
        let events = try base(peopleCount: 120)
        let cny = try #require(Currency(code: "CNY"))
        let (timeline, models) = (timeline(events), SpendingModels())
        let first = models.model(of: timeline.snapshot(), currency: cny, observedUntil: end)
        var next = UInt64(events.count)
        func grow(by count: UInt64) throws -> UInt64 {
            for _ in 0..<count {
                timeline.append([(next, try paid(Int(next) + 1000, 5))])
                next += 1
            }
            return models.model(of: timeline.snapshot(), currency: cny, observedUntil: end).sequenceEnd
        }
        #expect(try grow(by: first.sequenceEnd / 20) == first.sequenceEnd)
        #expect(try grow(by: 1) == next)
        let usd = try #require(Currency(code: "USD"))
        #expect(models.model(of: timeline.snapshot(), currency: usd, observedUntil: end).customerCount == 0)
    }

    @Test func aFewCustomersSettleNothing() throws {
        let cny = try #require(Currency(code: "CNY"))
        let few = try (0..<30).map { try paid($0, 1) } + (0..<5).map { try paid($0, 9) }
        let model = SpendingModel(timeline(few).snapshot(), currency: cny, observedUntil: end)
        #expect(throws: EstimateError.tooFew(count: 5, needed: 20)) { try model.purchases.get() }
        #expect(model.customerCount == 30)
    }
}
