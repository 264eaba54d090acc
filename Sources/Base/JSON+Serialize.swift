extension JSON {
    /// The shortest text of this value; members in their order. Numbers that are not finite become `null`.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// As `text`, in UTF-8.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    public func write(to out: inout [UInt8]) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .int(let value): out += String(value).utf8
        case .double(let value): out += (value.isFinite ? value.description : "null").utf8
        case .string(let text): Self.write(text, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                element.write(to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let object): object.write(to: &out)
        }
    }

    /// Writes a text in quotes.
    public static func write(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { unsafe write(utf8: $0, to: &out) }
    }

    /// Writes a text in quotes, escaped where it has to be; what stands between escapes is copied whole.
    static func write<Bytes: RandomAccessCollection<UInt8>>(utf8 bytes: Bytes, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var begin = bytes.startIndex
        var place = begin
        while place != bytes.endIndex {
            let byte = bytes[place]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                bytes.formIndex(after: &place)
                continue
            }
            out += bytes[begin..<place]
            escape(byte, to: &out)
            bytes.formIndex(after: &place)
            begin = place
        }
        out += bytes[begin..<place]
        out.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): out += #"\""#.utf8
        case UInt8(ascii: "\\"): out += #"\\"#.utf8
        case 0x0A: out += #"\n"#.utf8
        case 0x0D: out += #"\r"#.utf8
        case 0x09: out += #"\t"#.utf8
        default:
            let digits = Array("0123456789abcdef".utf8)
            out += #"\u00"#.utf8
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
    }
}

extension JSONObject {
    public func write(to out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSON.write(member.name, to: &out)
            out.append(UInt8(ascii: ":"))
            member.value.write(to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }
}
