/// An ISO 4217 currency: three capital letters and the number of digits of its minor unit.
public struct Currency: Hashable, Sendable {
    public let code: String

    /// Nil unless `code` is three Latin letters; lower case is taken as upper.
    public init?(code: String) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) }) else {
            return nil
        }
        self.code = code.uppercased()
    }

    private init(known code: String) { self.code = code }
    public static let cny = Currency(known: "CNY")
    public static let usd = Currency(known: "USD")

    /// Digits after the point in the major unit; 2 where ISO 4217 does not say otherwise.
    public var minorDigits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }
}

/// An amount of money, exact: an integer of minor units (fen, cents) and its currency.
public struct Money: Hashable, Sendable {
    /// Bounds every amount: past any order in any currency, exact as a `Double`, and a sum of 9000 of them still fits
    /// 64 bits. Sums of more end at the largest number there is (`clampedSum`).
    public static let minorMax: Int64 = 1_000_000_000_000_000

    public let minor: Int64
    public let currency: Currency

    /// Nil where the amount is outside ±`minorMax`.
    public init?(minor: Int64, currency: Currency) {
        guard minor.magnitude <= Self.minorMax.magnitude else { return nil }
        self.minor = minor
        self.currency = currency
    }

    /// Rounds half away from zero to the minor unit. Nil where `major` is not finite or too large.
    public init?(major: Double, currency: Currency) {
        var scale = 1.0
        for _ in 0..<currency.minorDigits { scale *= 10 }
        let scaled = (major * scale).rounded(.toNearestOrAwayFromZero)
        guard scaled.isFinite, scaled.magnitude <= Double(Self.minorMax) else { return nil }
        self.init(minor: Int64(scaled), currency: currency)
    }

    /// The amount in major units, for display and models; arithmetic stays on `minor`.
    public var major: Double {
        var scale = 1.0
        for _ in 0..<currency.minorDigits { scale *= 10 }
        return Double(minor) / scale
    }
}
