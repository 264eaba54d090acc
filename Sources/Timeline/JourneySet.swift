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

    /// One journey, in 32 bytes.
    public struct Journey: Sendable, Equatable, BitwiseCopyable {
        private var number: UInt32
        private var count: UInt32
        private var minor: Int64 = 0
        private var refundedMinor: Int64 = 0
        private var currency: UInt8 = 0  // Plus 1; 0 for none.
        private var isConverted = false
        private var isRefunded = false

        public init(person: Int, touchCount: Int, conversion: Conversion?) {
            number = UInt32(person)
            count = UInt32(touchCount)
            self.conversion = conversion
        }

        /// Those of one person stand side by side and share a number.
        public var person: Int {
            get { Int(number) }
            set { number = UInt32(newValue) }
        }

        public var touchCount: Int { Int(count) }

        /// Nil where the touches led to none.
        public var conversion: Conversion? {
            get {
                guard isConverted else { return nil }
                return Conversion(
                    currency: currency == 0 ? nil : Int(currency) - 1, minor: minor, refundedMinor: refundedMinor,
                    isRefunded: isRefunded)
            }
            set {
                isConverted = newValue != nil
                currency = newValue?.currency.map { UInt8($0 + 1) } ?? 0
                minor = newValue?.minor ?? 0
                refundedMinor = newValue?.refundedMinor ?? 0
                isRefunded = newValue?.isRefunded ?? false
            }
        }
    }

    /// One touch, in eight bytes: there may be millions.
    public struct Touch: Sendable, Equatable, BitwiseCopyable {
        private var word: UInt64  // The age in its upper 55 bits, then whether it is direct, then the key.

        /// - Parameters:
        ///   - key: Of `keys`.
        ///   - ageMs: At the conversion, below 2⁵⁵; 0 where there is none.
        public init(key: UInt8, isDirect: Bool = false, ageMs: Int64 = 0) {
            word = UInt64(bitPattern: ageMs) << 9 | (isDirect ? 0x100 : 0) | UInt64(key)
        }

        public var key: UInt8 { UInt8(truncatingIfNeeded: word) }
        public var isDirect: Bool { word & 0x100 != 0 }
        public var ageMs: Int64 { Int64(word >> 9) }

        func keyed(_ key: UInt8) -> Touch { Touch(key: key, isDirect: isDirect, ageMs: ageMs) }
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
