extension ArraySlice<UInt8> {
    /// Whether `text` occurs; `asWord`: with no letter, digit or underscore at either side.
    func contains(_ text: String, asWord: Bool = false) -> Bool { !ranges(of: text, asWord: asWord).isEmpty }

    func ranges(of text: String, asWord: Bool = false) -> [Range<Int>] {
        let pattern = Array<UInt8>(text.utf8)
        guard let first = pattern.first, pattern.count <= count else { return [] }
        return (startIndex...(endIndex - pattern.count)).lazy
            .filter { self[$0] == first && self[$0..<$0 + pattern.count].elementsEqual(pattern) }
            .map { $0..<$0 + pattern.count }
            .filter { !asWord || !(isWordByte(before: $0.lowerBound) || isWordByte(at: $0.upperBound)) }
    }

    func isWordByte(at index: Int) -> Bool { indices.contains(index) && self[index].isWordByte }
    func isWordByte(before index: Int) -> Bool { isWordByte(at: index - 1) }
}

extension UInt8 {
    /// Letters, digits and `_` of ASCII, and every byte of any other letter.
    var isWordByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...0xFF: true
        default: false
        }
    }

    var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D }
}
