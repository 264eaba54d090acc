import Base
import Collect
import Domain
import Foundation
import Journal
import Store
import TestSupport
import Testing

@testable import App

/// Stops the run, or breaks it off, after a batch is durable and before that is noted.
private struct CutTarget: ImportTarget {
    struct Cut: Error {}

    let whole: any ImportTarget
    let lastNumber: Int  // Of the row after whose batch the run is broken off.
    var refusedWord: String { whole.refusedWord }

    func take(_ records: [PlacedRecord]) async throws -> [RecordOutcome] {
        let outcomes = try await whole.take(records)
        if records.contains(where: { $0.number == lastNumber }) { throw Cut() }
        return outcomes
    }

    func trial(_ records: [PlacedRecord]) throws -> [RecordOutcome] { try whole.trial(records) }
}

@Suite struct ImportResumeTests {
    static let rowCount = 25_000  // Three batches.

    let desk = ImportDesk()

    init() throws {
        try desk.write(ImportDesk.orders, to: "orders.json")
        var table = "n,who,at,paid\n"
        for row in 1...Self.rowCount { table += "\(row),\(row % 5000 == 7 ? "" : "ana"),2026-01-01,1\n" }
        try desk.write(table, to: "orders.csv")
    }

    /// Runs the import up to the end or to a cut, as `ImportCommand` does.
    private func importUntilCut(afterRow row: Int) async throws {
        let words = ["--data", try desk.path("data"), "--file", try desk.path("orders.csv")]
        let request = try ImportRequest(words + ["--map", try desk.path("orders.json")])
        let folder = try DataFolder(creating: request.data)
        let journal = try Journal(directory: folder.journal)
        let store = try desk.store()
        let key = try await store.settings.dedupKey()
        var checkpoint = try ImportCheckpoint(request, key: key)
        let found = try await store.importCheckpoints.find(
            file: checkpoint.file, mappingHash: checkpoint.mappingHash)
        if let found {
            checkpoint = found.checkpoint
        } else {
            try await store.importCheckpoints.save(checkpoint, at: WallClock.now())
        }
        let quarantine = ImportQuarantine(
            store.quarantine, bodyBytesMax: 65_536, goingOnFrom: found?.savedAt, key: key)
        let events = EventTarget(
            source: request.source, file: request.file,
            collect: ImportCommand.collect(Configuration(), journal, key, plan: .none, quarantine), key: key)
        let run = ImportRun(
            rows: try request.rows(Configuration()), records: RecordMaker(request),
            target: CutTarget(whole: events, lastNumber: row), interruption: Interruption(),
            save: { try await store.importCheckpoints.save($0, at: WallClock.now()) }, refused: { _, _ in },
            progress: { _, _ in })
        await #expect(throws: CutTarget.Cut.self) { _ = try await run(&checkpoint) }
        await journal.close()
    }

    @Test(arguments: [[5000], [5000, 15_000], [24_000], [15_000, 15_000]])
    func anImportThatWasCutOffGoesOnWithoutLossOrDuplicates(cuts: [Int]) async throws {
        let sink = Terminal.Sink(isWatched: false, result: { _ in }, aside: { _ in })
        for row in cuts { try await Terminal.$sink.withValue(sink) { try await importUntilCut(afterRow: row) } }
        let done = try await desk.import("orders.csv")
        #expect(done.exitCode == 0)
        #expect(done.result.contains("5 quarantined"))
        let ids = try await desk.events().compactMap { $0["id"]?.stringValue }
        let want = (1...Self.rowCount).filter { $0 % 5000 != 7 }.map { "row-\($0)" }
        #expect(ids == want)
        #expect(try await desk.store().quarantine.counts().mapValues(\.all) == ["missing_person": 5])
    }

    @Test func badRowsOfAnotherImportAreKeptThoughTheyLookTheSame() async throws {
        let rows = "n,who,at,paid\n1,,2026-01-01,1\n"
        for name in ["first.csv", "second.csv"] {
            try desk.write(rows, to: name)
            #expect(try await desk.import(name).result.contains("1 quarantined"))
        }
        #expect(try await desk.import("second.csv", ["--again"]).result.contains("1 quarantined"))
        #expect(try await desk.store().quarantine.counts().mapValues(\.all) == ["missing_person": 3])
    }

    @Test func anImportThatGoesOnKeepsWhatLooksLikeOlderRows() async throws {
        try desk.write("n,who,at,paid\n7,,2026-01-01,1\n", to: "older.csv")
        #expect(try await desk.import("older.csv").result.contains("1 quarantined"))
        try await Task.sleep(for: .milliseconds(5))
        let sink = Terminal.Sink(isWatched: false, result: { _ in }, aside: { _ in })
        try await Terminal.$sink.withValue(sink) { try await importUntilCut(afterRow: 5000) }
        #expect(try await desk.import("orders.csv").result.contains("5 quarantined"))
        #expect(try await desk.store().quarantine.counts().mapValues(\.all) == ["missing_person": 6])
    }

    @Test func anImportThatIsAskedToStopStopsAndGoesOn() async throws {
        let words = ["--data", try desk.path("data"), "--file", try desk.path("orders.csv")]
        let request = try ImportRequest(words + ["--map", try desk.path("orders.json")])
        let interruption = Interruption()
        interruption.ask()
        let command = ImportCommand(request: request, configuration: Configuration(), interruption: interruption)
        #expect(try await command.run() == ImportCommand.interrupted)
        #expect(try await desk.import("orders.csv").result.contains("24995 accepted, 0 duplicate, 5 quarantined"))
    }
}
