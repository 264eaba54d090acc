import Base
import Collect
import Foundation

/// One row of a table: its place in the file, and its columns or why it has none.
struct ImportRow: Sendable {
    let number: Int  // 1-based: the line of a text file, the row of a query's result.
    let columns: Result<JSONObject, Refusal>
    let text: [UInt8]  // The row as it stands, for quarantine, where it has no columns.
}

/// A table read from front to back in bounded memory.
protocol RowSource: AnyObject {
    /// How a row's number is called in messages.
    var place: String { get }
    /// How much was read, of how much; nil where that is not known.
    var progress: (done: Int64, whole: Int64)? { get }
    /// The next rows, at least one; nil at the end.
    func next() throws -> [ImportRow]?
}

/// Why a table cannot be read.
struct TableError: Error, CustomStringConvertible {
    let description: String
}

/// Bytes of a file in pieces, with how far it is.
final class FilePieces {
    private static let byteCount = 1 << 20

    private let handle: FileHandle
    let byteCountWhole: Int64
    private(set) var byteCountDone: Int64 = 0

    init(path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw TableError(description: "cannot read \(path): is it there, and may this user read it?")
        }
        self.handle = handle
        byteCountWhole = Int64(try handle.seekToEnd())
        try handle.seek(toOffset: 0)
    }

    deinit { try? handle.close() }

    /// Nil at the end.
    func next() throws -> [UInt8]? {
        guard let piece = try handle.read(upToCount: Self.byteCount), !piece.isEmpty else { return nil }
        byteCountDone += Int64(piece.count)
        return Array(piece)
    }
}

/// Comma-separated text with the names of its columns in the first record.
final class CSVSource: RowSource {
    private static let keptBytesMax = 1 << 17  // Of a record that is refused.

    let place = "line"
    private let pieces: FilePieces
    private var reader = CSVReader()
    private var header: [String]?
    private var isFinished = false

    init(path: String) throws { pieces = try FilePieces(path: path) }

    var progress: (done: Int64, whole: Int64)? { (pieces.byteCountDone, pieces.byteCountWhole) }

    func next() throws -> [ImportRow]? {
        while !isFinished {
            var records: [CSVReader.Row]
            if let piece = try pieces.next() {
                records = reader.feed(piece)
            } else {
                isFinished = true
                records = reader.finish().map { [$0] } ?? []
            }
            if header == nil, let first = records.first {
                header = try Self.columnNames(first)
                records.removeFirst()
            }
            if !records.isEmpty { return records.map(row) }
        }
        return nil
    }

    private func row(_ record: CSVReader.Row) -> ImportRow {
        let columns = record.fields.flatMap(columns)
        let text = if case .failure = columns { Array(record.text.prefix(Self.keptBytesMax)) } else { [UInt8]() }
        return ImportRow(number: record.line, columns: columns, text: text)
    }

    private func columns(_ fields: [String]) -> Result<JSONObject, Refusal> {
        let names = header ?? []
        guard fields.count == names.count else {
            return .failure(Refusal(.malformedJSON, "\(fields.count) fields where the header has \(names.count)"))
        }
        let members = zip(names, fields).map { name, field in
            JSONObject.Member(name: name, value: field.isEmpty ? .null : Self.value(field))
        }
        return .success(JSONObject(members))
    }

    /// A byte-order mark before the first name is no part of it.
    private static func columnNames(_ header: CSVReader.Row) throws(TableError) -> [String] {
        switch header.fields {
        case .success(let fields): return fields.map { String($0.drop { $0 == "\u{FEFF}" }) }
        case .failure(let refusal):
            throw TableError(description: "the header on line \(header.line) cannot be read: \(refusal.detail)")
        }
    }

    /// Numbers that read back as they were written; all else is text, so that ids such as 007 and 1.10 stay whole.
    private static func value(_ field: String) -> JSON {
        if let whole = Int64(field), String(whole) == field { return .int(whole) }
        if field.contains("."), let number = DecimalText.number(field), number.description == field || number == 0 {
            return .double(number)
        }
        return .string(field)
    }
}

/// One JSON object a line.
final class NDJSONSource: RowSource {
    static let lineBytesMax = 1 << 20  // As the highest event_bytes_max.
    private static let keptBytesMax = 1 << 17  // Of a line that is longer.

    let place = "line"
    private let pieces: FilePieces
    private let parser = JSONParser()
    private var reader = LineReader(byteCountMax: lineBytesMax)
    private var lineCount = 0
    private var isFinished = false

    init(path: String) throws { pieces = try FilePieces(path: path) }

    var progress: (done: Int64, whole: Int64)? { (pieces.byteCountDone, pieces.byteCountWhole) }

    func next() throws -> [ImportRow]? {
        while !isFinished {
            let lines: [LineReader.Line]
            if let piece = try pieces.next() {
                lines = reader.feed(piece)
            } else {
                isFinished = true
                lines = [reader.finish()]
            }
            let rows = lines.compactMap(row)
            if !rows.isEmpty { return rows }
        }
        return nil
    }

    /// Nil for a blank line.
    private func row(_ line: LineReader.Line) -> ImportRow? {
        lineCount += 1
        guard !line.isTooLong else {
            let refusal = Refusal(.tooLarge, "the line has more than \(Self.lineBytesMax) bytes")
            return refused(Array(line.bytes.prefix(Self.keptBytesMax)), refusal)
        }
        guard line.bytes.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return nil }
        do throws(JSONError) {
            guard let object = try parser.parse(line.bytes).objectValue else {
                return refused(line.bytes, Refusal(.notAnObject, "a line must hold an object"))
            }
            return ImportRow(number: lineCount, columns: .success(object), text: [])
        } catch {
            return refused(line.bytes, Refusal(.malformedJSON, error.reason))
        }
    }

    private func refused(_ text: [UInt8], _ refusal: Refusal) -> ImportRow {
        ImportRow(number: lineCount, columns: .failure(refusal), text: text)
    }
}
