import Base
import Decide
import Domain
import Foundation
import Synchronization

private let askerCount = 2
private let eventsPerSecond = 2000
private let savePauseSeconds = 0.1

/// Two threads ask for decisions among many items while a third applies events, and then while a fourth saves, too.
func measureDecide(_ workshop: borrowing Workshop) async throws -> [Figure] {
    let itemCount = workshop.options.pick(full: 10_000, smoke: 200)
    let asked = workshop.options.pick(full: 10_000, smoke: 50)
    let shop = SmallShop(itemCount: itemCount, personCount: itemCount)
    let state = DecideState(catalog: { shop.catalogItem($0) })
    let warmUpCount = itemCount * 20
    for index in 0..<warmUpCount { state.apply(sequence: UInt64(index), event: shop.event(index)) }
    let seed = Atomic<UInt64>(1)
    let decide = Decide(
        state: state,
        ports: DecidePorts(
            record: { _ in }, now: { shop.time(warmUpCount) },
            seed: { SeededGenerator.mix(seed.add(1, ordering: .relaxed).newValue) }))
    let isOver = Atomic<Bool>(false)
    let applier = Thread {
        var index = warmUpCount
        while !isOver.load(ordering: .relaxed) {
            for _ in 0..<eventsPerSecond / 100 {
                state.apply(sequence: UInt64(index), event: shop.event(index))
                index += 1
            }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }
    applier.start()
    defer { isOver.store(true, ordering: .relaxed) }
    let note = """
        \(state.itemCount) items, 10 choices, \(askerCount) threads ask while \(eventsPerSecond) events/s are \
        applied; without journal and network
        """
    let (quiet, elapsed) = try await askAll(decide, shop, count: asked)
    let saver = Thread {
        while !isOver.load(ordering: .relaxed) {
            _ = state.encoded()
            Thread.sleep(forTimeInterval: savePauseSeconds)
        }
    }
    saver.start()
    let (saving, _) = try await askAll(decide, shop, count: asked)
    return decideFigures("decide", quiet, elapsed: elapsed, note: note) + [
        Figure(
            "decide-saving-p999", "ms", saving.quantile(0.999) * 1000, .lower,
            note: note + "; the state is encoded again and again, \(savePauseSeconds) s after the last time"),
        Figure("decide-saving-max", "ms", saving.quantile(1) * 1000, .lower, note: "the slowest of these"),
    ]
}

private func askAll(
    _ decide: Decide, _ shop: SmallShop, count: Int
) async throws -> (timing: Timing, elapsed: Double) {
    let start = ContinuousClock.now
    let seconds = try await withThrowingTaskGroup(of: [Double].self) { group in
        for asker in 0..<askerCount {
            group.addTask { try await ask(decide, shop, first: asker * count, count: count) }
        }
        return try await group.reduce(into: [Double]()) { $0 += $1 }
    }
    return (Timing(seconds: seconds), (ContinuousClock.now - start).seconds)
}

func decideFigures(_ name: String, _ timing: Timing, elapsed: Double, note: String) -> [Figure] {
    [(0.5, "p50"), (0.99, "p99"), (0.999, "p999")].map { share, label in
        Figure("\(name)-\(label)", "ms", timing.quantile(share) * 1000, .lower, note: note)
    } + [Figure("\(name)-rate", "decisions/s", Double(timing.seconds.count) / elapsed, .higher, note: note)]
}

private func ask(_ decide: Decide, _ shop: SmallShop, first: Int, count: Int) async throws -> [Double] {
    var seconds: [Double] = []
    for index in first..<first + count {
        let request = try DecideRequest(person: shop.person(index), surface: "home", count: 10)
        let start = ContinuousClock.now
        let decision = try await decide(request)
        seconds.append((ContinuousClock.now - start).seconds)
        guard decision.choices.count == 10 else { throw BenchError.failed("a decision without ten choices") }
    }
    return seconds
}
