extension Money {
    /// Reads an amount in major units as tables write it: `12`, `1,234.50`, `¥12.5`, `-3`. Exact, without floating
    /// point.
    ///
    /// - Returns: Nil for all else, for more digits after the point than the minor unit has (zeros may follow), and
    ///   outside ±`minorMax`.
    public init?(decimal text: String, currency: Currency) {
        var digits = text.filter { $0 != "," && $0 != " " }[...]
        let isNegative = digits.first == "-"
        if isNegative { digits = digits.dropFirst() }
        if let sign = digits.first, "¥￥$€£".contains(sign) { digits = digits.dropFirst() }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        var fraction = parts.count > 1 ? String(parts[1]) : ""
        while fraction.utf8.count > currency.minorDigits, fraction.last == "0" { fraction.removeLast() }
        guard fraction.utf8.count <= currency.minorDigits else { return nil }
        fraction += String(repeating: "0", count: currency.minorDigits - fraction.utf8.count)
        guard let minor = Int64(String(whole) + fraction) else { return nil }
        self.init(minor: isNegative ? -minor : minor, currency: currency)
    }

    /// `1234.50 CNY`: exact, with all digits of the minor unit.
    public var decimalText: String {
        let digits = currency.minorDigits
        let text = String(minor.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        let sign = minor < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(padded) \(currency.code)" }
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits)) \(currency.code)"
    }
}
