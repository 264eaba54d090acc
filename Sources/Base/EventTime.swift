/// A span of time in whole milliseconds; negative where the end lies before the start.
public struct Milliseconds: Hashable, Comparable, Sendable {
    public let count: Int64
    public init(_ count: Int64) { self.count = count }

    public static func seconds(_ count: Int64) -> Self { Self(count * 1000) }
    public static func minutes(_ count: Int64) -> Self { Self(count * 60_000) }
    public static func hours(_ count: Int64) -> Self { Self(count * 3_600_000) }
    public static func days(_ count: Int64) -> Self { Self(count * 86_400_000) }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.count < rhs.count }
}

/// A point in wall-clock time, in milliseconds since 1970-01-01T00:00:00Z, from 1970 through 2999.
public struct EventTime: Hashable, Comparable, Sendable {
    public static let unixMsEnd: Int64 = 32_503_680_000_000  // 3000-01-01, exclusive.
    public let unixMs: Int64

    /// Nil outside the range: no sum or difference of two times can overflow, whatever a request says.
    public init?(unixMs: Int64) {
        guard (0..<Self.unixMsEnd).contains(unixMs) else { return nil }
        self.unixMs = unixMs
    }

    /// The nearest time in range.
    public init(clampingUnixMs unixMs: Int64) { self.unixMs = min(max(unixMs, 0), Self.unixMsEnd - 1) }

    /// Clamped to the range of `EventTime`.
    public func advanced(by span: Milliseconds) -> Self {
        let (sum, isOverflow) = unixMs.addingReportingOverflow(span.count)
        return Self(clampingUnixMs: isOverflow ? (span.count < 0 ? 0 : Self.unixMsEnd) : sum)
    }

    public func since(_ earlier: Self) -> Milliseconds { Milliseconds(unixMs - earlier.unixMs) }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.unixMs < rhs.unixMs }
}
