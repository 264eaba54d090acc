/// Reads comma-separated text record by record (RFC 4180), fed in chunks of any size.
///
/// Fields may be quoted, with doubled quotes and line breaks inside; lines end in LF or CRLF. Memory: one record.
public struct CSVReader: Sendable {
    public struct Row: Sendable, Equatable {
        public let line: Int  // 1-based line of the file on which the record begins.
        public let fields: [String]
    }

    private enum State { case fieldStart, plain, quoted, quoteInQuoted }

    public let delimiter: UInt8
    private var state = State.fieldStart
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var line = 1
    private var lineOfRecord = 1

    public init(delimiter: UInt8 = UInt8(ascii: ",")) { self.delimiter = delimiter }

    /// The records that end within `chunk`.
    public mutating func feed(_ chunk: some Sequence<UInt8>) -> [Row] {
        var rows: [Row] = []
        for byte in chunk { if let row = take(byte) { rows.append(row) } }
        return rows
    }

    /// The last record, where the text does not end in a line break.
    public mutating func finish() -> Row? {
        guard !field.isEmpty || !fields.isEmpty || state != .fieldStart else { return nil }
        return endRecord()
    }

    private mutating func take(_ byte: UInt8) -> Row? {
        if byte == 0x0A { line += 1 }
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
        case (.quoted, _): field.append(byte)
        case (.quoteInQuoted, UInt8(ascii: "\"")):
            field.append(byte)
            state = .quoted
        case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
        case (_, delimiter):
            endField()
        case (_, 0x0A):
            if field.last == 0x0D { field.removeLast() }
            guard !(field.isEmpty && fields.isEmpty) else {  // A blank line is no record.
                state = .fieldStart
                lineOfRecord = line
                return nil
            }
            return endRecord()
        default:
            field.append(byte)
            state = .plain
        }
        return nil
    }

    private mutating func endField() {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        state = .fieldStart
    }

    private mutating func endRecord() -> Row {
        endField()
        defer {
            fields.removeAll(keepingCapacity: true)
            lineOfRecord = line
        }
        return Row(line: lineOfRecord, fields: fields)
    }
}
