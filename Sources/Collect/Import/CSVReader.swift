/// Reads comma-separated text record by record (RFC 4180), fed in chunks of any size.
///
/// Fields may be quoted, with doubled quotes and line breaks inside; lines end in LF or CRLF. A record that is not
/// UTF-8, too large, or still within quotes at the end comes with the reason instead of fields. Memory: one record, and
/// of that no more than `recordBytesMax`.
public struct CSVReader: Sendable {
    public struct Row: Sendable, Equatable {
        public let line: Int  // 1-based line of the file on which the record begins.
        public let fields: Result<[String], Refusal>
        public let text: [UInt8]  // As it stands, without the line break; of a record that is too large the beginning.
    }

    private enum State { case fieldStart, plain, quoted, quoteInQuoted }

    public let delimiter: UInt8
    public let recordBytesMax: Int
    private var state = State.fieldStart
    private var text: [UInt8] = []
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var isUTF8 = true
    private var isTooLarge = false
    private var line = 1
    private var lineOfRecord = 1
    private var lineOfByte = 1  // Of the last one taken.

    public init(delimiter: UInt8 = UInt8(ascii: ","), recordBytesMax: Int = 1 << 20) {
        self.delimiter = delimiter
        self.recordBytesMax = recordBytesMax
    }

    /// The records that end within `chunk`.
    public mutating func feed(_ chunk: some Sequence<UInt8>) -> [Row] {
        var rows: [Row] = []
        for byte in chunk { if let row = take(byte) { rows.append(row) } }
        return rows
    }

    /// The last record, where the text does not end in a line break.
    public mutating func finish() -> Row? {
        guard !text.isEmpty else { return nil }
        return endRecord(isCutOff: state == .quoted)
    }

    private mutating func take(_ byte: UInt8) -> Row? {
        if byte == 0x0A, state != .quoted { return endLine() }
        lineOfByte = line
        if byte == 0x0A { line += 1 }
        if text.count < recordBytesMax { text.append(byte) } else { isTooLarge = true }
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
        case (.quoted, _): keep(byte)
        case (.quoteInQuoted, UInt8(ascii: "\"")):
            keep(byte)
            state = .quoted
        case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
        case (_, delimiter): endField()
        default:
            keep(byte)
            state = .plain
        }
        return nil
    }

    private mutating func keep(_ byte: UInt8) { if !isTooLarge { field.append(byte) } }

    private mutating func endField() {
        state = .fieldStart
        guard !isTooLarge else { return }
        let decoded = String(validating: field, as: UTF8.self)
        isUTF8 = isUTF8 && decoded != nil
        fields.append(decoded ?? "")
        field.removeAll(keepingCapacity: true)
    }

    /// Nil for a blank line, which is no record.
    private mutating func endLine() -> Row? {
        if state == .plain, field.last == 0x0D { field.removeLast() }
        if text.last == 0x0D { text.removeLast() }
        let isBlank = field.isEmpty && fields.isEmpty && !isTooLarge
        let row = isBlank ? nil : endRecord(isCutOff: false)
        begin()
        return row
    }

    private mutating func endRecord(isCutOff: Bool) -> Row {
        endField()
        let refusal = refusal(isCutOff: isCutOff)
        return Row(line: lineOfRecord, fields: refusal.map { .failure($0) } ?? .success(fields), text: text)
    }

    private mutating func begin() {
        state = .fieldStart
        text.removeAll(keepingCapacity: true)
        field.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        (isUTF8, isTooLarge) = (true, false)
        line += 1
        lineOfRecord = line
    }

    private func refusal(isCutOff: Bool) -> Refusal? {
        let isLong = lineOfByte > lineOfRecord
        let lost = isLong ? "; lines \(lineOfRecord) to \(lineOfByte) are left out with it" : ""
        if isCutOff {
            return Refusal(
                .unclosedQuote,
                "a quoted field of the record that begins on line \(lineOfRecord) has no closing quote up to the end "
                    + "of the file\(lost): close it, or write a quote that belongs to the text twice")
        }
        if isTooLarge {
            let hint = isLong ? ": is a quote not closed?" : ""
            return Refusal(.tooLarge, "the record has more than \(recordBytesMax) bytes\(lost)\(hint)")
        }
        guard isUTF8 else {
            return Refusal(
                .invalidEncoding,
                "the record is not UTF-8 text: convert the file first, such as by `iconv -f gb18030 -t utf-8`")
        }
        return nil
    }
}
