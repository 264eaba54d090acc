import Base
import Domain
import TestSupport
import Testing

@testable import Decide

@Suite struct SnapshotTests {
    /// A shop with history, learned decisions and some that are still open.
    private func busyShop() async throws -> Shop {
        let shop = Shop(catalog: { CatalogItem(subject: $0, title: "", category: "food / \($0.id)", brand: "") })
        shop.fillWithPurchases()
        for round in 0..<60 {
            let decision = try await shop.ask("p\(round % 8)", count: 4)
            for choice in decision.choices {
                shop.send(.exposure, "p\(round % 8)", choice.subject.description, decision: decision.id)
            }
            let subject = decision.choices[round % 4].subject.description
            if round % 3 == 0 { shop.send(.addToCart, "p\(round % 8)", subject, decision: decision.id) }
            shop.advance(.minutes(4))
        }
        return shop
    }

    @Test func aRestartAtAnyPointGivesTheStateThatNeverStopped() async throws {
        let shop = try await busyShop()
        let folder = try TemporaryDirectory()
        let path = folder.path("decide.snapshot")
        let events = shop.events
        let whole = shop.state.encoded()
        for cut in [0, 1, events.count / 3, events.count - 20, events.count] {
            let first = DecideState(options: shop.options) {
                CatalogItem(subject: $0, title: "", category: "food / \($0.id)", brand: "")
            }
            for sequence in 0..<cut { first.apply(sequence: UInt64(sequence), event: events[sequence]) }
            try first.save(to: path)
            let second = try DecideState.load(from: path, options: shop.options) {
                CatalogItem(subject: $0, title: "", category: "food / \($0.id)", brand: "")
            }
            #expect(second.sequenceEnd == UInt64(cut))
            for sequence in max(0, cut - 5)..<events.count {  // What was applied before changes nothing.
                second.apply(sequence: UInt64(sequence), event: events[sequence])
            }
            #expect(second.encoded() == whole, "cut at \(cut)")
        }
        #expect(shop.state.counts.positives > 5)
        #expect(shop.state.pendingCount > 10)
    }

    @Test func aDamagedSnapshotIsRefused() async throws {
        let bytes = try await busyShop().state.encoded()
        func load(_ bytes: [UInt8], options: DecideOptions = Shop.smallOptions) throws(DecideSnapshotError) {
            _ = try DecideState(snapshot: bytes, options: options)
        }
        #expect(throws: DecideSnapshotError.notASnapshot) { try load([]) }
        #expect(throws: DecideSnapshotError.notASnapshot) { try load([UInt8](repeating: 7, count: 100)) }
        for offset in stride(from: 12, to: bytes.count, by: bytes.count / 23) {
            var damaged = bytes
            damaged[offset] ^= 0x10
            #expect(throws: DecideSnapshotError.checksumMismatch) { try load(damaged) }
        }
        #expect(throws: DecideSnapshotError.checksumMismatch) { try load(Array(bytes.dropLast())) }
        var other = Shop.smallOptions
        other.historyCountMax += 1
        #expect(throws: DecideSnapshotError.optionsChanged) { try load(bytes, options: other) }
        #expect(throws: DecideSnapshotError.file(FileFailure(operation: "open", errno: 2))) {
            _ = try DecideState.load(from: "/nonexistent/decide")
        }
    }
}
