/// Splits text into lines, fed in pieces of any size. Memory: one line, and of that no more than `byteCountMax`.
struct LineReader {
    struct Line {
        let bytes: [UInt8]  // Without the line break.
        let isTooLong: Bool  // Then only the beginning is there.
    }

    let byteCountMax: Int
    private var begun: [UInt8] = []
    private var isTooLong = false

    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// The lines that end within `piece`.
    mutating func feed(_ piece: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = piece[...]
        while let end = rest.firstIndex(of: 0x0A) {
            take(rest[..<end])
            lines.append(finish())
            rest = rest[(end + 1)...]
        }
        take(rest)
        return lines
    }

    /// The last line; empty where the text ends in a line break.
    mutating func finish() -> Line {
        defer { (begun, isTooLong) = ([], false) }
        return Line(bytes: begun, isTooLong: isTooLong)
    }

    private mutating func take(_ part: ArraySlice<UInt8>) {
        let room = byteCountMax - begun.count
        begun += part.prefix(room)
        if part.count > room { isTooLong = true }
    }
}
