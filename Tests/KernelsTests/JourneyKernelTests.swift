import Base
import Testing

@testable import Kernels

@Suite struct JourneyKernelTests {
    @Test(arguments: 0..<80 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let moments = [40, 700, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, momentCount: moments)
        // Conversions, touches of two kinds, and events that are several or none.
        let masks = columns.names.map { _ in
            ([0, 1, 2, 4, 2, 4, 6, seed % 2 == 0 ? 3 : 2] as [UInt32])[Int.random(in: 0..<8, using: &random)]
        }
        let begin = seed % 4 == 0 ? -5 : Int64.random(in: 0...moments / 3, using: &random)
        let defined = DefinedJourneys(
            timesMs: begin..<Int64.random(in: begin...moments + 5, using: &random),
            lookBackMs: Int64.random(in: 0...moments / [1, 3, 20][Int(seed % 3)], using: &random),
            isSinceConversion: seed % 5 < 3, touchCountMax: seed % 7 == 0 ? 3 : 100)
        #expect(found(defined.plan, columns, masks) == defined.journeys(columns, masks))
    }

    static let cases: [(what: String, times: [Int64], masks: [UInt32], journeys: [[UInt32]])] = [
        ("a conversion without a touch is a journey", [20], [1], [[0]]),
        ("a touch within the look-back, inclusive", [20, 30], [2, 1], [[1, 0]]),
        ("a touch before it led to nothing", [20, 31], [2, 1], [[99, 0], [1]]),
        ("a touch behind the conversion in the columns is none of it", [20, 20], [1, 2], [[0], [99, 1]]),
        ("what converts and touches is no touch of itself, and may lead to more", [20], [3], [[0], [99, 0]]),
        ("but one of the next conversion", [20, 25], [3, 1], [[0], [1, 0]]),
        ("touches without a conversion, for one look-back each", [20, 30, 31], [2, 2, 2], [[99, 0, 1], [99, 2]]),
        ("a conversion ends what led to none", [20, 21, 22], [2, 1, 2], [[1, 0], [99, 2]]),
        ("touches of before the range lead to conversions in it", [5, 12], [2, 1], [[1, 0]]),
        ("but are no journey of their own", [5], [2], []),
        ("a conversion behind the range takes its touches along", [95, 105], [2, 1], []),
    ]

    /// Each journey as its conversion's position, or 99, and the positions of its touches.
    @Test(arguments: cases)
    func findsWhatIsMeant(c: (what: String, times: [Int64], masks: [UInt32], journeys: [[UInt32]])) {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        columns.times = c.times
        columns.offsets = [0, UInt32(c.times.count)]
        let plan = JourneyPlan(
            conversion: 0, touches: 2, timesMs: 10..<100, lookBackMs: 10, isSinceConversion: true)
        let told = found(plan, columns, c.masks).map { [$0.conversion ?? 99] + $0.touches }
        #expect(told == c.journeys, "\(c.what)")
    }

    @Test func aTouchMayLeadToSeveralConversions() {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        (columns.times, columns.offsets) = ([1, 2, 3, 4, 12], [0, 5])
        let plan = JourneyPlan(
            conversion: 0, touches: 2, timesMs: 0..<100, lookBackMs: 10, isSinceConversion: false)
        let told = found(plan, columns, [2, 1, 2, 1, 1]).map(\.touches)
        #expect(told == [[0], [0, 2], [2]])
    }

    /// One by one, and all in one call: what one person leaves behind must not reach the next.
    private func found(_ plan: JourneyPlan, _ c: RandomColumns, _ masks: [UInt32]) -> [FoundJourney] {
        let together = find(plan, c, masks, c.people)
        #expect(together == c.people.flatMap { find(plan, c, masks, $0..<$0 + 1) })
        return together
    }

    private func find(
        _ plan: JourneyPlan, _ c: RandomColumns, _ masks: [UInt32], _ people: Range<Int>
    ) -> [FoundJourney] {
        var journeys = [Journey](repeating: .none, count: 2 * c.times.count)
        var span = journeys.mutableSpan
        let count = findJourneys(
            plan, people: people, skipped: Span(), offsets: c.offsets.span, times: c.times.span, masks: masks.span,
            into: &span)
        journeys.removeSubrange(count...)
        var positions = [UInt32](repeating: 0, count: journeys.reduce(0) { $0 + Int($1.touchCount) })
        var positionSpan = positions.mutableSpan
        findTouches(plan, of: journeys.span, masks: masks.span, into: &positionSpan)
        var next = 0
        return journeys.map { journey in
            let end = next + Int(journey.touchCount)
            defer { next = end }
            return FoundJourney(
                person: journey.person, conversion: journey.isConverted ? journey.end : nil,
                touches: Array(positions[next..<end]), droppedCount: journey.droppedCount)
        }
    }
}

private struct FoundJourney: Equatable {
    let person: UInt32
    let conversion: UInt32?
    let touches: [UInt32]
    let droppedCount: UInt32
}

/// Journeys as they are said in words, person by person. Bit 0 converts, the others touch.
private struct DefinedJourneys {
    let timesMs: Range<Int64>
    let lookBackMs: Int64
    let isSinceConversion: Bool
    let touchCountMax: Int

    var plan: JourneyPlan {
        JourneyPlan(
            conversion: 0, touches: 6, timesMs: timesMs, lookBackMs: lookBackMs,
            isSinceConversion: isSinceConversion, touchCountMax: touchCountMax)
    }

    func journeys(_ c: RandomColumns, _ masks: [UInt32]) -> [FoundJourney] {
        c.people.flatMap { person -> [FoundJourney] in
            let events = c.events(of: person)
            let conversions = events.filter { masks[$0] & 1 != 0 }
            let touches = events.filter { masks[$0] & 6 != 0 }
            let converted = conversions.filter { timesMs.contains(c.times[$0]) }.map { conversion in
                let before = conversions.last { $0 < conversion } ?? -1
                let led = touches.filter {
                    $0 < conversion && c.times[conversion] - c.times[$0] <= lookBackMs
                        && (!isSinceConversion || $0 >= before)
                }
                return journey(person, conversion, led)
            }
            return (converted + lost(person, touches, conversions, c)).sorted { order($0) < order($1) }
        }
    }

    /// Touches in the range that lead to no conversion, together with those of one look-back from the first.
    private func lost(_ person: Int, _ touches: [Int], _ conversions: [Int], _ c: RandomColumns) -> [FoundJourney] {
        var journeys: [[Int]] = []
        for touch in touches where timesMs.contains(c.times[touch]) {
            let next = conversions.first { $0 > touch }
            if let next, c.times[next] - c.times[touch] <= lookBackMs { continue }
            if let first = journeys.last?[0], c.times[touch] - c.times[first] <= lookBackMs,
                !conversions.contains(where: { $0 > first && $0 <= touch })
            {
                journeys[journeys.count - 1].append(touch)
            } else {
                journeys.append([touch])
            }
        }
        return journeys.map { journey(person, nil, $0) }
    }

    private func journey(_ person: Int, _ conversion: Int?, _ touches: [Int]) -> FoundJourney {
        FoundJourney(
            person: UInt32(person), conversion: conversion.map { UInt32($0) },
            touches: touches.suffix(touchCountMax).map { UInt32($0) },
            droppedCount: UInt32(max(0, touches.count - touchCountMax)))
    }

    /// What led to nothing ends at the conversion behind it, and is told before it.
    private func order(_ journey: FoundJourney) -> Double {
        journey.conversion.map { Double($0) } ?? Double(journey.touches[0]) + 0.5
    }
}
