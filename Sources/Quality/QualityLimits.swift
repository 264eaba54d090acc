public import Base

/// What is remembered at most, so that no traffic can take all memory; what does not fit is counted.
enum QualityLimits {
    static let seriesCountMax = 512  // Pairs of event and source.
    static let fieldCountMax = 4096  // Of all series together; each takes about 4 kB.
    static let fieldCountMaxPerSeries = 128
    static let depthMax = 6
    static let elementCountMax = 8  // Of an array; more look like the first.
    static let violationCountMax = 2048  // Different ones.
    static let sampleCountMax = 5  // Of one violation, the newest.
    static let valueCountMax = 24  // Different values of one field.
    static let valueUTF8CountMax = 64
    static let hourCount = 192  // Eight days: the last one, and the seven before it.
    static let inspectedPerHour = 200  // Of a series, each; after that one of `inspectionStride`.
    static let inspectionStride = 16
}

/// Hours since 1970.
public struct Hour: Hashable, Comparable, Sendable {
    public let number: Int32

    public init(number: Int32) { self.number = number }
    public init(of time: EventTime) { number = Int32(time.unixMs / 3_600_000) }

    public var start: EventTime { EventTime(clampingUnixMs: Int64(number) * 3_600_000) }
    func advanced(by count: Int32) -> Hour { Hour(number: number + count) }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }
}
