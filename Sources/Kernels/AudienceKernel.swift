/// One condition on a person's whole history: at least so many events of a name.
public struct AudienceCondition: Sendable {
    public let name: UInt16
    let countMin: UInt32
    let isMet: Bool

    /// - Parameters:
    ///   - countMin: At least 1; what is more than 32 bits hold is never reached.
    ///   - isMet: Whether people are wanted who meet the condition, or who do not.
    public init(name: UInt16, countMin: Int, isMet: Bool) {
        precondition(countMin >= 1, "everybody did something at least zero times")
        self.name = name
        self.countMin = UInt32(clamping: countMin)
        self.isMet = isMet
    }
}

/// Unmarks the people for whom a condition is not as wanted.
///
/// It is told from how many of the found events come before a person's first one and before the next person's, so that
/// no event is looked at.
///
/// - Parameters:
///   - offsets: Shape `[people + 1]`, ascending; person p has the events `offsets[p]..<offsets[p + 1]` of all, and the
///     first bit of `found` stands for event `offsets[0]`.
///   - found: The events of the condition's name, as `findNames` writes them.
///   - ranks: As `rankEvents` writes them.
///   - wanted: Shape `[people]`; 0 for who is not wanted.
/// - Complexity: O(people) time, no allocation.
public func keepPeople(
    _ condition: AudienceCondition, offsets: Span<UInt32>, found: Span<UInt8>, ranks: Span<UInt32>,
    in wanted: inout MutableSpan<UInt8>
) {
    precondition(wanted.count == max(0, offsets.count - 1) && ranks.count >= found.count, "the shapes agree")
    guard !wanted.isEmpty else { return }
    var before = eventCount(before: 0, found, ranks)
    for person in wanted.indices {
        let event = unsafe Int(offsets[unchecked: person &+ 1] &- offsets[0])
        let behind = eventCount(before: event, found, ranks)
        let isMet = behind &- before >= condition.countMin
        unsafe wanted[unchecked: person] &= isMet == condition.isMet ? 1 : 0
        before = behind
    }
}
