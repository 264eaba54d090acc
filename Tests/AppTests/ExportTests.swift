import Base
import Foundation
import Journal
import TestSupport
import Testing

@testable import App

@Suite struct ExportTests {
    static let mapping = """
        {"source":"shop","records":[{"fields":{"id":"id","person":"person","name":"name","channel":"channel",
          "time":"time","subject":"subject","decision":"decision","value":VALUE,"properties":PROPERTIES}}]}
        """

    let desk = ImportDesk()

    init() throws {
        try desk.write(
            Self.mapping.replacing("VALUE", with: #""value""#).replacing("PROPERTIES", with: #""properties""#),
            to: "objects.json")
        try desk.write(
            Self.mapping.replacing("VALUE", with: #"{"minor":"value_minor","currency":"currency"}"#)
                .replacing("PROPERTIES", with: #"{"json":"properties"}"#), to: "columns.json")
        let events = [
            #"{"id":"1","person":"a, \"b\"","name":"click","time":"2026-01-01T00:00:00.123Z"}"#,
            #"{"id":"02","person":"1.10","name":"order_paid","channel":"live","time":1767225600000,"#
                + #""subject":"order:7","value":{"minor":1999,"currency":"JPY"},"decision":"d1","#
                + #""properties":{"a":[1,{"b":null}],"version":"1.10","红":"裙"}}"#,
            #"{"id":"=3","person":"ana","name":"like","time":"2026-01-01","value":{"minor":0,"currency":"CNY"}}"#,
        ]
        try desk.write(events.joined(separator: "\n"), to: "events.ndjson")
    }

    /// Without the time of receipt, which is that of each import.
    private func events(_ data: String) async throws -> [JSON] {
        try await desk.events(from: data).map { event in
            var object = try #require(event.objectValue)
            object["received_at"] = nil
            return .object(object)
        }
    }

    @Test(arguments: [("ndjson", "objects.json"), ("csv", "columns.json"), ("parquet", "columns.json")])
    func theImportOfAnExportGivesTheSameEvents(format: String, mapping: String) async throws {
        #expect(try await desk.import("events.ndjson", map: "objects.json").result.hasPrefix("3 accepted"))
        let out = try desk.path("all.\(format)")
        #expect(try await desk.export(["--format", format, "--out", out]).exitCode == 0)
        let done = try await desk.import("all.\(format)", map: mapping, into: "copy")
        #expect(done.result == "3 accepted, 0 duplicate, 0 quarantined\n")
        #expect(try await events("copy") == events("data"))
    }

    @Test func aCSVBeginsWithItsHeaderAlsoWhereThereAreNoEvents() async throws {
        _ = try DataFolder(creating: try desk.path("data"))
        #expect(try await desk.export(["--format", "csv"]).result == CSVOutput.header + "\n")
        #expect(try await desk.export().result.isEmpty)
    }

    @Test(arguments: ["ndjson", "csv", "parquet"])
    func aRecordThatCannotBeReadIsNamedAndTheOthersAreWritten(format: String) async throws {
        #expect(try await desk.import("events.ndjson", map: "objects.json").result.hasPrefix("3 accepted"))
        let journal = try Journal(directory: try desk.path("data/journal"))
        let sequence = journal.sequenceEnd
        let broken = [[0xEE], [1, 5]] as [[UInt8]]
        _ = try await journal.append(
            broken.enumerated().map { JournalRecord(key: Hash128(high: 7, low: UInt64($0)), payload: $1) })
        await journal.close()
        try desk.write(#"{"id":"last","person":"ana","name":"like","time":"2026-01-02"}"#, to: "more.ndjson")
        #expect(try await desk.import("more.ndjson", map: "objects.json").result.hasPrefix("1 accepted"))
        let out = try desk.path("all.\(format)")
        let done = try await desk.export(["--format", format, "--out", out])
        #expect(done.exitCode == 1)
        #expect(done.aside.contains("record \(sequence) cannot be read: its format (238)"))
        #expect(done.aside.contains("record \(sequence + 1) cannot be read: it ends at byte"))
        #expect(done.aside.contains("4 events in"))
        #expect(done.aside.contains("2 records cannot be read"))
        #expect(FileManager.default.fileExists(atPath: out))
    }

    @Test func anOutputThatCannotBeWrittenIsAFailure() async throws {
        _ = try await desk.import("events.ndjson", map: "objects.json")
        for more in [["--out", "/dev/full"], ["--out", try desk.path("none/all")]] {
            let done = try await desk.export(more)
            #expect(done.exitCode == 1)
            #expect(done.aside.contains("cannot write"))
        }
        #expect(try await desk.export(["--format", "parquet"]).aside.contains("--out"))
    }
}
