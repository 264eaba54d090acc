import Base
import Domain
import Foundation
import Journal

private let batchCount = 100

/// Durable events a second, with one client and with eight that share syncs, beside SQLite.
func measureJournal(_ workshop: borrowing Workshop) async throws -> [Figure] {
    let batches = workshop.options.pick(full: 2000, smoke: 20)
    let traffic = ShopTraffic(count: batchCount, personCount: 50)
    let payload = EventCodec.encode(traffic.event(at: 0))
    let request: JSON = [
        "folder": .string(workshop.folder.path(percentEncoded: false)), "batches": .int(Int64(batches)),
        "batch_count": .int(Int64(batchCount)), "payload_bytes": .int(Int64(payload.count)),
    ]
    let answer = try PeerProgram(script: "journal_peer.py").run(.sqlite, request, in: workshop)
    let peer = answer.map {
        Figure.Peer(
            name: $0["engine"]?.stringValue ?? "?", value: $0["events_per_second"]?.doubleValue ?? .nan)
    }
    var figures: [Figure] = []
    for clientCount in [1, 8] {
        let folder = workshop.path("journal-\(clientCount)")
        let rate = try await appendRate(folder, clientCount: clientCount, batches: batches, payload: payload)
        figures.append(
            Figure(
                "journal-append-\(clientCount)-clients", "events/s", rate, .higher, peer: peer,
                note: """
                    batches of \(batchCount) records of \(payload.count) B with a key each, on disk before the answer; \
                    the peer has one writer
                    """))
    }
    return figures
}

private func appendRate(_ folder: String, clientCount: Int, batches: Int, payload: [UInt8]) async throws -> Double {
    let journal = try Journal(directory: folder)
    let batchesEach = batches / clientCount
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<clientCount {
            group.addTask {
                for batch in 0..<batchesEach {
                    let records = (0..<batchCount).map { place in
                        let key = Hash128(
                            high: UInt64(client), low: SeededGenerator.mix(UInt64(batch * batchCount + place)))
                        return JournalRecord(key: key, payload: payload)
                    }
                    _ = try await journal.append(records)
                }
            }
        }
        try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - start).seconds
    let count = batchesEach * clientCount * batchCount
    guard journal.sequenceEnd == UInt64(count) else { throw BenchError.failed("the journal lost records") }
    await journal.close()
    return Double(count) / seconds
}
