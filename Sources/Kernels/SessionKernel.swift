/// Cuts people's events into sessions: one ends where the next event lies further off than the gap.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, channels: Shape `[events]`.
///   - masks: Shape `[events]`; bit 0 makes an event one of a session.
///   - tally: Added to; the same person must not be visited twice.
/// - Complexity: O(events) time, no allocation but where the tally grows.
public func countSessions(
    _ plan: SessionPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    channels: Span<UInt8>, masks: Span<UInt32>, into tally: inout SessionTally
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count && channels.count == times.count, "the shapes agree")
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        var session = OpenSession()
        for i in begin..<end where unsafe masks[unchecked: i] & 1 != 0 {
            unsafe session.add(plan, timeMs: times[unchecked: i], channel: channels[unchecked: i], into: &tally)
        }
        session.end(plan, into: &tally)
        tally.endPerson()
    }
}

/// The session of one person that has not ended yet.
private struct OpenSession {
    private var firstMs: Int64 = 0
    private var lastMs: Int64 = 0
    private var eventCount = 0
    private var channel: UInt8 = 0

    @inline(__always)
    mutating func add(_ plan: SessionPlan, timeMs: Int64, channel: UInt8, into tally: inout SessionTally) {
        if eventCount == 0 || timeMs &- lastMs > plan.gapMs {
            end(plan, into: &tally)
            firstMs = timeMs
            self.channel = channel
            eventCount = 0
        }
        lastMs = timeMs
        eventCount &+= 1
    }

    @inline(__always)
    mutating func end(_ plan: SessionPlan, into tally: inout SessionTally) {
        guard eventCount > 0, plan.timesMs.contains(firstMs) else { return }
        tally.add(
            day: plan.days.stretch(of: firstMs), channel: channel, eventCount: eventCount, durationMs: lastMs &- firstMs
        )
    }
}
