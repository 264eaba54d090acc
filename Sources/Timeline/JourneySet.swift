public import Base

/// Journeys of people: what touched them in order of time, and what that led to.
public struct JourneySet: Sendable, Equatable {
    public static let namedKeyCountMax = 50
    public static let keyCountMax = namedKeyCountMax + 2

    /// What a touch is counted under.
    public enum Key: Sendable, Hashable {
        case named(String)
        case none  // The touch names nothing of the dimension.
        case rest  // All that few touches name, together.
    }

    /// What a journey led to. Amounts in minor units of one currency, so much of which was given back.
    public struct Conversion: Sendable, Equatable {
        public var currency: Int?  // Of `currencies`; nil without a value.
        public var minor: Int64
        public var refundedMinor: Int64  // At most `minor`.
        public var isRefunded: Bool  // As a whole.

        public init(currency: Int? = nil, minor: Int64 = 0, refundedMinor: Int64 = 0, isRefunded: Bool = false) {
            self.currency = currency
            self.minor = minor
            self.refundedMinor = refundedMinor
            self.isRefunded = isRefunded
        }
    }

    public struct Journey: Sendable, Equatable {
        public var person: Int  // Those of one person stand side by side and share a number.
        public var touchCount: Int
        public var conversion: Conversion?  // Nil where the touches led to none.

        public init(person: Int, touchCount: Int, conversion: Conversion?) {
            self.person = person
            self.touchCount = touchCount
            self.conversion = conversion
        }
    }

    public struct Touch: Sendable, Equatable {
        public var key: UInt8  // Of `keys`.
        public var isDirect: Bool
        public var ageMs: Int64  // At the conversion; 0 where there is none.

        public init(key: UInt8, isDirect: Bool = false, ageMs: Int64 = 0) {
            self.key = key
            self.isDirect = isDirect
            self.ageMs = ageMs
        }
    }

    public let keys: [Key]  // Those with the most touches first.
    public let currencies: [Currency]
    public let journeys: [Journey]
    public let touches: [Touch]  // Journey after journey.
    public let clippedCount: Int  // Journeys with more touches than are kept of one.
    /// That may still convert: they began less than a look-back before the end of what was observed.
    public let openCount: Int

    /// - Precondition: As many touches as journeys say, with keys and currencies that there are.
    public init(
        keys: [Key], currencies: [Currency], journeys: [Journey], touches: [Touch], clippedCount: Int = 0,
        openCount: Int = 0
    ) {
        precondition(keys.count <= Self.keyCountMax, "sets of keys are bits of a word")
        precondition(journeys.reduce(0) { $0 + $1.touchCount } == touches.count, "each touch is of one journey")
        self.keys = keys
        self.currencies = currencies
        self.journeys = journeys
        self.touches = touches
        self.clippedCount = clippedCount
        self.openCount = openCount
    }
}
