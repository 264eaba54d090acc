import Base
import Collect
import Foundation
import Lake

/// The rows of a Parquet file, or of the mapping's SQL over a file, as DuckDB gives them.
final class QuerySource: RowSource {
    private static let rowCount = 2048

    let place = "row"
    var progress: (done: Int64, whole: Int64)? { rowCountWhole.map { (Int64(rowCountDone), $0) } }
    private var rowCountWhole: Int64?  // Nil for a preview, which ends before it.
    private let engine: SQLEngine
    private let open: (SQLEngine) throws -> RowStream
    private let spillFolder: String
    private var stream: RowStream?
    private var rowCountDone = 0

    init(_ table: TableFile, configuration: Configuration) throws {
        let (file, select, isCSV) = (table.path, table.select, table.format == .csv)
        spillFolder = FileManager.default.temporaryDirectory.appending(path: "quanyu-import-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: spillFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let folder = URL(filePath: file).deletingLastPathComponent().path
        engine = try SQLEngine.installed(
            configuration, folders: [folder], spillFolder: spillFolder, threadCount: Self.threadCount)
        open = { engine in
            isCSV ? try engine.readCSV(file, select: select) : try engine.readParquet(file, select: select)
        }
        guard !table.isPreview else { return }
        rowCountWhole =
            isCSV ? try engine.countCSV(file, select: select) : try engine.countParquet(file, select: select)
    }

    deinit { try? FileManager.default.removeItem(atPath: spillFolder) }

    /// One thread: rows that a query leaves unordered then have the same order in every run, and an import that was
    /// cut off goes on where it was.
    private static let threadCount = 1

    func next() throws -> [ImportRow]? {
        let stream = try stream ?? open(engine)
        self.stream = stream
        var rows: [ImportRow] = []
        while rows.count < Self.rowCount, let columns = try stream.nextRow() {
            rowCountDone += 1
            rows.append(ImportRow(number: rowCountDone, columns: .success(columns), text: []))
        }
        return rows.isEmpty ? nil : rows
    }
}

/// The SQL of a mapping with the values of a command line in their places.
struct QueryText {
    private let values: [String: String]

    init(_ request: ImportRequest) {
        let folder = URL(filePath: request.file).deletingLastPathComponent().path
        values = Dictionary(
            request.settings.map { ($0.name, $0.value) } + [("folder", folder)], uniquingKeysWith: { _, last in last })
    }

    init(values: [String: String]) { self.values = values }

    /// `{name}` becomes a text literal; braces around anything but a name stay.
    func callAsFunction(_ sql: String) throws(UsageError) -> String {
        var text = ""
        var rest = sql[...]
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}"), Self.isName(rest[..<close]) else {
                text += "{"
                continue
            }
            let name = String(rest[..<close])
            guard let value = values[name] else {
                throw UsageError(description: "the mapping's `select` needs a value: --set \(name)=…")
            }
            text += "'" + value.replacing("'", with: "''") + "'"
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, first == "_" || (first.isASCII && first.isLetter) else { return false }
        return text.allSatisfy { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
    }
}
