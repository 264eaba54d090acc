/// Swift source with its comments and string literals made blank, so that rules look at code alone.
///
/// Knows nested comments, raw and multi-line strings, and code inside interpolations (blanked too: a rule misses what
/// is written there). Regex literals are taken as code.
struct SwiftCode {
    private var bytes: [UInt8]
    private var position = 0

    /// Same length and same line ends as `bytes`.
    static func blanked(_ bytes: [UInt8]) -> [UInt8] {
        var code = SwiftCode(bytes: bytes)
        while code.position < code.bytes.count { code.step() }
        return code.bytes
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return text.description.utf8.elementsEqual(bytes[position..<position + count])
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] != UInt8(ascii: "\n") { bytes[position] = UInt8(ascii: " ") }
            position += 1
        }
    }

    private mutating func step() {
        if starts(with: "//") {
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { blank() }
        } else if starts(with: "/*") {
            blankBlockComment()
        } else if let hashes = hashesBeforeQuote() {
            blankString(hashes: hashes)
        } else {
            position += 1
        }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < bytes.count
    }

    /// The number of `#` before an opening quote that stands here; nil where no string begins.
    private func hashesBeforeQuote() -> Int? {
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        let quote = position + hashes
        return quote < bytes.count && bytes[quote] == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func blankString(hashes: Int) {
        blank(hashes)
        let isMultiline = starts(with: "\"\"\"")
        let quotes = isMultiline ? 3 : 1
        blank(quotes)
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\"), repeats(UInt8(ascii: "#"), hashes, from: position + 1) {
                blank(1 + hashes)
                if position < bytes.count, bytes[position] == UInt8(ascii: "(") {
                    blankInterpolation()
                } else {
                    blank()
                }
            } else if repeats(UInt8(ascii: "\""), quotes, from: position),
                repeats(UInt8(ascii: "#"), hashes, from: position + quotes)
            {
                blank(quotes + hashes)
                return
            } else if !isMultiline, byte == UInt8(ascii: "\n") {
                return  // Not valid Swift; go on with the next line rather than blank the rest of the file.
            } else {
                blank()
            }
        }
    }

    private mutating func blankInterpolation() {
        var depth = 0
        repeat {
            if let hashes = hashesBeforeQuote() {
                blankString(hashes: hashes)
                continue
            }
            if bytes[position] == UInt8(ascii: "(") { depth += 1 }
            if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
            blank()
        } while depth > 0 && position < bytes.count
    }

    private func repeats(_ byte: UInt8, _ count: Int, from start: Int) -> Bool {
        start + count <= bytes.count && bytes[start..<start + count].allSatisfy { $0 == byte }
    }
}
