import Base
import Decide
import Domain
import Foundation
import Synchronization

private let askerCount = 2
private let eventsPerSecond = 2000

/// Two threads ask for decisions among many items while a third applies events; then once more while a fourth saves the
/// state, as the program does now and then.
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
        \(state.itemCount) items, 10 choices, \(askerCount) threads ask while \(eventsPerSecond) events/s are applied; \
        without journal and network
        """
    let alone = try await askAll(decide, shop, first: 0, count: asked)
    let isAsked = Atomic<Bool>(false)
    let path = workshop.path("decide.snapshot")
    let saves = Task { try await onThreads(1) { _ in try save(state, to: path, until: isAsked) } }
    defer { isAsked.store(true, ordering: .relaxed) }
    let beside = try await askAll(decide, shop, first: askerCount * asked, count: asked)
    isAsked.store(true, ordering: .relaxed)
    let saveCount = try await saves.value.reduce(0, +)
    return decideFigures("decide", alone.timing, elapsed: alone.elapsed, note: note)
        + decideFigures(
            "decide-while-saving", beside.timing, elapsed: beside.elapsed,
            note: "\(note); the state was saved \(saveCount) times meanwhile")
}

/// Saves until told to stop, twenty times a second at most and at least once.
private func save(_ state: DecideState, to path: String, until isOver: borrowing Atomic<Bool>) throws -> Int {
    var count = 0
    repeat {
        try state.save(to: path)
        count += 1
        Thread.sleep(forTimeInterval: 0.05)
    } while !isOver.load(ordering: .relaxed)
    return count
}

/// Each thread asks so often.
private func askAll(
    _ decide: Decide, _ shop: SmallShop, first: Int, count: Int
) async throws -> (timing: Timing, elapsed: Double) {
    let start = ContinuousClock.now
    let seconds = try await withThrowingTaskGroup(of: [Double].self) { group in
        for asker in 0..<askerCount {
            group.addTask { try await ask(decide, shop, first: first + asker * count, count: count) }
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
