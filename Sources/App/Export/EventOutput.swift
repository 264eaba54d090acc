import Base
import Domain
import Foundation
import Lake

/// The formats of an export; the raw value is the word on the command line.
enum ExportFormat: String, CaseIterable { case ndjson, csv, parquet }

/// Where exported events go, one after another.
protocol EventOutput {
    func append(_ event: Event) throws
    /// Nothing is written after it; only then is the output whole.
    func finish() throws
}

/// Bytes on their way out, handed on in large pieces.
final class ByteOutput {
    private static let pieceByteCount = 1 << 18

    private let write: ([UInt8]) throws -> Void
    private var piece: [UInt8] = []

    init(_ write: @escaping ([UInt8]) throws -> Void) { self.write = write }

    func append(_ body: (inout [UInt8]) -> Void) throws {
        body(&piece)
        if piece.count >= Self.pieceByteCount { try flush() }
    }

    func flush() throws {
        try write(piece)
        piece.removeAll(keepingCapacity: true)
    }
}

/// `Event.json`, one a line.
final class NDJSONOutput: EventOutput {
    private let bytes: ByteOutput

    init(_ bytes: ByteOutput) { self.bytes = bytes }

    func append(_ event: Event) throws {
        try bytes.append { out in
            event.json.write(to: &out)
            out.append(0x0A)
        }
    }

    func finish() throws { try bytes.flush() }
}

/// Comma-separated text (RFC 4180, lines end in LF); what an event does not have is empty, properties are JSON text.
final class CSVOutput: EventOutput {
    static let header =
        "id,source,person,name,channel,time,received_at,subject,value_minor,currency,decision,properties"

    private let bytes: ByteOutput
    private var isBegun = false

    init(_ bytes: ByteOutput) { self.bytes = bytes }

    func append(_ event: Event) throws {
        try begin()
        let fields = [
            event.id.text, event.source.text, event.person.text, event.name.text, event.channel.text,
            event.time.iso8601, event.receivedAt.iso8601, event.subject?.description ?? "",
            event.value.map { String($0.minor) } ?? "", event.value?.currency.code ?? "", event.decision?.text ?? "",
            event.properties.isEmpty ? "" : JSON.object(event.properties).text,
        ]
        try bytes.append { CSVText.append(fields, to: &$0) }
    }

    func finish() throws {
        try begin()
        try bytes.flush()
    }

    private func begin() throws {
        guard !isBegun else { return }
        isBegun = true
        try bytes.append { $0 += (Self.header + "\n").utf8 }
    }
}

/// A Parquet file, as `EventParquetWriter` says; it has its name only once it is whole.
final class ParquetOutput: EventOutput {
    private let writer: EventParquetWriter

    init(path: String, configuration: Configuration) throws {
        let folder = URL(filePath: path).absoluteURL.deletingLastPathComponent().path
        let engine = try SQLEngine.installed(configuration, folders: [folder])
        writer = try EventParquetWriter(engine: engine, path: path)
    }

    func append(_ event: Event) throws { try writer.append(event) }

    func finish() throws { _ = try writer.finish() }
}

extension SQLEngine {
    /// The engine that setup installed.
    ///
    /// - Parameter folders: What its statements may read and write.
    static func installed(
        _ configuration: Configuration, folders: [String], spillFolder: String? = nil, threadCount: Int = 2
    ) throws -> SQLEngine {
        guard let library = Installation(configuration: configuration).duckDBFolder else {
            throw TableError(description: "DuckDB is not installed, and Parquet needs it: run `scripts/setup run`")
        }
        var options = SQLOptions()
        options.folders = folders
        options.spillFolder = spillFolder
        options.threadCount = threadCount
        options.memoryBytesMax = Int(ProcessInfo.processInfo.physicalMemory / 2)
        return try SQLEngine(libraryFolder: library, options: options)
    }
}
