import Base
import Testing

@testable import Kernels

@Suite struct SessionKernelTests {
    private struct Session: Equatable {
        let person: Int
        let firstMs: Int64
        let channel: UInt8
        let eventCount: Int
        let durationMs: Int64
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let moments = [40, 700, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, momentCount: moments)
        let masks = seed % 2 == 0 ? columns.names.map { _ in 1 } : columns.masks(of: [[600, 900, 0]], in: 127)
        let boundaries = stride(from: -3, to: moments + 50, by: Int(moments / 7) + 1).map { Int64($0) }
        let last = boundaries[boundaries.count - 1]
        let plan = SessionPlan(
            gapMs: Int64.random(in: 0...moments / 5, using: &random),
            timesMs: Int64.random(in: -3...moments / 4, using: &random)..<last, boundariesMs: boundaries)
        let sessions = columns.people.flatMap { Self.sessions(plan, $0, columns, masks) }
        let tally = run(plan, columns, masks)
        #expect(tally.durationsMs == sessions.map(\.durationMs))
        let counts = columns.people.map { person in UInt32(sessions.count { $0.person == person }) }
        #expect(tally.sessionCounts == counts.filter { $0 > 0 })
        #expect(tally.all == Self.sums(sessions))
        for (channel, sums) in tally.byChannel.enumerated() {
            #expect(sums == Self.sums(sessions.filter { Int($0.channel) == channel }))
        }
        for (day, sums) in tally.byDay.enumerated() {
            let span = boundaries[day]..<boundaries[day + 1]
            #expect(sums == Self.sums(sessions.filter { span.contains($0.firstMs) }))
        }
    }

    private func run(_ plan: SessionPlan, _ c: RandomColumns, _ masks: [UInt32]) -> SessionTally {
        var sum = SessionTally(plan)
        for people in [0..<11, 11..<c.people.count] {
            var tally = SessionTally(plan)
            countSessions(
                plan, people: people, skipped: Span(), offsets: c.offsets.span, times: c.times.span,
                channels: c.channels.span, masks: masks.span, into: &tally)
            sum.add(tally)
        }
        return sum
    }

    /// Each event that is far from the one before it begins a session, which reaches up to the next that does.
    private static func sessions(
        _ plan: SessionPlan, _ person: Int, _ c: RandomColumns, _ masks: [UInt32]
    ) -> [Session] {
        let events = c.events(of: person).filter { masks[$0] & 1 != 0 }
        let begins = events.indices.filter { $0 == 0 || c.times[events[$0]] - c.times[events[$0 - 1]] > plan.gapMs }
        return zip(begins, begins.dropFirst() + [events.count]).compactMap { begin, end in
            let times = events[begin..<end].map { c.times[$0] }
            guard let first = times.first, let last = times.last, plan.timesMs.contains(first) else { return nil }
            return Session(
                person: person, firstMs: first, channel: c.channels[events[begin]], eventCount: times.count,
                durationMs: last - first)
        }
    }

    private static func sums(_ sessions: [Session]) -> SessionSums {
        Dictionary(grouping: sessions, by: \.person).values.reduce(into: SessionSums()) { sums, own in
            let (n, e) = (own.count, own.reduce(0) { $0 + $1.eventCount })
            let (b, d) = (own.count { $0.eventCount == 1 }, own.reduce(0.0) { $0 + Double($1.durationMs) })
            sums.people += 1
            sums.sessions += n
            sums.events += e
            sums.bounces += b
            sums.durationsMs += d
            sums.sessionSquares += n * n
            sums.eventSquares += e * e
            sums.bounceSquares += b * b
            sums.durationSquares += d * d
            sums.eventProducts += e * n
            sums.bounceProducts += b * n
            sums.durationProducts += d * Double(n)
        }
    }
}
