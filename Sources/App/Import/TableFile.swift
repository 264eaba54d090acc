import Base
import Collect
import Domain
import Foundation

/// How the rows of a file stand in it; the raw value is the word on the command line.
enum TableFormat: String, CaseIterable {
    case csv, ndjson, parquet

    /// Nil where the name does not tell.
    init?(path: String) {
        switch URL(filePath: path).pathExtension.lowercased() {
        case "csv": self = .csv
        case "ndjson", "jsonl": self = .ndjson
        case "parquet": self = .parquet
        default: return nil
        }
    }

    /// - Parameter word: As the command line says it; nil where the name is to tell.
    init(word: String?, path: String) throws(UsageError) {
        let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word else {
            guard let format = Self(path: path) else {
                throw UsageError(
                    description: "--format is missing, and the name \(path) does not tell: one of \(known)")
            }
            self = format
            return
        }
        guard let format = Self(rawValue: word) else {
            throw UsageError(description: "--format \(word) is none; it is one of \(known)")
        }
        self = format
    }
}

/// A table on disk, and what of it is to be read.
struct TableFile {
    let path: String  // Absolute.
    let format: TableFormat
    var select: String?  // SQL with all values in their places; nil: the rows as they are.
    var isPreview = false  // Only the first rows are wanted.

    /// The table, opened.
    func rows(_ configuration: Configuration) throws -> any RowSource {
        if select != nil { return try QuerySource(self, configuration: configuration) }
        switch format {
        case .csv: return try CSVSource(path: path)
        case .ndjson: return try NDJSONSource(path: path)
        case .parquet: return try QuerySource(self, configuration: configuration)
        }
    }
}

/// The first rows of a table: what a guess is made of.
struct TableSample {
    private static let refusedMax = 20

    var rows: [JSONObject] = []
    var refused: [(number: Int, refusal: Refusal)] = []  // Rows that cannot be read.
    let place: String  // How a row's number is called.

    init(_ table: TableFile, _ configuration: Configuration) throws {
        let source = try table.rows(configuration)
        place = source.place
        while rows.count < TableGuess.sampleCount, let piece = try source.next() {
            for row in piece.prefix(TableGuess.sampleCount - rows.count) {
                switch row.columns {
                case .success(let columns): rows.append(columns)
                case .failure(let refusal):
                    if refused.count < Self.refusedMax { refused.append((row.number, refusal)) }
                }
            }
        }
    }
}
