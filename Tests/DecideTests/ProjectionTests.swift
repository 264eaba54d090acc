import Base
import Domain
import Testing

@testable import Decide

@Suite struct ProjectionTests {
    @Test func decayedWeightsHalveWithTheHalfLife() {
        let decay = ForwardDecay(halfLife: .days(14))
        let sum = ForwardDecay.sum(
            decay.log2(weight: 1, at: Shop.start), decay.log2(weight: 3, at: Shop.start.advanced(by: .days(14))))
        let later = Shop.start.advanced(by: .days(14))
        #expect(abs(sum - decay.log2(weight: 3.5, at: later)) < 1e-9)
        #expect(abs(sum - decay.log2(weight: 1.75, at: later.advanced(by: .days(14)))) < 1e-9)
        #expect(ForwardDecay.sum(-.infinity, sum) == sum)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func theTopListIsTheHeadOfTheSortedList(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var weights = [Double](repeating: 0, count: 40)
        var top = TopList(countMax: 7)
        for _ in 0..<500 {
            let item = Int.random(in: 0..<40, using: &random)
            weights[item] += Double.random(in: 0.1..<5, using: &random)
            top.raise(Int32(item), to: weights[item])
        }
        let want = weights.indices.sorted { weights[$0] > weights[$1] }.prefix(7)
        #expect(top.entries.map { Int($0.item) } == Array(want))
    }

    @Test func yesterdaysFashionGivesWayToTodays() {
        let shop = Shop()
        for _ in 0..<10 { shop.send(.productPurchased, "a", "product:old") }
        shop.advance(.days(60))
        for _ in 0..<2 { shop.send(.productPurchased, "b", "product:young") }
        #expect(shop.state.withCore { $0.popular(count: 2, among: nil).map(\.id) } == ["young", "old"])
    }

    @Test func ordersAndPagesAreNoCandidates() async throws {
        let shop = Shop()
        shop.send(.click, "a", "page:1")
        shop.send(.orderPaid, "a", "order:1")
        await #expect(throws: DecideError.noCandidates) { _ = try await shop.ask("a") }
    }

    /// Bags are in every basket, salsa in two of three with chips: for chips, salsa must come before bags.
    @Test func whatEverybodyBuysDoesNotGoWithEverything() {
        let shop = Shop()
        for round in 0..<45 {
            let items = round % 3 > 0 ? ["milk", "bread"] : (round % 9 == 0 ? ["chips"] : ["chips", "salsa"])
            for item in ["bag"] + items { shop.send(.productPurchased, "p\(round)", "product:\(item)") }
            shop.advance(.minutes(5))
        }
        shop.send(.addToCart, "new", "product:chips")
        let order = shop.state.withCore { core -> [String] in
            let view = PersonView(core: core, person: PersonID(validated: "new"), time: shop.now)
            return view.together.sorted { $0.value > $1.value }.map { core.items[$0.key].subject.id }
        }
        #expect(order.prefix(2) == ["salsa", "bag"])
    }

    @Test func aFullRowOfNeighboursLetsAFrequentOneIn() {
        var table = NeighbourTable()
        table.reserve(itemCount: 100)
        for other in 1...NeighbourTable.width { table.add(Int32(other), to: 0, log2Weight: 10) }
        for _ in 0..<5 { table.add(99, to: 0, log2Weight: 10) }
        var weights: [Int32: Double] = [:]
        table.forEachNeighbour(of: 0) { weights[$0] = $1 }
        #expect(weights.count == NeighbourTable.width)
        #expect(weights.max { $0.value < $1.value }?.key == 99)
    }

    @Test func buyAgainIsTheMostFrequentThenTheMostRecent() {
        let shop = Shop()
        for item in ["a", "b", "a", "c", "b"] {
            shop.send(.productPurchased, "p", "product:\(item)")
            shop.advance(.days(1))
        }
        for _ in 0..<9 { shop.send(.productPurchased, "q", "product:popular") }
        let found = shop.state.withCore { $0.buyAgain(person: PersonID(validated: "p"), count: 4, among: nil) }
        #expect(found.map(\.id) == ["b", "a", "c", "popular"])
    }

    @Test func historyKeepsTheTimesBetweenPurchases() {
        let shop = Shop()
        for _ in 0..<4 {
            shop.send(.productPurchased, "p", "product:milk")
            shop.advance(.days(7))
        }
        shop.state.withCore { core in
            let view = PersonView(core: core, person: PersonID(validated: "p"), time: shop.now)
            let facts = core.facts(of: Subject(kind: .product, id: "milk") ?? core.items[0].subject, view: view)
            #expect(facts.bought == 4)
            #expect(facts.daysSince == 7)
            #expect(facts.gapRatio == 1)
            #expect(view.history.baskets == 4)
        }
    }

    @Test func aNewItemIsOfferedUntilItHasBeenSeenEnough() async throws {
        var options = Shop.smallOptions
        options.newItemExposuresMax = 2
        let shop = Shop(options: options)
        shop.fillWithPurchases()
        shop.advance(.days(60))
        shop.send(.productClick, "x", "product:fresh")
        func newItems() -> [String] {
            shop.state.withCore { core in
                core.newItems(minute: Minute.of(shop.now), countMax: 5).map { core.items[$0].subject.id }
            }
        }
        #expect(newItems() == ["fresh"])
        for _ in 0..<2 { shop.send(.exposure, "x", "product:fresh") }
        #expect(newItems().isEmpty)
    }
}
