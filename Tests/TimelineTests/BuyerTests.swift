import Base
import Domain
import Testing

@testable import Timeline

@Suite struct BuyerTests {
    @Test(arguments: TimelineQueryTests.seeds)
    func figuresAreThoseOfEachPerson(seed: UInt64) throws {
        TimelineAgreementTests.check(seed) { world in
            let query = BuyerQuery(
                order: EventFilter(name: RandomEvents.names[3]),
                refund: seed % 3 == 0 ? nil : EventFilter(name: RandomEvents.names[2]),
                currency: seed % 2 == 0 ? .cny : .usd,
                range: EventTime(clampingUnixMs: 1_000_200)..<EventTime(clampingUnixMs: 1_600_000))
            let snapshot = world.timeline.snapshot()
            let result = snapshot.buyers(query)
            var leftOut = 0
            var wanted: [PersonID: [Int64]] = [:]
            for (person, entries) in world.plain.entries {
                let within = entries.filter { query.range.contains($0.time) }
                let orders = within.filter(query.order.matches)
                let counted = orders.filter { $0.value?.currency == query.currency }
                let refunds = within.filter { entry in
                    query.refund.map { $0.matches(entry) } ?? false && entry.value?.currency == query.currency
                }
                leftOut += orders.count - counted.count
                guard let last = counted.last else { continue }
                let sum = { (entries: [TimelineEntry]) in entries.reduce(0) { $0 + ($1.value?.minor ?? 0) } }
                wanted[person] = [last.time.unixMs, Int64(counted.count), sum(counted) - sum(refunds)]
            }
            let got = result.buyers.map { (snapshot.person($0), [$0.lastOrder.unixMs, Int64($0.orders), $0.minor]) }
            #expect(Dictionary(uniqueKeysWithValues: got) == wanted)
            #expect(result.ordersLeftOut == leftOut)
        }
    }

    @Test func aCurrencyThatNoEventHasLeavesAllOut() throws {
        let euro = try #require(Currency(code: "EUR"))
        TimelineAgreementTests.check(1) { world in
            let query = BuyerQuery(
                order: EventFilter(name: RandomEvents.names[3]), refund: nil, currency: euro,
                range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: .max))
            let result = world.timeline.snapshot().buyers(query)
            #expect(result.buyers.isEmpty && result.ordersLeftOut > 0)
        }
    }
}
