/// Comma-separated text (RFC 4180) whose lines end in LF.
public enum CSVText {
    /// One line. A field with a comma, a quotation mark or an end of line is quoted; nothing else is changed.
    public static func append(_ fields: [String], to bytes: inout [UInt8]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(field, to: &bytes)
        }
        bytes.append(0x0A)
    }

    private static func append(_ field: String, to bytes: inout [UInt8]) {
        let special: [UInt8] = [UInt8(ascii: "\""), UInt8(ascii: ","), 0x0A, 0x0D]
        guard field.utf8.contains(where: special.contains) else {
            bytes += field.utf8
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in field.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
