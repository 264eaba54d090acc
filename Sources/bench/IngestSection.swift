import Base
import Foundation

private let batchCount = 1000
private let connectionCount = 4

/// Events over HTTP that are on disk before the answer, beside ClickHouse's HTTP insert of the same bodies.
func measureIngest(_ workshop: borrowing Workshop) async throws -> [Figure] {
    guard let program = try ServerProcess.program(for: workshop.options) else { return [] }
    let requestCount = workshop.options.pick(full: 2000, smoke: 4)
    var figures: [Figure] = []
    for (name, personCount) in [("ingest-batches", 100_000), ("ingest-batches-10x-people", 1_000_000)] {
        let traffic = IngestTraffic(personCount: personCount, requestCount: requestCount)
        let ours = try await quanyu(program, workshop.path(name), traffic)
        let durable = try await clickHouse(workshop.path(name + "-peer"), traffic, workshop.options, isDurable: true)
        let quick = try await clickHouse(workshop.path(name + "-quick"), traffic, workshop.options, isDurable: false)
        figures += figuresOf(name, ours, durable: durable, quick: quick, personCount: personCount)
    }
    figures += try await sustained(program, workshop)
    figures += try await singles(program, workshop)
    return figures
}

private struct IngestTraffic {
    let personCount: Int
    let requestCount: Int

    var eventCount: Int { requestCount * batchCount }
}

/// What a run cost.
private struct IngestRun {
    var seconds = 0.0
    var cpuSeconds = 0.0  // Of the server.
    var diskByteCount = 0
    var latencies = Timing(seconds: [])
}

private func quanyu(_ program: String, _ folder: String, _ traffic: IngestTraffic) async throws -> IngestRun {
    let server = try ServerProcess(program: program, dataFolder: folder)
    let address = server.address
    let cpuBefore = ProcessUsage.cpuSeconds(of: server.identifier)
    var run = try await send(traffic, form: .array, path: "/api/v1/events") { try address.connect() }
    run.cpuSeconds = ProcessUsage.cpuSeconds(of: server.identifier) - cpuBefore
    run.diskByteCount = ProcessUsage.byteCount(of: folder + "/journal")
    let state = try JSON.parse(try address.connect().get("/health/ready"))
    let recordCount = state["journal_sequence"]?.intValue ?? 0
    guard recordCount == traffic.eventCount + traffic.requestCount else {
        throw BenchError.disagreement(
            what: "events and receipts on disk", ours: "\(recordCount)",
            peer: "\(traffic.eventCount + traffic.requestCount)")
    }
    return run
}

/// Nil where it is not installed and only a smoke run was asked for.
///
/// - Parameter isDurable: An insert counts as answered when it is on disk, as ours does; else when the peer says so,
///   which is before that.
private func clickHouse(
    _ folder: String, _ traffic: IngestTraffic, _ options: BenchOptions, isDurable: Bool
) async throws -> IngestRun? {
    guard let server = try ClickHouseProcess(folder: folder) else {
        guard options.size == .smoke else {
            throw BenchError.missing(what: "clickhouse-server", mend: "run `scripts/setup bench`")
        }
        return nil
    }
    let port = server.port
    let cpuBefore = ProcessUsage.cpuSeconds(of: server.identifier)
    var run = try await send(
        traffic, form: .lines, path: ClickHouseProcess.insertPath,
        afterEach: { if isDurable { ClickHouseProcess.sync() } },
        connect: { try HTTPConnection(port: port, token: nil) })
    run.cpuSeconds = ProcessUsage.cpuSeconds(of: server.identifier) - cpuBefore
    run.diskByteCount = ProcessUsage.byteCount(of: server.dataFolder)
    guard try server.eventCount() == traffic.eventCount else { throw BenchError.failed("ClickHouse lost events") }
    return run
}

private func send(
    _ traffic: IngestTraffic, form: EventBatch.Form, path: String,
    afterEach: @escaping @Sendable () -> Void = {},
    connect: @escaping @Sendable () throws -> HTTPConnection
) async throws -> IngestRun {
    let nowMs = Int64(Date.now.timeIntervalSince1970 * 1000) - 3_600_000
    let start = ContinuousClock.now
    let latencies = try await onThreads(connectionCount) { number in
        let connection = try connect()
        var batch = EventBatch(
            eventCount: batchCount, personCount: traffic.personCount, form: form, timeMs: nowMs)
        return try stride(from: number, to: traffic.requestCount, by: connectionCount).map { request in
            batch.renumber(from: request * batchCount)
            return try stopwatch {
                _ = try connection.post(path, batch.bytes)
                afterEach()
            }.seconds
        }
    }
    return IngestRun(
        seconds: (ContinuousClock.now - start).seconds, latencies: Timing(seconds: latencies.flatMap(\.self)))
}

private func figuresOf(
    _ name: String, _ ours: IngestRun, durable: IngestRun?, quick: IngestRun?, personCount: Int
) -> [Figure] {
    let eventCount = Double(ours.latencies.seconds.count * batchCount)
    func beside(_ value: (IngestRun) -> Double) -> Figure.Peer? {
        quick.map { Figure.Peer(name: "ClickHouse 18.16", value: value($0)) }
    }
    let rate = eventCount / ours.seconds
    let note = "\(connectionCount) connections, \(batchCount) events a request, \(personCount) people"
    return [
        Figure(
            name, "events/s", rate, .higher,
            peer: durable.map { Figure.Peer(name: "ClickHouse 18.16", value: eventCount / $0.seconds) },
            note: note + "; both on disk before the next request"),
        Figure(
            name + "-peer-unsynced", "events/s", rate, .higher, peer: beside { eventCount / $0.seconds },
            note: note + "; ours on disk before each answer, the peer's in memory"),
        Figure(
            name + "-cpu", "µs/event", ours.cpuSeconds / eventCount * 1e6, .lower,
            peer: beside { $0.cpuSeconds / eventCount * 1e6 },
            note: "processor time of the server, ours with all that is derived from the events"),
        Figure(
            name + "-disk", "bytes/event", Double(ours.diskByteCount) / eventCount, .lower,
            peer: beside { Double($0.diskByteCount) / eventCount },
            note: "ours as received, with receipts; the peer's compressed and with parts that are merged later"),
    ]
}

private func sustained(_ program: String, _ workshop: borrowing Workshop) async throws -> [Figure] {
    let seconds = workshop.options.pick(full: 60.0, smoke: 0.5)
    let server = try ServerProcess(program: program, dataFolder: workshop.path("sustained"))
    let address = server.address
    let nowMs = Int64(Date.now.timeIntervalSince1970 * 1000) - 3_600_000
    let start = ContinuousClock.now
    let latencies = try await onThreads(connectionCount) { number in
        let connection = try address.connect()
        var batch = EventBatch(eventCount: batchCount, personCount: 1_000_000, form: .array, timeMs: nowMs)
        var request = number
        var latencies: [Double] = []
        while (ContinuousClock.now - start).seconds < seconds {
            batch.renumber(from: request * batchCount)
            latencies.append(try stopwatch { try connection.post("/api/v1/events", batch.bytes) }.seconds)
            request += connectionCount
        }
        return latencies
    }
    let timing = Timing(seconds: latencies.flatMap(\.self))
    let elapsed = (ContinuousClock.now - start).seconds
    let note = "\(Int(seconds)) s, \(connectionCount) connections, \(batchCount) events a request, a million people"
    return [
        Figure(
            "ingest-sustained", "events/s", Double(timing.seconds.count * batchCount) / elapsed, .higher, note: note),
        Figure("ingest-sustained-p99", "ms", timing.quantile(0.99) * 1000, .lower, note: "until the answer; " + note),
    ]
}

/// One event a request: how many a second, and what one costs both sides.
private func singles(_ program: String, _ workshop: borrowing Workshop) async throws -> [Figure] {
    let connectionCount = 64
    let eventCount = workshop.options.pick(full: 200_000, smoke: 128)
    let server = try ServerProcess(program: program, dataFolder: workshop.path("singles"))
    let address = server.address
    let nowMs = Int64(Date.now.timeIntervalSince1970 * 1000) - 3_600_000
    let before = (server: ProcessUsage.cpuSeconds(of: server.identifier), client: ProcessUsage.cpuSeconds(of: getpid()))
    let start = ContinuousClock.now
    let latencies = try await onThreads(1) { _ in
        let connections = try (0..<connectionCount).map { _ in try address.connect() }
        var client = SinglesClient(connections: connections, timeMs: nowMs)
        return try client.run { $0 > eventCount - connectionCount }
    }
    let elapsed = (ContinuousClock.now - start).seconds
    let timing = Timing(seconds: latencies.flatMap(\.self))
    let count = Double(timing.seconds.count)
    let serverSeconds = ProcessUsage.cpuSeconds(of: server.identifier) - before.server
    let clientSeconds = ProcessUsage.cpuSeconds(of: getpid()) - before.client
    let note = "\(connectionCount) connections, one event a request, on disk before the answer"
    return [
        Figure("ingest-singles", "events/s", count / elapsed, .higher, note: note),
        Figure("ingest-singles-p99", "ms", timing.quantile(0.99) * 1000, .lower, note: "until the answer; " + note),
        Figure(
            "ingest-singles-cpu", "µs/event", serverSeconds / count * 1e6, .lower,
            note: "processor time of the server, with all that is derived; the client on the same machine takes "
                + "\(Int((clientSeconds / count * 1e6).rounded())) µs more"),
    ]
}
