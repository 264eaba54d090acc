/// How much one source may send; nil where it is not limited.
public struct SourceLimits: Sendable, Hashable {
    public static let eventsPerSecondRange = 1...10_000_000
    public static let eventsPerDayRange = 1...1_000_000_000_000

    public var eventsPerSecondMax: Int?  // On average; a burst may be faster.
    public var eventsPerDayMax: Int?  // Taken ones, in a day of UTC.

    /// - Precondition: Each lies in its range.
    public init(eventsPerSecondMax: Int? = nil, eventsPerDayMax: Int? = nil) {
        precondition(eventsPerSecondMax.map(Self.eventsPerSecondRange.contains) ?? true)
        precondition(eventsPerDayMax.map(Self.eventsPerDayRange.contains) ?? true)
        self.eventsPerSecondMax = eventsPerSecondMax
        self.eventsPerDayMax = eventsPerDayMax
    }
}
