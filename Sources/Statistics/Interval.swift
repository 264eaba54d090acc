/// A closed interval of plausible values at a stated level.
public struct Interval: Sendable, Equatable {
    public let low: Double
    public let high: Double
    public let level: Double  // Nominal coverage, in 0..<1; 0.95 where nobody says otherwise.

    public init(low: Double, high: Double, level: Double) {
        self.low = low
        self.high = high
        self.level = level
    }

    /// `estimate ± margin`.
    public init(center estimate: Double, margin: Double, level: Double) {
        self.init(low: estimate - margin, high: estimate + margin, level: level)
    }

    public var width: Double { high - low }
    public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}
