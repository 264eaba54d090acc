import Base
import Testing

@testable import Kernels

@Suite struct DwellKernelTests {
    static let cases: [(what: String, masks: [UInt32], times: [Int64], watchMs: Int64)] = [
        ("to enter alone is to be there for no time", [1], [5], 0),
        ("heartbeats count the time between them", [1, 2, 2], [0, 7, 15], 15),
        ("no gap counts for more than the cap", [1, 2, 2], [0, 7, 107], 17),
        ("leaving ends", [1, 4], [0, 9], 9),
        ("what lies between leaving and entering was an absence", [1, 4, 1, 2], [0, 5, 9, 11], 7),
        ("so it was where leaving is missing", [1, 1, 2], [0, 9, 11], 2),
        ("a heartbeat behind leaving begins anew", [1, 4, 2, 2], [0, 5, 9, 11], 7),
        ("what lies outside the times is not there", [1, 2, 2], [-5, 3, 8], 5),
    ]

    @Test(arguments: cases)
    func sumsWhatIsMeant(c: (what: String, masks: [UInt32], times: [Int64], watchMs: Int64)) {
        let tally = run(
            DwellPlan(capMs: 10, timesMs: 0..<1000), offsets: [0, UInt32(c.times.count)], times: c.times,
            subjects: c.times.map { _ in 1 }, masks: c.masks, rooms: [.max, 0])
        #expect(tally.watchesMs == [c.watchMs], "\(c.what)")
        #expect(tally.byRoom[0].watchMs == Int(c.watchMs) && tally.byRoom[1].people == 0)
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let c = RandomColumns(seed: seed, momentCount: [40, 700, 100_000][Int(seed % 3)])
        let masks = c.masks(of: [[600], [0, 300], [900]], in: nil)
        let plan = DwellPlan(capMs: Int64.random(in: 0...90, using: &random), timesMs: 10..<90_000)
        let rooms: [UInt32] = [.max, 1, 0, 1]
        let tally = run(plan, offsets: c.offsets, times: c.times, subjects: c.subjects, masks: masks, rooms: rooms)
        let watched = c.people.map { person in
            (0..<2 as Range<UInt32>).map { room in
                Self.watchMs(plan, c.events(of: person).filter { rooms[Int(c.subjects[$0])] == room }, c, masks)
            }
        }
        #expect(tally.watchesMs == watched.map { $0.compactMap(\.self) }.filter { !$0.isEmpty }.map { $0.reduce(0, +) })
        for room in 0..<2 {
            let own = watched.compactMap { $0[room] }
            #expect(tally.byRoom[room].people == own.count)
            #expect(tally.byRoom[room].watchMs == Int(own.reduce(0, +)))
            #expect(tally.byRoom[room].squares == own.reduce(0) { $0 + Double($1 * $1) })
        }
    }

    /// Nil for somebody who was not there.
    private static func watchMs(
        _ plan: DwellPlan, _ events: [Int], _ c: RandomColumns, _ masks: [UInt32]
    ) -> Int64? {
        let signs = events.filter { masks[$0] & 7 != 0 && plan.timesMs.contains(c.times[$0]) }
        guard !signs.isEmpty else { return nil }
        return zip(signs, signs.dropFirst()).reduce(0) { sum, pair in
            let isPresence = masks[pair.0] & 4 == 0 && masks[pair.1] & 1 == 0
            return sum + (isPresence ? min(c.times[pair.1] - c.times[pair.0], plan.capMs) : 0)
        }
    }

    private func run(
        _ plan: DwellPlan, offsets: [UInt32], times: [Int64], subjects: [UInt32], masks: [UInt32], rooms: [UInt32]
    ) -> DwellTally {
        var sum = DwellTally(roomCount: 2)
        for person in 0..<offsets.count - 1 {
            var tally = DwellTally(roomCount: 2)
            sumDwell(
                plan, people: person..<person + 1, skipped: Span(), offsets: offsets.span, times: times.span,
                subjects: subjects.span, masks: masks.span, rooms: rooms.span, into: &tally)
            sum.add(tally)
        }
        return sum
    }
}
