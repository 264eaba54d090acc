import Base
import Domain
import Testing

@testable import Decide

@Suite struct BoundsTests {
    private static var tightOptions: DecideOptions {
        var options = Shop.smallOptions
        options.itemCountMax = 50
        options.personCountMax = 20
        options.historyCountMax = 6
        options.pendingCountMax = 4
        options.recallCountMax = 30
        return options
    }

    @Test func everyTableStaysWithinItsCap() async throws {
        let shop = Shop(options: Self.tightOptions)
        var random = SeededGenerator(seed: 5)
        for round in 0..<2000 {
            let item = Int.random(in: 0..<400, using: &random)
            shop.send(
                .productPurchased, "p\(round % 2 == 0 ? round / 2 % 5 : Int.random(in: 0..<100, using: &random))",
                "product:\(item)")
            if round % 50 == 0 {
                let decision = try await shop.ask("p1", count: 3)
                #expect(decision.candidates.count <= 30)
            }
            shop.advance(.minutes(3))
        }
        shop.state.withCore { core in
            #expect(core.items.count <= 50)
            #expect(core.people.count <= 20)
            #expect(core.pending.decisions.count <= 4)
            #expect(core.neighbours.items.count <= 50 * NeighbourTable.width)
            let longest = (0..<Int32(core.people.count)).map { core.people[$0].entries.count }.max()
            #expect(longest == 6)
        }
    }

    /// The popular survive compaction with their names, neighbours and buyers.
    @Test func makingRoomKeepsWhatMatters() {
        let shop = Shop(options: Self.tightOptions)
        for day in 0..<5 {
            for item in ["product:bread", "product:butter"] { shop.send(.productPurchased, "regular", item) }
            for other in 0..<30 { shop.send(.productPurchased, "p\(day)", "product:rare-\(day)-\(other)") }
            shop.advance(.days(1))
        }
        shop.state.withCore { core in
            #expect(core.popular(count: 2, among: nil).map(\.id).sorted() == ["bread", "butter"])
            let again = core.buyAgain(person: PersonID(validated: "regular"), count: 2, among: nil)
            #expect(again.map(\.id).sorted() == ["bread", "butter"])
            let bread = core.items.index(of: again[0])
            var neighbours: [String] = []
            core.neighbours.forEachNeighbour(of: bread ?? 0) { item, _ in
                neighbours.append(core.items[item].subject.id)
            }
            #expect(neighbours == [again[1].id])
        }
    }
}
