/// Finds the journeys of people: for each conversion the touches that led to it, and the touches that led to none.
///
/// A conversion in `timesMs` is one journey, without touches too: of the events before it in the columns, and within
/// the look-back, those that touch; where a touch leads to the next conversion alone, none older than the conversion
/// before. Touches in `timesMs` that the next conversion does not reach back to, or behind which there is none, are
/// journeys that did not convert: one begins with the first of them and takes in all for one look-back, or up to a
/// conversion.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times: Shape `[events]`.
///   - masks: Shape `[events]`; bit k: the event meets filter k.
///   - journeys: At least two for each event that converts or touches; the first n are written, each person's side by
///     side.
/// - Returns: n, the number of journeys.
/// - Complexity: O(events + conversions · (log events + events within the look-back)) time, no allocation; the events
///   within the look-back are read once where a touch leads to the next conversion alone.
public func findJourneys(
    _ plan: JourneyPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    masks: Span<UInt32>, into journeys: inout MutableSpan<Journey>
) -> Int {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count, "one mask for each event")
    var count = 0
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        var walk = JourneyWalk(person: UInt32(truncatingIfNeeded: person), begin: begin, count: count)
        unsafe walk.follow(plan, to: end, times: times, masks: masks, into: &journeys)
        count = walk.count
    }
    return count
}

/// Writes where the touches of journeys lie in the columns, journey after journey.
///
/// - Parameters:
///   - journeys: As `findJourneys` found them with the same plan and masks.
///   - positions: Shape `[Σ touchCount]`; written.
public func findTouches(
    _ plan: JourneyPlan, of journeys: Span<Journey>, masks: Span<UInt32>, into positions: inout MutableSpan<UInt32>
) {
    var next = 0
    for j in journeys.indices {
        let journey = journeys[j]
        var dropped = journey.droppedCount
        for i in Int(journey.begin)..<Int(journey.end) where masks[i] & plan.touches != 0 {
            if dropped > 0 {
                dropped -= 1
            } else {
                positions[next] = UInt32(truncatingIfNeeded: i)
                next += 1
            }
        }
    }
    precondition(next == positions.count, "one position for each touch that is kept")
}

/// The journeys of one person, from conversion to conversion.
private struct JourneyWalk {
    let person: UInt32
    let begin: Int
    var count: Int

    /// - Precondition: `begin...end` lies within the columns.
    @unsafe @inline(__always)
    mutating func follow(
        _ plan: JourneyPlan, to end: Int, times: Span<Int64>, masks: Span<UInt32>,
        into journeys: inout MutableSpan<Journey>
    ) {
        var behind = begin  // The last conversion, which may touch too, or the first event.
        var i = begin
        var seen: UInt32 = 0
        while i < end {
            let mask = unsafe masks[unchecked: i]
            if mask & plan.conversion != 0 {
                unsafe convert(plan, at: i, behind, seen, times: times, masks: masks, into: &journeys)
                behind = i
                seen = plan.isSinceConversion ? mask : seen | mask
            } else {
                seen |= mask
            }
            i &+= 1
        }
        guard seen & plan.touches != 0 else { return }
        unsafe leave(plan, behind..<end, times: times, masks: masks, into: &journeys)
    }

    /// Ends what lies between two conversions: touches too old for the second one led to nothing.
    @unsafe @inline(__always)
    private mutating func convert(
        _ plan: JourneyPlan, at conversion: Int, _ behind: Int, _ seen: UInt32, times: Span<Int64>,
        masks: Span<UInt32>, into journeys: inout MutableSpan<Journey>
    ) {
        let timeMs = unsafe times[unchecked: conversion]
        let hasTouches = seen & plan.touches != 0
        let earliestMs = timeMs &- plan.lookBackMs
        let reach =
            unsafe hasTouches
            ? firstPosition(at: earliestMs, in: times, from: behind, to: conversion) : conversion
        if hasTouches, reach > behind {
            unsafe leave(plan, behind..<reach, times: times, masks: masks, into: &journeys)
        }
        guard plan.timesMs.contains(timeMs) else { return }
        let first =
            unsafe hasTouches && !plan.isSinceConversion && reach == behind
            ? firstPosition(at: earliestMs, in: times, from: begin, to: behind) : reach
        unsafe add(plan, first..<conversion, isConverted: true, masks: masks, into: &journeys)
    }

    /// Touches that led to no conversion, cut where one look-back is over.
    @unsafe @inline(__always)
    private mutating func leave(
        _ plan: JourneyPlan, _ events: Range<Int>, times: Span<Int64>, masks: Span<UInt32>,
        into journeys: inout MutableSpan<Journey>
    ) {
        var i = unsafe firstPosition(
            at: plan.timesMs.lowerBound, in: times, from: events.lowerBound, to: events.upperBound)
        let last = unsafe firstPosition(at: plan.timesMs.upperBound, in: times, from: i, to: events.upperBound)
        while i < last {
            guard unsafe masks[unchecked: i] & plan.touches != 0 else {
                i &+= 1
                continue
            }
            let endMs = unsafe times[unchecked: i] &+ plan.lookBackMs &+ 1
            let next = unsafe firstPosition(at: endMs, in: times, from: i, to: last)
            unsafe add(plan, i..<next, isConverted: false, masks: masks, into: &journeys)
            i = next
        }
    }

    @unsafe @inline(__always)
    private mutating func add(
        _ plan: JourneyPlan, _ events: Range<Int>, isConverted: Bool, masks: Span<UInt32>,
        into journeys: inout MutableSpan<Journey>
    ) {
        var touches = 0
        var i = events.lowerBound
        while i < events.upperBound {
            touches &+= unsafe masks[unchecked: i] & plan.touches != 0 ? 1 : 0
            i &+= 1
        }
        let kept = min(touches, plan.touchCountMax)
        journeys[count] = Journey(
            person: person, begin: UInt32(truncatingIfNeeded: events.lowerBound),
            end: UInt32(truncatingIfNeeded: events.upperBound), touchCount: UInt32(truncatingIfNeeded: kept),
            droppedCount: UInt32(truncatingIfNeeded: touches &- kept), isConverted: isConverted)
        count &+= 1
    }
}
