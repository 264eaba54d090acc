/// Numbers in text of tables.
enum DecimalText {
    /// The number that `text` writes in digits, with a point or not: `12`, `-3.50`. Nil for all else.
    static func number(_ text: String) -> Double? {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        guard text.utf8.count - digits.count <= 1, let first = digits.first, (0x30...0x39).contains(first),
            digits.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }), let number = Double(text),
            number.isFinite
        else { return nil }
        return number
    }
}
