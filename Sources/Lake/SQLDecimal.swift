import Base

/// An exact decimal: `unscaled` · 10^−`scale`.
public struct SQLDecimal: Sendable, Hashable, CustomStringConvertible {
    public let unscaled: Int128
    public let scale: Int  // 0...38.

    public init(unscaled: Int128, scale: Int) {
        precondition((0...38).contains(scale), "a decimal has at most 38 digits after the point")
        self.unscaled = unscaled
        self.scale = scale
    }

    /// `-12.50`: all digits of the scale.
    public var description: String {
        let digits = String(unscaled.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        let sign = unscaled < 0 ? "-" : ""
        return scale == 0 ? sign + padded : "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
    }

    /// The nearest double.
    public var double: Double { Double(description) ?? .nan }

    var json: JSON {
        if scale == 0, let whole = Int64(exactly: unscaled) { return .int(whole) }
        return unscaled.magnitude < 1_000_000_000_000_000 ? .double(double) : .string(description)
    }
}
