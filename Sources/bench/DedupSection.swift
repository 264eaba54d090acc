import Base
import Foundation
import Journal

/// What it costs to know every event ever taken: memory and disk a key, the time to tell old keys and new ones, and the
/// time to know them all again at a start. Counts are 1, 4 and 12 times what is kept in memory.
func measureDedup(_ workshop: borrowing Workshop) async throws -> [Figure] {
    var options = JournalOptions()
    options.keysInMemoryMax = workshop.options.pick(full: options.keysInMemoryMax, smoke: 500)
    var figures: [Figure] = []
    for times in [1, 4, 12] {
        let count = options.keysInMemoryMax * times
        figures += try await DedupMeasure(count: count, folder: workshop.path("dedup-\(count)"), options: options).run()
    }
    return figures
}

private struct DedupMeasure {
    private static let batchCount = 1000
    private static let lookCountMax = 1_000_000

    let count: Int
    let folder: String
    let options: JournalOptions

    func run() async throws -> [Figure] {
        let journal = try Journal(directory: folder, options: options)
        let lastCount = min(count, Self.lookCountMax)
        try await append(0..<count - lastCount, to: journal)
        let newSeconds = try await seconds { try await append(count - lastCount..<count, to: journal) }
        while journal.keyFigures.isAtWork { try await Task.sleep(for: .milliseconds(10)) }
        let (keys, disk) = (journal.keyFigures, journal.bytesOnDisk)
        let oldSeconds = try await seconds { try await resend(lastCount, to: journal) }
        await journal.close()
        PeakMemory.restart()
        let (openSeconds, opened) = try stopwatch { try Journal(directory: folder, options: options) }
        guard opened.sequenceEnd == UInt64(count) else { throw BenchError.failed("the journal lost records") }
        await opened.close()
        try FileManager.default.removeItem(atPath: folder)
        return figures(keys, disk, (newSeconds, oldSeconds, openSeconds), lookCount: lastCount)
    }

    private func figures(
        _ keys: KeyFigures, _ disk: Int64, _ seconds: (new: Double, old: Double, open: Double), lookCount: Int
    ) -> [Figure] {
        let name = FigureTable.number(Double(count))
        let peak = PeakMemory.megabytes.map { FigureTable.number($0) } ?? "unknown"
        let megabytes = FigureTable.number(Double(keys.byteCountInMemory) / 1e6)
        return [
            Figure(
                "dedup-memory at \(name)", "B/event", Double(keys.byteCountInMemory) / Double(count), .lower,
                note: "\(megabytes) MB: an index of the newest keys, and a filter for each of \(keys.runCount) files"),
            Figure(
                "dedup-disk at \(name)", "B/event", Double(disk + keys.runByteCount) / Double(count), .lower,
                note: "a whole record of one byte, \(FigureTable.number(Double(disk) / Double(count))) B, and the files"
            ),
            Figure(
                "dedup-new at \(name)", "events/s", Double(lookCount) / seconds.new, .higher,
                note: "the last ones that are appended, each told to be new"),
            Figure(
                "dedup-old at \(name)", "events/s", Double(lookCount) / seconds.old, .higher,
                note: "events from anywhere in the journal sent again, each told to be a duplicate"),
            Figure(
                "dedup-open at \(name)", "s", seconds.open, .lower,
                note: "every record read and checked, every file too; the process took \(peak) MB at most"),
        ]
    }

    private func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start).seconds
    }

    private func append(_ range: Range<Int>, to journal: Journal) async throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.batchCount) {
            _ = try await journal.append(records(start..<min(start + Self.batchCount, range.upperBound)))
        }
    }

    private func resend(_ lookCount: Int, to journal: Journal) async throws {
        let step = max(1, count / lookCount)
        for start in stride(from: 0, to: lookCount, by: Self.batchCount) {
            let places = (start..<min(start + Self.batchCount, lookCount)).map { $0 * step }
            let outcomes = try await journal.append(records(places))
            guard outcomes.allSatisfy({ $0 == .duplicate }) else { throw BenchError.failed("the journal forgot keys") }
        }
    }

    private func records(_ places: some Sequence<Int>) -> [JournalRecord] {
        places.map { place in
            JournalRecord(
                key: Hash128(high: SeededGenerator.mix(UInt64(place)), low: SeededGenerator.mix(~UInt64(place))),
                payload: [0])
        }
    }
}
