/// One condition on a person's history: at least so many events of a name, within a span of time.
public struct AudienceCondition: Sendable {
    let name: UInt16
    let channel: UInt8?
    let timesMs: Range<Int64>
    let countMin: Int
    let isMet: Bool

    /// - Parameters:
    ///   - countMin: At least 1.
    ///   - isMet: Whether people are wanted who meet the condition, or who do not.
    public init(name: UInt16, channel: UInt8?, timesMs: Range<Int64>, countMin: Int, isMet: Bool) {
        precondition(countMin >= 1, "everybody did something at least zero times")
        self.name = name
        self.channel = channel
        self.timesMs = timesMs
        self.countMin = countMin
        self.isMet = isMet
    }
}

/// Writes the rows of the people for whom every condition is as wanted, in ascending order.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, names, channels: Shape `[events]`.
///   - rows: Shape `[people.count]` at least; the first n are written.
/// - Returns: n, the number of people found.
/// - Complexity: O(conditions · events) time at the speed of the code search, no allocation.
public func findAudience(
    _ conditions: Span<AudienceCondition>, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>,
    times: Span<Int64>, names: Span<UInt16>, channels: Span<UInt8>, into rows: inout MutableSpan<UInt32>
) -> Int {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(names.count == times.count && channels.count == times.count && rows.count >= people.count)
    var found = 0
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        var isWanted = true
        for c in conditions.indices where isWanted {
            isWanted = unsafe conditions[c].holds(from: begin, to: end, times: times, names: names, channels: channels)
        }
        unsafe rows[unchecked: found] = UInt32(truncatingIfNeeded: person)
        found &+= isWanted ? 1 : 0
    }
    return found
}

extension AudienceCondition {
    /// - Precondition: `begin...end` lies within the columns.
    @unsafe @inline(__always)
    fileprivate func holds(
        from begin: Int, to end: Int, times: Span<Int64>, names: Span<UInt16>, channels: Span<UInt8>
    ) -> Bool {
        var count = 0
        var i = begin
        while true {
            i = unsafe firstPosition(of: name, in: names, from: i, to: end)
            guard i < end else { return !isMet }
            let isCounted = unsafe timesMs.contains(times[unchecked: i]) && isOfChannel(channels[unchecked: i])
            count &+= isCounted ? 1 : 0
            if count >= countMin { return isMet }
            i &+= 1
        }
    }

    @inline(__always)
    private func isOfChannel(_ code: UInt8) -> Bool { channel.map { $0 == code } ?? true }
}
