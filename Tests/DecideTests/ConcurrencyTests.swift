import Base
import Domain
import Testing

@testable import Decide

@Suite struct ConcurrencyTests {
    /// Readers ask and a writer applies at once: each answer is whole, and the state ends as if nobody had asked.
    @Test func readersDisturbNeitherEachOtherNorTheWriter() async throws {
        let shop = Shop()
        shop.fillWithPurchases()
        let quiet = Shop()
        quiet.fillWithPurchases()
        quiet.fillWithPurchases(seed: 9)
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                shop.fillWithPurchases(seed: 9)
                return true
            }
            for reader in 0..<4 {
                group.addTask {
                    for round in 0..<40 {
                        let policy = DecidePolicy.allCases[round % 3]
                        guard
                            let decision = try? await shop.ask("p\(reader)", count: 5, policy: policy, isShadow: true),
                            decision.choices.count == 5,
                            abs(decision.candidates.map(\.probability).reduce(0, +) - 1) < 1e-9
                        else { return false }
                        if round % 20 == 0 { _ = shop.state.encoded() }
                    }
                    return true
                }
            }
            for await isWhole in group { #expect(isWhole) }
        }
        #expect(shop.state.encoded() == quiet.state.encoded())
    }
}
