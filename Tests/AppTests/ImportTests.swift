import Base
import Domain
import Foundation
import Store
import TestSupport
import Testing

@testable import App

/// A folder with a mapping of orders, and the program run on it.
struct ImportDesk {
    static let orders = """
        {"source":"shop","records":[{"fields":{"id":{"template":"row-{n}"},"person":"who","name":{"const":"order_paid"},
          "time":"at","value":{"amount":"paid","currency":{"const":"CNY"}},"properties":{"size":"size"}}}]}
        """

    let folder = Result { try TemporaryDirectory() }

    func path(_ name: String) throws -> String { try folder.get().path(name) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: try path(name)))
    }

    func `import`(_ file: String, map: String = "orders.json", into data: String = "data", _ more: [String] = [])
        async throws -> CommandAnswer
    {
        let words = ["--data", try path(data), "--file", try path(file), "--map", try path(map)]
        return await run(["import"] + words + more, environment: environment)
    }

    func export(_ more: [String] = [], from data: String = "data") async throws -> CommandAnswer {
        await run(["export", "--data", try path(data)] + more, environment: environment)
    }

    func events(from data: String = "data") async throws -> [JSON] {
        try await export(from: data).result.split(separator: "\n").map { try JSON.parse(String($0)) }
    }

    func store() throws -> ControlStore {
        try ControlStore(path: try path("data/control.sqlite"), options: ControlStoreOptions(now: WallClock.now))
    }

    /// The parts that setup installed in this package.
    var environment: [String: String] {
        let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../build/third-party")
        return ["QUANYU_THIRD_PARTY_DIR": package.standardizedFileURL.path]
    }
}

@Suite struct ImportTests {
    let desk = ImportDesk()

    init() throws { try desk.write(ImportDesk.orders, to: "orders.json") }

    @Test func rowsOfACSVBecomeEventsAndBadOnesAreNamedAndKept() async throws {
        try desk.write(
            """
            n,who,at,paid,size
            007,"li, na",2026-01-01,10,0.10
            2,,2026-01-01,5,
            3,wu,never,5,
            4,1.10,2026-01-02,2.50,M
            5,x

            """, to: "orders.csv")
        let done = try await desk.import("orders.csv", ["--out", try desk.path("refused.ndjson")])
        #expect(done.exitCode == 0)
        #expect(done.result == "2 accepted, 0 duplicate, 3 quarantined\n")
        for line in ["line 3: missing_person: ", "line 4: invalid_time: ", "line 6: malformed_json: 2 fields where"] {
            #expect(done.aside.contains(line))
        }
        let events = try await desk.events()
        #expect(events.map { $0["id"] } == ["row-007", "row-4"])
        #expect(events.map { $0["person"] } == ["li, na", "1.10"])
        #expect(events.map { $0["value"]?["minor"] } == [1000, 250])
        #expect(events.map { $0["properties"]?["size"] } == [0.1, "M"])
        let refused = try String(contentsOfFile: try desk.path("refused.ndjson"), encoding: .utf8).split(
            separator: "\n")
        #expect(try refused.map { try JSON.parse(String($0))["line"] } == [3, 4, 6])
        let kept = try await desk.store().quarantine.page(before: nil, countMax: 10).reversed()
        #expect(kept.map(\.reason) == ["missing_person", "invalid_time", "malformed_json"])
        #expect(String(decoding: try #require(kept.last).body, as: UTF8.self) == "5,x")
    }

    @Test func aFileThatWasImportedIsReadAgainOnlyWhenAsked() async throws {
        try desk.write(#"{"n":1,"who":"ana","at":"2026-01-01","paid":1}"# + "\nnot json\n", to: "orders.ndjson")
        #expect(try await desk.import("orders.ndjson").result == "1 accepted, 0 duplicate, 1 quarantined\n")
        #expect(try await desk.import("orders.ndjson").result.contains("--again"))
        #expect(
            try await desk.import("orders.ndjson", ["--again"]).result == "0 accepted, 1 duplicate, 1 quarantined\n")
        #expect(try await desk.events().count == 1)
        #expect(
            try await desk.import("orders.ndjson", ["--source", "other"]).result
                == "1 accepted, 0 duplicate, 1 quarantined\n")
    }

    @Test func aLineWithoutEndIsRefusedByItsNumberAndTheOthersAreTaken() async throws {
        let row = #"{"n":1,"who":"ana","at":"2026-01-01","paid":1,"junk":"JUNK"}"#
        let long = row.replacing("JUNK", with: String(repeating: "x", count: 3 << 20))
        try desk.write(row + "\n\n" + long + "\n" + row.replacing("1", with: "2") + "\n" + long, to: "orders.ndjson")
        let done = try await desk.import("orders.ndjson")
        #expect(done.result == "2 accepted, 0 duplicate, 2 quarantined\n")
        for line in [3, 5] { #expect(done.aside.contains("line \(line): too_large: the line has more than 1048576")) }
    }

    @Test func rowsThatAreNotUTF8AreRefusedByTheirLineAndKept() async throws {
        let person: [UInt8] = [0xC0, 0xEE, 0xC4, 0xC8]  // 李娜 in GBK.
        let rows = ["n,who,at,paid,size\n1,", ",2026-01-01,10,M\n2,ana,2026-01-01,10,M\n"].map { Array($0.utf8) }
        try Data(rows[0] + person + rows[1]).write(to: URL(filePath: try desk.path("orders.csv")))
        let done = try await desk.import("orders.csv", ["--out", try desk.path("refused.ndjson")])
        #expect(done.result == "1 accepted, 0 duplicate, 1 quarantined\n")
        #expect(done.aside.contains("line 2: invalid_encoding: "))
        #expect(done.aside.contains("iconv -f gb18030 -t utf-8"))
        #expect(try await desk.events().map { $0["person"] } == ["ana"])
        let kept = try await desk.store().quarantine.page(before: nil, countMax: 10)
        #expect(kept.map(\.body) == [Array("1,".utf8) + person + Array(",2026-01-01,10,M".utf8)])
        #expect(try String(contentsOfFile: try desk.path("refused.ndjson"), encoding: .utf8).contains("iconv"))
    }

    @Test func aHeaderThatIsNotUTF8EndsTheImport() async throws {
        try Data([0xC0, 0xEE] + Array("\n1\n".utf8)).write(to: URL(filePath: try desk.path("orders.csv")))
        let done = try await desk.import("orders.csv")
        #expect(done.exitCode == 1)
        #expect(done.aside.contains("the header on line 1"))
        #expect(done.aside.contains("iconv"))
    }

    @Test func anUnclosedQuoteCostsItsLinesAndSaysWhich() async throws {
        try desk.write(
            "n,who,at,paid,size\n1,ana,2026-01-01,10,M\n2,wu,2026-01-01,10,\"M\n3,li,2026-01-01,10,M\n",
            to: "orders.csv")
        let done = try await desk.import("orders.csv")
        #expect(done.result == "1 accepted, 0 duplicate, 1 quarantined\n")
        #expect(done.aside.contains("line 3: unclosed_quote: "))
        #expect(done.aside.contains("lines 3 to 4 are left out"))
    }

    @Test func aRecordOfACSVPastTheBoundIsRefusedByItsLine() async throws {
        let long = String(repeating: "x\n", count: 600_000)
        try desk.write(
            "n,who,at,paid,size\n1,ana,2026-01-01,10,\"\(long)\"\n2,wu,2026-01-01,10,M\n", to: "orders.csv")
        let done = try await desk.import("orders.csv")
        #expect(done.result == "1 accepted, 0 duplicate, 1 quarantined\n")
        #expect(done.aside.contains("line 2: too_large: the record has more than 1048576 bytes; lines 2 to 600002 are"))
    }

    @Test func eventsWithoutIdAndTimeAreKnownByTheirPlace() async throws {
        try desk.write(#"{"records":[{"fields":{"person":"who","name":{"const":"like"}}}]}"#, to: "likes.json")
        try desk.write("who\nana\nana\n", to: "likes.csv")
        for more in [[], ["--again"]] { _ = try await desk.import("likes.csv", map: "likes.json", more) }
        #expect(try await desk.events().count == 2)
    }

    @Test func catalogueAndCampaignsAreTakenAndBadOnesNamed() async throws {
        try desk.write(
            #"{"into":"catalog","records":[{"fields":{"subject":{"template":"product:{id}"},"title":"name"}}]}"#,
            to: "catalogue.json")
        try desk.write("id,name\n1,红裙\n,x\n3,\n", to: "products.csv")
        #expect(
            try await desk.import("products.csv", map: "catalogue.json").result
                == "2 accepted, 0 duplicate, 1 refused\n")
        let items = try await desk.store().catalogue.page(after: nil, countMax: 9)
        #expect(items.map(\.title) == ["红裙", "3"])
        try desk.write(
            """
            {"into":"campaigns",
             "records":[{"fields":{"campaign":{"template":"campaign:{id}"},"start":"from","end":"to"}}]}
            """, to: "campaigns.json")
        try desk.write("id,from,to\n1,2026-01-01,2026-02-01\n2,2026-02-01,2026-01-01\n3,,\n", to: "campaigns.csv")
        let done = try await desk.import("campaigns.csv", map: "campaigns.json")
        #expect(done.result == "2 accepted, 0 duplicate, 1 refused\n")
        #expect(done.aside.contains("line 3: time_out_of_range"))
        #expect(try await desk.store().campaigns.list().map(\.id) == ["1", "3"])
    }

    @Test func aCampaignWhoseEndIsPastEveryTimeHasNone() async throws {
        try desk.write(
            """
            {"into":"campaigns",
             "records":[{"fields":{"campaign":{"template":"campaign:{id}"},"start":"from","end":"to"}}]}
            """, to: "campaigns.json")
        try desk.write(
            "id,from,to\n1,2026-01-01,9999-12-31\n2,9999-12-31,\n3,,253402214400000\n4,2026-01-01,1969-12-31\n5,x,\n",
            to: "campaigns.csv")
        let done = try await desk.import("campaigns.csv", map: "campaigns.json")
        #expect(done.result == "2 accepted, 0 duplicate, 3 refused\n")
        for line in ["3: time_out_of_range", "5: time_out_of_range", "6: invalid_time"] {
            #expect(done.aside.contains("line \(line)"))
        }
        let campaigns = try await desk.store().campaigns.list()
        #expect(campaigns.map(\.id) == ["1", "3"])
        #expect(campaigns.map(\.startAt) == [EventTime(iso8601: "2026-01-01"), nil])
        #expect(campaigns.map(\.endAt) == [nil, nil])
    }

    @Test func aDryRunShowsRecordsAndTakesNothing() async throws {
        try desk.write("n,who,at,paid\n" + (1...30).map { "\($0),ana,2026-01-01,1\n" }.joined(), to: "orders.csv")
        #expect(try await desk.import("orders.csv", ["--dry-run"]).result.split(separator: "\n").count == 10)
        let out = try desk.path("all.ndjson")
        let done = try await desk.import("orders.csv", ["--dry-run", "--out", out])
        #expect(done.exitCode == 0)
        let lines = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 30)
        #expect(try JSON.parse(String(lines[29]))["id"] == "row-30")
        #expect(!FileManager.default.fileExists(atPath: try desk.path("data")))
    }

    @Test func aFolderInUseIsRefused() async throws {
        try desk.write("n,who,at,paid\n1,ana,2026-01-01,1\n", to: "orders.csv")
        _ = try await desk.import("orders.csv")
        let holder = try JournalHolder(try desk.path("data/journal"))
        let refused = try await desk.import("orders.csv", ["--again"])
        #expect(refused.exitCode == 1)
        #expect(refused.aside.contains("another process"))
        #expect(try await desk.events().count == 1)
        await holder.release()
    }

    @Test(arguments: [
        (["--map", "broken.json"], "not JSON"), (["--format", "xml"], "--format xml"), (["--set", "x"], "name=value"),
        (["--source", " x"], "source"), (["--map", "named.json"], "--set campaign=…"),
        (["--file", "none.csv"], "none.csv"), (["--source", "quanyu"], "reserved"),
        (["--source", "user:ana"], "reserved"), (["--map", "own.json"], "the source user:ana is reserved"),
    ])
    func aRequestThatCannotBeCarriedOutIsExplained(more: [String], said: String) async throws {
        try desk.write("{", to: "broken.json")
        try desk.write(#"{"records":[{"fields":{"person":{"template":"{#campaign}-1"}}}]}"#, to: "named.json")
        try desk.write(#"{"source":"user:ana","records":[{"fields":{"person":"n"}}]}"#, to: "own.json")
        try desk.write("n\n", to: "orders.csv")
        let words = try more.map { $0.contains(".") ? try desk.path($0) : $0 }
        let done = try await desk.import("orders.csv", words)
        #expect(done.exitCode != 0)
        #expect(done.aside.contains(said))
        #expect(!FileManager.default.fileExists(atPath: try desk.path("data")))
    }
}

@Suite struct QuerySourceTests {
    let desk = ImportDesk()

    @Test func aQuerySaysHowFarItIs() throws {
        try desk.write("n\n" + (1...5000).map { "\($0)\n" }.joined(), to: "numbers.csv")
        try desk.write(
            #"{"select":"SELECT * FROM source WHERE n > 10 ORDER BY n","records":[{"fields":{"person":"n"}}]}"#,
            to: "query.json")
        let words = ["--data", try desk.path("data"), "--file", try desk.path("numbers.csv")]
        let request = try ImportRequest(words + ["--map", try desk.path("query.json")])
        let rows = try request.rows(try DataFolder.configuration(of: request.data, environment: desk.environment))
        #expect(try rows.next()?.count == 2048)
        #expect(rows.progress?.done == 2048)
        #expect(rows.progress?.whole == 4990)
        while try rows.next() != nil {}
        #expect(rows.progress?.done == 4990)
    }
}

@Suite struct QueryTextTests {
    @Test func valuesBecomeTextLiteralsAndOtherBracesStay() throws {
        let query = QueryText(values: ["from": "2017-01-01", "name": "o'b'"])
        #expect(try query("SELECT {from}, {'a': {name}}") == "SELECT '2017-01-01', {'a': 'o''b'''}")
        #expect(throws: UsageError.self) { try query("SELECT {until}") }
    }
}

@Suite struct LineReaderTests {
    @Test(arguments: 1...7) func linesAreTheSameHoweverTheTextIsCut(pieceCount: Int) {
        var reader = LineReader(byteCountMax: 4)
        let text = Array("ab\n\nabcd\nabcde\nabcdefghij\nx".utf8)
        var lines: [LineReader.Line] = []
        for start in stride(from: 0, to: text.count, by: pieceCount) {
            lines += reader.feed(Array(text[start..<min(start + pieceCount, text.count)]))
        }
        lines.append(reader.finish())
        #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["ab", "", "abcd", "abcd", "abcd", "x"])
        #expect(lines.map(\.isTooLong) == [false, false, false, true, true, false])
    }
}
