import Base

/// Numbers as people and shops write them.
enum NumberText {
    private static let signs = Set("¥￥$€£元 \u{00A0}")

    /// `1,234.50`, `¥ 99`, `99.00元`; nil for what is no number even so.
    static func number(_ text: String) -> JSON? {
        var digits = text.filter { !signs.contains($0) }
        for code in ["CNY", "RMB", "USD", "人民币"] where digits.uppercased().hasPrefix(code) {
            digits.removeFirst(code.count)
        }
        if digits.contains(",") {
            let parts = digits.split(separator: ",", omittingEmptySubsequences: false)
            let tail = parts.last.map { $0.prefix { $0 != "." } } ?? ""
            let isGrouped = parts.dropFirst().dropLast().allSatisfy { $0.count == 3 } && tail.count == 3
            guard isGrouped, (1...4).contains(parts[0].count) else { return nil }
            digits = parts.joined()
        }
        guard let first = digits.utf8.drop(while: { $0 == UInt8(ascii: "-") }).first, (0x30...0x39).contains(first),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D })
        else { return nil }
        if let whole = Int64(digits) { return .int(whole) }
        return Double(digits).flatMap { $0.isFinite ? .double($0) : nil }
    }
}
