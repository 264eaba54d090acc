import Base
import Collect
import Domain
import Foundation

/// What a command line of `quanyu import` asks for, read and checked; nothing is opened for writing yet.
struct ImportRequest {
    struct Setting {
        let name: String
        let value: String
    }

    let data: String
    let file: String  // Absolute.
    let format: TableFormat
    let mapping: ImportMapping
    let mappingJSON: JSON
    let mappingBytes: [UInt8]
    let source: SourceName
    let settings: [Setting]
    let out: String?
    let isDryRun: Bool
    let isAgain: Bool

    /// Whether only the first records are wanted.
    var isPreview: Bool { isDryRun && out == nil }

    init(_ words: [String]) throws {
        let arguments = try CommandArguments(
            words, options: ["--data", "--file", "--map", "--format", "--source", "--out"], lists: ["--set"],
            flags: ["--dry-run", "--again"])
        data = try arguments.required("--data", meaning: "the data folder; made where it is missing")
        let path = try arguments.required("--file", meaning: "the table to read")
        let mappingPath = try arguments.required("--map", meaning: "the mapping; docs/import.md says how to write one")
        file = URL(filePath: path).absoluteURL.standardizedFileURL.path
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw TableError(description: "cannot read \(path): is it there, and may this user read it?")
        }
        format = try TableFormat(word: arguments.options["--format"], path: path)
        mappingBytes = try Self.bytes(mappingPath)
        mappingJSON = try Self.json(mappingBytes, path: mappingPath)
        mapping = try ImportMapping(json: mappingJSON)
        source = try Self.source(arguments.options["--source"] ?? mapping.source)
        settings = try Self.settings(arguments.lists["--set"] ?? [])
        out = arguments.options["--out"]
        isDryRun = arguments.flags.contains("--dry-run")
        isAgain = arguments.flags.contains("--again")
        if let name = ReservedColumns.missing(in: mappingJSON, settings: Set(settings.map(\.name))).first {
            throw UsageError(description: "the mapping uses #\(name): --set \(name)=…")
        }
        guard mapping.select == nil || format != .ndjson else {
            throw UsageError(description: "`select` in the mapping needs a CSV or Parquet file")
        }
    }

    private static func bytes(_ path: String) throws(TableError) -> [UInt8] {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw TableError(description: "cannot read \(path): is it there, and may this user read it?")
        }
        return Array(content)
    }

    private static func json(_ bytes: [UInt8], path: String) throws(TableError) -> JSON {
        do throws(JSONError) {
            return try JSON.parse(bytes)
        } catch {
            let place = error.byteOffset.map { " at byte \($0)" } ?? ""
            throw TableError(description: "\(path) is not JSON\(place): \(error.reason)")
        }
    }

    static func source(_ text: String) throws(UsageError) -> SourceName {
        guard let source = SourceName(text) else {
            throw UsageError(
                description: "the source \(text) must be a text of 1 to \(SourceName.utf8CountMax) bytes without "
                    + "control characters or white space at its ends")
        }
        guard !source.isReserved else {
            throw UsageError(
                description: "the source \(text) is reserved: quanyu and user:… are the sources of Quanyu's own events")
        }
        return source
    }

    private static func settings(_ words: [String]) throws(UsageError) -> [Setting] {
        var settings: [Setting] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw UsageError(description: "--set \(word) must read name=value")
            }
            settings.append(
                Setting(name: String(word[..<equals]), value: String(word[word.index(after: equals)...])))
        }
        return settings
    }
}
