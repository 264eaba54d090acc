public import Base
public import Domain

/// An audience, as of a moment.
public struct AudienceQuery: Sendable, Hashable {
    public let expression: AudienceExpression
    /// Neither events at it or later nor people who came then exist; nil where all there are do.
    public let asOf: EventTime?
    /// From when the last days are counted back where `asOf` is nil.
    public let now: EventTime

    public init(
        _ expression: AudienceExpression, asOf: EventTime? = nil, now: EventTime
    ) throws(AudienceExpressionError) {
        try expression.validate()
        self.expression = expression
        self.asOf = asOf
        self.now = now
    }

    /// Of the events that it looks at.
    public var filters: [EventFilter] { AudienceParts(expression).filters }

    /// Of which times the events count.
    func timesMs(_ span: AudienceSpan) -> Range<Int64> {
        let endMs = asOf?.unixMs ?? EventTime.unixMsEnd
        switch span {
        case .always: return 0..<endMs
        case .between(let range):
            let upper = min(range.upperBound.unixMs, endMs)
            return min(range.lowerBound.unixMs, upper)..<upper
        case .last(let length):
            let end = asOf ?? now
            return end.unixMs - length.count..<end.unixMs
        }
    }
}

public struct AudienceResult: Sendable, Equatable {
    public let count: Int
    public let people: [PersonID]  // By when the first of their ids came.
    public let next: Int?  // Pass as `after` for the next page; nil at the end.
    public let peopleTotal: Int  // Everybody who was there.
}

/// How several audiences overlap.
public struct AudienceOverlap: Sendable, Equatable {
    public static let audienceCountMax = 8

    /// Shape `[2^audiences]`: people who are in those audiences whose bits are set, and in no other.
    public let regions: [Int]
    public let peopleTotal: Int

    /// How many are in an audience.
    public func count(_ audience: Int) -> Int { count(audience, audience) }

    /// How many are in both.
    public func count(_ one: Int, _ other: Int) -> Int {
        regions.enumerated().reduce(0) { $1.offset >> one & $1.offset >> other & 1 != 0 ? $0 + $1.element : $0 }
    }
}

/// Who came into an audience and who left it between two moments.
public struct AudienceDifference: Sendable, Equatable {
    public let stayedCount: Int
    public let enteredCount: Int
    public let leftCount: Int
    public let entered: [PersonID]  // The first of them, by when the first of their ids came.
    public let left: [PersonID]
    public let peopleTotal: [Int]  // Everybody, at either moment.
}
