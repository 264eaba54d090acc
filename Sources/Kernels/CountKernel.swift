/// A grouping of events by name, channel and bucket of time, as tables from codes to cells.
public struct CountPlan: Sendable {
    /// What a code stands for that is filtered out.
    public static let dropped: Int32 = -1

    let baseByName: [Int32]  // 2¹⁶ entries: the first cell of the name's group, or `dropped`.
    let baseByChannel: [Int32]  // 2⁸ entries: what the channel adds to it, or `dropped`.
    let timesMs: Range<Int64>
    let bucketMs: UInt64
    let bucketReciprocal: UInt64  // ⌊2⁶⁴ / bucketMs⌋ + 1.
    let originMs: Int64
    public let cellCount: Int

    /// - Parameters:
    ///   - groupOfName, groupOfChannel: Dense numbers from 0 for each code, or nil to leave its events out.
    ///   - timesMs: Events outside it are left out.
    ///   - bucketMs: Nil for a single bucket. Buckets begin at `originMs` and are numbered from 0.
    ///   - originMs: At most `timesMs.lowerBound`.
    public init(
        groupOfName: (UInt16) -> Int?, groupOfChannel: (UInt8) -> Int?, timesMs: Range<Int64>, originMs: Int64,
        bucketMs: Int64?
    ) {
        precondition(originMs <= timesMs.lowerBound && bucketMs ?? 1 > 0, "buckets are counted upwards from an origin")
        self.timesMs = timesMs
        self.originMs = originMs
        self.bucketMs = bucketMs.map(UInt64.init) ?? .max
        bucketReciprocal = bucketMs.map { $0 > 1 ? UInt64.max / UInt64($0) &+ 1 : 0 } ?? 0
        let spanMs = timesMs.isEmpty ? 0 : timesMs.upperBound - 1 - originMs
        let bucketCount = bucketMs.map { Int(spanMs / $0) + 1 } ?? 1
        let channels = (0...UInt8.max).map(groupOfChannel)
        let names = (0...UInt16.max).map(groupOfName)
        let channelCount = (channels.compactMap(\.self).max() ?? -1) + 1
        let nameCount = (names.compactMap(\.self).max() ?? -1) + 1
        cellCount = nameCount * channelCount * bucketCount
        precondition(cellCount <= Int(Int32.max), "cells are numbered by 31 bits")
        baseByChannel = channels.map { $0.map { Int32($0 * bucketCount) } ?? Self.dropped }
        baseByName = names.map { $0.map { Int32($0 * channelCount * bucketCount) } ?? Self.dropped }
    }

    /// ⌊(timeMs − originMs) / bucketMs⌋ by a multiplication: the reciprocal is off by less than one, so the product is
    /// at most one too high.
    @inline(__always)
    func bucket(of timeMs: Int64) -> Int {
        let elapsedMs = UInt64(bitPattern: timeMs &- originMs)
        guard bucketReciprocal != 0 else { return bucketMs == 1 ? Int(elapsedMs) : 0 }
        let high = elapsedMs.multipliedFullWidth(by: bucketReciprocal).high
        return Int(bitPattern: UInt(high &* bucketMs > elapsedMs ? high &- 1 : high))
    }
}

/// What one group counts. 16 bytes, so that an event touches one cache line.
public struct CountCell: Sendable, BitwiseCopyable {
    public internal(set) var events: UInt64 = 0
    public internal(set) var people: UInt32 = 0  // Exact: people are visited one after another.
    var personLast: UInt32 = 0  // Row of the person counted last, plus 1; 0 for none.

    public init() {}

    /// Adds what another pass over *other* people counted.
    public mutating func add(_ other: CountCell) {
        events += other.events
        people += other.people
    }
}

/// Counts events and distinct people for each group, and sums their values for each currency.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit, each below 2³² − 1.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`.
///   - times, names, channels, extras: Shape `[events]`.
///   - minors, currencies: Shape `[extra rows]`; row 0 stands for "none", currency 0 for "no value".
///   - cells: Shape `[plan.cellCount]`; added to.
///   - markBase: Added to the row to tell people apart: cells may be shared by sets of columns whose marks do not meet.
///   - sums: Shape `[plan.cellCount × currencyCount]` in minor units, where 0 currencies skip the sums; one that
///     does not fit is `clampedSum`.
/// - Complexity: O(events) time, no allocation.
public func countEvents(
    _ plan: CountPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    names: Span<UInt16>, channels: Span<UInt8>, extras: Span<UInt32>, minors: Span<Int64>, currencies: Span<UInt8>,
    markBase: Int, into cells: inout MutableSpan<CountCell>, sums: inout MutableSpan<Int64>
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(names.count == times.count && channels.count == times.count && extras.count == times.count)
    precondition(cells.count == plan.cellCount && minors.count == currencies.count, "the shapes agree")
    let currencyCount = cells.isEmpty ? 0 : sums.count / cells.count
    let (nameTable, channelTable) = (plan.baseByName.span, plan.baseByChannel.span)
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        let mark = UInt32(truncatingIfNeeded: markBase &+ person &+ 1)
        var i = begin
        while i < end {
            defer { i &+= 1 }
            let name = unsafe nameTable[unchecked: Int(names[unchecked: i])]
            let channel = unsafe channelTable[unchecked: Int(channels[unchecked: i])]
            let timeMs = unsafe times[unchecked: i]
            guard name | channel >= 0, plan.timesMs.contains(timeMs) else { continue }
            let cell = Int(name) &+ Int(channel) &+ plan.bucket(of: timeMs)
            unsafe cells[unchecked: cell].count(mark)
            guard currencyCount > 0 else { continue }
            let extra = unsafe Int(extras[unchecked: i])
            guard extra != 0, currencies[extra] != 0 else { continue }
            let sum = cell &* currencyCount &+ Int(currencies[extra]) &- 1
            sums[sum] = clampedSum(sums[sum], minors[extra])
        }
    }
}

extension CountCell {
    @inline(__always)
    mutating func count(_ mark: UInt32) {
        events &+= 1
        people &+= personLast == mark ? 0 : 1
        personLast = mark
    }
}
