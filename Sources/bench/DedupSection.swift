import Base
import Foundation
import Journal

/// What it costs to know every event ever taken: memory and disk a key, and the time to know them all again at a start.
func measureDedup(_ workshop: borrowing Workshop) async throws -> [Figure] {
    var figures: [Figure] = []
    for count in workshop.options.pick(full: [1_000_000, 10_000_000], smoke: [2000]) {
        figures += try await measureDedup(count, workshop.path("dedup-\(count)"))
    }
    return figures
}

private func measureDedup(_ count: Int, _ folder: String) async throws -> [Figure] {
    let batchCount = 1000
    var options = JournalOptions()
    options.segmentBytesMax = 1 << 26
    let journal = try Journal(directory: folder, options: options)
    for start in stride(from: 0, to: count, by: batchCount) {
        _ = try await journal.append(records(start..<start + batchCount))
    }
    let again = try await journal.append(records(0..<batchCount))
    guard again.allSatisfy({ $0 == .duplicate }) else { throw BenchError.failed("the journal forgot its first keys") }
    let (memory, disk) = (journal.keyIndexBytes, journal.bytesOnDisk)
    let seconds = try stopwatch {
        for start in stride(from: 0, to: count, by: count / 10) {
            _ = try journal.read(from: UInt64(start), countMax: 1)
        }
    }.seconds
    await journal.close()
    PeakMemory.restart()
    let (openSeconds, opened) = try stopwatch { try Journal(directory: folder, options: options) }
    guard opened.sequenceEnd == UInt64(count) else { throw BenchError.failed("the journal lost records") }
    await opened.close()
    try FileManager.default.removeItem(atPath: folder)
    let name = FigureTable.number(Double(count))
    let peak = PeakMemory.megabytes.map { FigureTable.number($0) } ?? "unknown"
    return [
        Figure(
            "dedup-memory at \(name)", "B/event", Double(memory) / Double(count), .lower,
            note: "16 B a slot, 3/8 to 3/4 of them in use; \(FigureTable.number(Double(memory) / 1e6)) MB"),
        Figure(
            "dedup-disk at \(name)", "B/event", Double(disk) / Double(count), .lower,
            note: "a whole record of one byte: 16 B of it are the key"),
        Figure(
            "dedup-open at \(name)", "s", openSeconds, .lower,
            note: """
                every record read and checked and every key known again; the process took \(peak) MB at most; ten \
                reads anywhere \(FigureTable.number(seconds * 1000)) ms
                """),
    ]
}

private func records(_ range: Range<Int>) -> [JournalRecord] {
    range.map { place in
        JournalRecord(
            key: Hash128(high: SeededGenerator.mix(UInt64(place)), low: SeededGenerator.mix(~UInt64(place))),
            payload: [0])
    }
}
