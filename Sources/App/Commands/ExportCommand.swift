import Base
import Domain
import Journal

extension ProgramCommand {
    static let export = ProgramCommand(
        name: "export", summary: "writes all events, also while a server runs",
        help: """
            usage: quanyu export --data DIR [--format ndjson|csv|parquet] [--out FILE]

            All canonical events in the order in which they were taken, to standard output or to FILE; ndjson where no
            format is given. Parquet needs --out. What is acknowledged when the export begins is in it.
            """
    ) { input in
        let arguments = try CommandArguments(input.words, options: ["--data", "--format", "--out"])
        let data = try arguments.required("--data", meaning: "the data folder to read")
        let formats = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
        let word = arguments.options["--format"] ?? ExportFormat.ndjson.rawValue
        guard let format = ExportFormat(rawValue: word) else {
            throw UsageError(description: "--format \(word) is none; it is one of \(formats)")
        }
        let folder = try DataFolder(existing: data)
        let configuration = try DataFolder.configuration(of: data, environment: input.environment)
        let output = try ExportCommand.output(format, path: arguments.options["--out"], configuration)
        let count = try ExportCommand(folder: folder, output: output).run()
        if let path = arguments.options["--out"] { Terminal.complain("\(count) events in \(path)") }
        return 0
    }
}

/// `quanyu export`: the journal's events, front to back, in bounded memory.
struct ExportCommand {
    private static let batchCount = 4096

    let folder: DataFolder
    let output: any EventOutput

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

    /// - Returns: The number of events written.
    func run() throws -> Int {
        OpenFileLimit.raise()
        let journal = try JournalReader(directory: folder.journal)
        let end = journal.sequenceEnd
        let parser = JSONParser()
        var progress = ProgressLine(unit: "events", whole: Int64(end))
        var next: UInt64 = 0
        var eventCount = 0
        while next < end {
            let records = try journal.read(from: next, countMax: min(Self.batchCount, Int(end - next)))
            guard let last = records.last else { break }
            for record in records {
                guard let event = try JournalEntry(record.payload, parser: parser).event else { continue }
                try output.append(event)
                eventCount += 1
            }
            next = last.sequence + 1
            progress.show(done: Int64(next), count: Int64(eventCount))
        }
        try output.finish()
        progress.end()
        return eventCount
    }
}
