/// What one person bought.
public struct BuyerFigures: Sendable, Equatable, BitwiseCopyable {
    public internal(set) var lastMs: Int64 = 0  // When the last order came.
    public internal(set) var orders: Int = 0
    public internal(set) var minor: Int64 = 0  // Orders less refunds, in minor units; `clampedSum` as it must be.

    public init() {}
}

/// Counts and sums each person's orders, and takes refunds off.
///
/// Bit 0 of a mask: an order; bit 1: a refund. Orders and refunds without a value in the currency are left out.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, masks, extras: Shape `[events]`.
///   - minors, currencies: Shape `[extra rows]`; row 0 stands for "none".
///   - timesMs: Orders and refunds outside it do not count.
///   - figures: Shape `[people.count]`, all new: those of the first person come first.
/// - Returns: How many orders within the times were left out.
/// - Complexity: O(events) time, no allocation.
public func buyerFigures(
    people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>, masks: Span<UInt32>,
    extras: Span<UInt32>, minors: Span<Int64>, currencies: Span<UInt8>, currency: UInt8, timesMs: Range<Int64>,
    into figures: inout MutableSpan<BuyerFigures>
) -> Int {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count && extras.count == times.count && minors.count == currencies.count)
    precondition(figures.count == people.count, "each person has figures")
    var leftOut = 0
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        for i in begin..<end {
            let mask = unsafe masks[unchecked: i] & 3
            guard mask != 0 else { continue }
            let timeMs = unsafe times[unchecked: i]
            guard timesMs.contains(timeMs) else { continue }
            let extra = unsafe Int(extras[unchecked: i])
            guard currencies[extra] == currency else {
                leftOut &+= Int(mask & 1)
                continue
            }
            figures[person &- people.lowerBound].add(minors[extra], mask, at: timeMs)
        }
    }
    return leftOut
}

extension BuyerFigures {
    @inline(__always)
    fileprivate mutating func add(_ value: Int64, _ mask: UInt32, at timeMs: Int64) {
        if mask & 1 != 0 {
            lastMs = timeMs
            orders &+= 1
            minor = clampedSum(minor, value)
        }
        if mask & 2 != 0 { minor = clampedSum(minor, value == .min ? .max : 0 &- value) }
    }
}
