import Base
import Domain
import Foundation
import Synchronization

private let connectionCount = 2
private let eventsPerSecond = 2000

/// What a client sees of `quanyu serve`: events a second, and decisions while events come in.
func measureServer(_ workshop: borrowing Workshop) async throws -> [Figure] {
    guard let program = try ServerProcess.program(for: workshop.options) else { return [] }
    let itemCount = workshop.options.pick(full: 10_000, smoke: 200)
    let server = try ServerProcess(program: program, dataFolder: workshop.path("data"))
    let eventCount = itemCount * 30
    let start = EventTime(clampingUnixMs: Int64(Date.now.timeIntervalSince1970 * 1000) - 5000 * Int64(eventCount))
    let shop = SmallShop(itemCount: itemCount, personCount: itemCount, start: start)
    let batchCount = workshop.options.pick(full: 500, smoke: 100)
    let (taken, applied) = try await ingest(server, shop, eventCount: eventCount, batchCount: batchCount)
    let single = try await singles(server, shop, first: eventCount, count: workshop.options.pick(full: 4000, smoke: 20))
    let asked = workshop.options.pick(full: 5000, smoke: 20)
    let (timing, elapsed) = try await decide(server, shop, first: 2 * eventCount, asked: asked)
    let noPeer = "no peer; client and server share this machine"
    return [
        Figure(
            "http-events", "events/s", taken, .higher,
            note: "\(connectionCount) connections, batches of \(batchCount), on disk before the answer; \(noPeer)"),
        Figure("http-events-applied", "events/s", applied, .higher, note: "the same, until queries see the last one"),
        Figure(
            "http-events-single", "events/s", single, .higher,
            note: "16 connections, one event a request, on disk before the answer; \(noPeer)"),
    ]
        + decideFigures(
            "http-decide", timing, elapsed: elapsed,
            note: """
                \(itemCount) items, 10 choices, \(connectionCount) connections ask while \(eventsPerSecond) events/s \
                come in; each on disk before the answer; \(noPeer)
                """)
}

/// - Returns: Events a second until the last answer, and until the last event was applied.
private func ingest(
    _ server: ServerProcess, _ shop: SmallShop, eventCount: Int, batchCount: Int
) async throws -> (taken: Double, applied: Double) {
    let bodies = stride(from: 0, to: eventCount, by: batchCount).map { shop.body($0..<$0 + batchCount) }
    let address = server.address
    let start = ContinuousClock.now
    _ = try await onThreads(connectionCount) { number in
        let connection = try address.connect()
        for place in stride(from: number, to: bodies.count, by: connectionCount) {
            try connection.post("/api/v1/events", bodies[place])
        }
    }
    let taken = (ContinuousClock.now - start).seconds
    try server.waitUntilApplied()
    let applied = (ContinuousClock.now - start).seconds
    return (Double(bodies.count * batchCount) / taken, Double(bodies.count * batchCount) / applied)
}

private func singles(_ server: ServerProcess, _ shop: SmallShop, first: Int, count: Int) async throws -> Double {
    let clientCount = 16
    let address = server.address
    let start = ContinuousClock.now
    _ = try await onThreads(clientCount) { number in
        let connection = try address.connect()
        for index in stride(from: first + number, to: first + count, by: clientCount) {
            try connection.post("/api/v1/events", shop.body(index..<index + 1))
        }
    }
    return Double(count) / (ContinuousClock.now - start).seconds
}

private func decide(
    _ server: ServerProcess, _ shop: SmallShop, first: Int, asked: Int
) async throws -> (timing: Timing, elapsed: Double) {
    let address = server.address
    let isOver = Atomic<Bool>(false)
    defer { isOver.store(true, ordering: .relaxed) }
    let sender = Task { try await onThreads(1) { _ in try send(address, shop, first: first, until: isOver) } }
    let start = ContinuousClock.now
    let seconds = try await onThreads(connectionCount) { number in
        let connection = try address.connect()
        return try (0..<asked).map { place in
            let person = shop.person(first + number * asked + place)
            let body: JSON = ["person": .string(person.text), "surface": "home", "count": 10]
            return try stopwatch { try connection.post("/api/v1/decide", body.bytes) }.seconds
        }
    }
    let elapsed = (ContinuousClock.now - start).seconds
    isOver.store(true, ordering: .relaxed)
    _ = try await sender.value
    return (Timing(seconds: seconds.flatMap(\.self)), elapsed)
}

private func send(
    _ address: ServerAddress, _ shop: SmallShop, first: Int, until isOver: borrowing Atomic<Bool>
) throws {
    let connection = try address.connect()
    let batchCount = eventsPerSecond / 20
    var index = first
    while !isOver.load(ordering: .relaxed) {
        try connection.post("/api/v1/events", shop.body(index..<index + batchCount))
        index += batchCount
        Thread.sleep(forTimeInterval: 0.05)
    }
}

extension SmallShop {
    /// These events as the body of a request.
    fileprivate func body(_ indices: Range<Int>) -> [UInt8] {
        JSON.array(
            indices.map { index in
                let event = event(index)
                return [
                    "id": .string(event.id.text), "person": .string(event.person.text),
                    "name": .string(event.name.text), "channel": .string(event.channel.text),
                    "time": .int(min(event.time.unixMs, Int64(Date.now.timeIntervalSince1970 * 1000))),
                    "subject": .string(event.subject?.description ?? ""),
                ]
            }
        ).bytes
    }
}
