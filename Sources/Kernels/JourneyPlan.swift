/// Which journeys are meant, over sets of filters that each event meets.
public struct JourneyPlan: Sendable {
    public static let touchCountMax = 100

    let conversion: UInt32  // The bit of what journeys lead to.
    let touches: UInt32  // Bits: what touches.
    let timesMs: Range<Int64>
    public let lookBackMs: Int64
    let isSinceConversion: Bool
    let touchCountMax: Int

    /// - Parameters:
    ///   - conversion: Position of the bit of conversions.
    ///   - touches: Bits of touches; an event that has any of them is one touch.
    ///   - timesMs: Conversions count, and touches begin a journey without one, within it.
    ///   - lookBackMs: From a touch to its conversion, inclusive.
    ///   - isSinceConversion: A touch leads to the next conversion alone; else to each that comes within the look-back.
    ///   - touchCountMax: Of a journey, so many touches are kept, those nearest to its end.
    /// - Precondition: a look-back from 0 through 2⁶⁰ ms, and at least one touch that is kept.
    public init(
        conversion: Int, touches: UInt32, timesMs: Range<Int64>, lookBackMs: Int64, isSinceConversion: Bool,
        touchCountMax: Int = JourneyPlan.touchCountMax
    ) {
        precondition((0..<32).contains(conversion), "a set of filters has 32 bits")
        precondition((0...1 << 60).contains(lookBackMs) && touchCountMax >= 1, "look-backs reach back to a touch")
        self.conversion = 1 << UInt32(conversion)
        self.touches = touches
        self.timesMs = timesMs
        self.lookBackMs = lookBackMs
        self.isSinceConversion = isSinceConversion
        self.touchCountMax = touchCountMax
    }

    /// Whether an event that meets these filters converts or touches.
    public func isOfJourneys(_ mask: UInt32) -> Bool { mask & (conversion | touches) != 0 }
}

/// Where one journey lies in the columns: its touches are those of the events `begin..<end` less the first `dropped`.
public struct Journey: Sendable, Equatable, BitwiseCopyable {
    public let person: UInt32  // Row.
    public let begin: UInt32
    public let end: UInt32  // Of one with a conversion, the conversion's position.
    public let touchCount: UInt32  // That are kept.
    public let droppedCount: UInt32
    public let isConverted: Bool

    public init(
        person: UInt32, begin: UInt32, end: UInt32, touchCount: UInt32, droppedCount: UInt32, isConverted: Bool
    ) {
        self.person = person
        self.begin = begin
        self.end = end
        self.touchCount = touchCount
        self.droppedCount = droppedCount
        self.isConverted = isConverted
    }

    public static var none: Journey {
        Journey(person: 0, begin: 0, end: 0, touchCount: 0, droppedCount: 0, isConverted: false)
    }
}
