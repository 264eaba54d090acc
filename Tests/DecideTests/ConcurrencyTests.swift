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

    /// A snapshot that is taken while events are applied is the state at one point of the journal.
    @Test(.timeLimit(.minutes(5))) func aSnapshotBetweenEventsIsOfOneMoment() async {
        let shop = Shop()
        shop.fillWithPurchases()
        let events = shop.events
        let state = DecideState(options: shop.options)
        let taking = Task {
            var images: [DecideImage] = []
            while state.sequenceEnd < events.count {
                let image = state.image.core
                if image.sequenceEnd != images.last?.sequenceEnd { images.append(image) }
                await Task.yield()
            }
            return images
        }
        for (sequence, event) in events.enumerated() {
            state.apply(sequence: UInt64(sequence), event: event)
            if sequence % 10 == 0 { try? await Task.sleep(for: .milliseconds(1)) }
        }
        let again = DecideState(options: shop.options)
        let images = await taking.value
        for image in images {
            for sequence in again.sequenceEnd..<image.sequenceEnd {
                again.apply(sequence: sequence, event: events[Int(sequence)])
            }
            #expect(Self.bytes(again.image.core) == Self.bytes(image), "at \(image.sequenceEnd)")
        }
        #expect(images.count > 3)
    }

    private static func bytes(_ image: DecideImage) -> [UInt8] {
        var writer = SnapshotWriter()
        image.write(to: &writer)
        return writer.bytes
    }

    /// An array that a snapshot shared would be copied whole by the next event, while decisions wait.
    @Test func aSnapshotSharesNoArrayWithTheState() {
        let shop = Shop()
        shop.fillWithPurchases()
        let image = shop.state.image
        let before = shop.state.withCore { Self.places($0) }
        shop.send(.click, "p1", "product:1")
        let after = shop.state.withCore { Self.places($0) }
        #expect(before == after)
        withExtendedLifetime(image) {}
    }

    /// Where the large arrays lie in memory.
    private static func places(_ core: borrowing DecideCore) -> [UInt] {
        [
            core.items.stats.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) },
            core.neighbours.items.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) },
            core.neighbours.weights.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) },
            core.people.histories.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) },
        ]
    }
}
