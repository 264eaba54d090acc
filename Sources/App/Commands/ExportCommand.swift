import Base
import Cleaning
import Domain
import Journal
import Store

extension ProgramCommand {
    static let export = ProgramCommand(
        name: "export", summary: "writes all events, also while a server runs",
        help: """
            usage: quanyu export --data DIR [--format ndjson|csv|parquet] [--out FILE] [--as-received]

            All canonical events in the order in which they were taken, to standard output or to FILE; ndjson where no
            format is given. Events are cleaned as the pages show them; with --as-received not at all. Parquet needs
            --out. What is acknowledged when the export begins is in it. A record that cannot be read is named and left
            out, and the exit code is 1.
            """
    ) { input in
        let arguments = try CommandArguments(
            input.words, options: ["--data", "--format", "--out"], flags: ["--as-received"])
        let data = try arguments.required("--data", meaning: "the data folder to read")
        let formats = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
        let word = arguments.options["--format"] ?? ExportFormat.ndjson.rawValue
        guard let format = ExportFormat(rawValue: word) else {
            throw UsageError(description: "--format \(word) is none; it is one of \(formats)")
        }
        let folder = try DataFolder(existing: data)
        let configuration = try DataFolder.configuration(of: data, environment: input.environment)
        let output = try ExportCommand.output(format, path: arguments.options["--out"], configuration)
        let history =
            arguments.flags.contains("--as-received")
            ? .asReceived : try CleaningStore.record(path: folder.control).map { try CleaningHistory($0) } ?? .first
        let key = try SettingStore.dedupKey(path: folder.control)
        let exported = try ExportCommand(folder: folder, output: output, history: history, key: key).run()
        if let path = arguments.options["--out"] { Terminal.complain("\(exported.eventCount) events in \(path)") }
        guard exported.unreadableCount > 0 else { return 0 }
        Terminal.complain("\(exported.unreadableCount) records cannot be read and are not in the export")
        return CommandFailure.failed
    }
}

/// `quanyu export`: the journal's events, front to back, in bounded memory.
struct ExportCommand {
    private static let batchCount = 4096

    let folder: DataFolder
    let output: any EventOutput
    let history: CleaningHistory
    let key: HashKey?  // Nil where nothing was ever hashed, and nobody erased.

    static func output(
        _ format: ExportFormat, path: String?, _ configuration: Configuration
    ) throws -> any EventOutput {
        switch format {
        case .ndjson: NDJSONOutput(try file(path))
        case .csv: CSVOutput(try file(path))
        case .parquet: try parquet(path, configuration)
        }
    }

    private static func parquet(_ path: String?, _ configuration: Configuration) throws -> ParquetOutput {
        guard let path else { throw UsageError(description: "--out is missing: Parquet is written to a file") }
        return try ParquetOutput(path: path, configuration: configuration)
    }

    private static func file(_ path: String?) throws(OutputError) -> ByteOutput {
        guard let path else { return ByteOutput { try Terminal.write($0) } }
        let file = try OutputFile(path: path)
        return ByteOutput { bytes throws(OutputError) in try file.write(bytes) }
    }

    /// What became of the journal's records; receipts are none of either.
    struct Exported {
        var eventCount = 0
        var unreadableCount = 0  // Named on standard error.
    }

    func run() throws -> Exported {
        OpenFileLimit.raise()
        var journal = try JournalReader(directory: folder.journal)
        if let key { journal.redaction = try Erasures.redaction(of: journal, key: key) }
        let end = journal.sequenceEnd
        let parser = JSONParser()
        var progress = ProgressLine(unit: "events", whole: Int64(end))
        var next: UInt64 = 0
        var exported = Exported()
        while next < end {
            let records = try journal.read(from: next, countMax: min(Self.batchCount, Int(end - next)))
            guard let last = records.last else { break }
            for record in records {
                switch entry(record.payload, parser) {
                case .success(.event(let event)):
                    try output.append(history(event, sequence: record.sequence).event)
                    exported.eventCount += 1
                case .success(.receipt), .success(.erasure), .success(.erased): break
                case .failure(let error):
                    exported.unreadableCount += 1
                    Terminal.endProgress()
                    Terminal.complain("record \(record.sequence) cannot be read: \(error.explanation)")
                }
            }
            next = last.sequence + 1
            progress.show(done: Int64(next), count: Int64(exported.eventCount))
        }
        try output.finish()
        progress.end()
        return exported
    }

    private func entry(_ payload: [UInt8], _ parser: JSONParser) -> Result<JournalEntry, CodecError> {
        do throws(CodecError) { return .success(try JournalEntry(payload, parser: parser)) } catch {
            return .failure(error)
        }
    }
}
