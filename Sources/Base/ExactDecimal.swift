/// A decimal number without error: `coefficient · 10^−scale`, without zeros at its end.
public struct ExactDecimal: Sendable, Hashable {
    public let coefficient: Int128
    public let scale: Int  // 0 or more.

    private static let digitCountMax = 18

    private init(_ coefficient: Int128, scale: Int) {
        var (coefficient, scale) = (coefficient, coefficient == 0 ? 0 : scale)
        while scale > 0, coefficient % 10 == 0 { (coefficient, scale) = (coefficient / 10, scale - 1) }
        self.coefficient = coefficient
        self.scale = scale
    }

    public init(_ whole: Int64) { self.init(Int128(whole), scale: 0) }

    /// Reads `-12`, `7.1234` or `1.5e-7`. Nil for anything else, and past 18 digits on either side of the point.
    public init?(_ text: String) {
        let parts = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        let exponent = parts.count == 2 ? Int(parts[1]) : 0
        guard let exponent, exponent.magnitude <= 40 else { return nil }
        let isNegative = parts[0].first == "-"
        let sides = parts[0].dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(sides.count), sides.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) }),
            sides.map(\.utf8.count).max() ?? 0 <= 2 * Self.digitCountMax
        else { return nil }
        let digits = sides.joined().drop { $0 == "0" }
        guard digits.utf8.count <= Self.digitCountMax, var coefficient = Int128(digits.isEmpty ? "0" : digits) else {
            return nil
        }
        var scale = (sides.count == 2 ? sides[1].utf8.count : 0) - exponent
        guard coefficient == 0 || (-Self.digitCountMax...2 * Self.digitCountMax).contains(scale) else { return nil }
        while scale < 0 { (coefficient, scale) = (coefficient * 10, scale + 1) }
        self.init(isNegative ? -coefficient : coefficient, scale: scale)
    }

    /// The number that a person wrote: the shortest text that reads as `value`. Nil where that has too many digits.
    public init?(_ value: Double) { self.init("\(value)") }

    /// As `init(_:)` reads it.
    public var text: String {
        var digits = String(coefficient.magnitude)
        if scale > 0 {
            digits = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return coefficient < 0 ? "-" + digits : digits
    }

    /// Nil where the product has too many digits.
    public func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        let (product, isOverflow) = coefficient.multipliedReportingOverflow(by: other.coefficient)
        return isOverflow ? nil : ExactDecimal(product, scale: scale + other.scale)
    }

    /// A whole number where it is one; else the nearest double.
    public var json: JSON? {
        scale == 0 ? Int64(exactly: coefficient).map { .int($0) } : Double(text).map { .double($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension Money {
    /// The amount in another currency, rounded to its minor unit, halves to the even one.
    ///
    /// - Parameter rate: Units of `currency` for one of this; at most 15 digits, at most 12 of them behind the point.
    /// - Returns: Nil where the amount would be outside ±`minorMax`.
    public func converted(to currency: Currency, rate: ExactDecimal) -> Money? {
        let (product, isOverflow) = (Int128(minor) * Self.power(currency.minorDigits))
            .multipliedReportingOverflow(by: rate.coefficient)
        guard !isOverflow else { return nil }
        let divisor = Self.power(self.currency.minorDigits + rate.scale)
        let (whole, rest) = product.quotientAndRemainder(dividingBy: divisor)
        let half = rest.magnitude * 2
        let isUp = half > divisor.magnitude || (half == divisor.magnitude && whole % 2 != 0)
        let rounded = isUp ? whole + product.signum() : whole
        return Int64(exactly: rounded).flatMap { Money(minor: $0, currency: currency) }
    }

    private static func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
