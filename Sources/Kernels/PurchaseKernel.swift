/// What a person bought, as far as the models of buying need it.
public struct PurchaseTally: Sendable, Equatable, BitwiseCopyable {
    public internal(set) var firstMs: Int64 = 0
    public internal(set) var repeats: Int32 = -1  // Units of time after the first in which they bought; −1: never did.
    public internal(set) var lastUnit: Int32 = 0  // From the first purchase to the last.
    public internal(set) var repeatMinor: Int64 = 0  // Of all purchases but those of the first unit.

    public init() {}
}

/// Tells how often, until when and for how much people bought. Purchases of one unit of time are one.
///
/// - Parameters:
///   - currency: Purchases in others are passed over.
///   - unitMs: Counted from the person's first purchase on.
///   - endMs: Later events are not seen.
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over, as if they never bought; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, masks, extras: Shape `[events]`; bit 0 of a mask: a purchase.
///   - minors, currencies: Shape `[extra rows]`.
///   - tallies: Shape `[people.count]`; written.
/// - Complexity: O(events) time, no allocation.
public func purchaseTallies(
    currency: UInt8, unitMs: Int64, endMs: Int64, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>,
    times: Span<Int64>, masks: Span<UInt32>, extras: Span<UInt32>, minors: Span<Int64>, currencies: Span<UInt8>,
    into tallies: inout MutableSpan<PurchaseTally>
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count && extras.count == times.count && tallies.count == people.count)
    precondition(currencies.count == minors.count && unitMs > 0, "the shapes agree")
    for person in people {
        var tally = PurchaseTally()
        let events = Int(offsets[person])..<Int(offsets[person + 1])
        precondition(events.upperBound <= times.count, "offsets stay within the columns")
        for i in events where !isSet(person, in: skipped) {
            guard unsafe masks[unchecked: i] & 1 != 0 else { continue }
            let extra = Int(extras[i])
            guard times[i] <= endMs else { break }
            guard currencies[extra] == currency else { continue }
            tally.add(minors[extra], timeMs: times[i], unitMs: unitMs)
        }
        tallies[person - people.lowerBound] = tally
    }
}

extension PurchaseTally {
    @inline(__always)
    mutating func add(_ minor: Int64, timeMs: Int64, unitMs: Int64) {
        guard repeats >= 0 else {
            (firstMs, repeats) = (timeMs, 0)
            return
        }
        let unit = Int32(clamping: (timeMs - firstMs) / unitMs)
        guard unit > 0 else { return }
        if unit > lastUnit {
            repeats += 1
            lastUnit = unit
        }
        repeatMinor = clampedSum(repeatMinor, minor)
    }
}
