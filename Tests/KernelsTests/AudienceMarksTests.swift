import Base
import Testing

@testable import Kernels

/// Each kernel against its definition in words, person by person.
struct AudienceMarksTests {
    private struct World {
        let columns: RandomColumns
        let masks: [UInt32]
        let scope: EventScope

        init(_ seed: UInt64) {
            columns = RandomColumns(seed: seed, momentCount: seed % 2 == 0 ? 400 : 12)
            masks = columns.times.indices.map { [columns] i in
                UInt32(columns.names[i] / 300) & 5 | UInt32(columns.channels[i] & 1) << 1
            }
            let times: [Range<Int64>] = [0..<1 << 50, 100..<300, 3..<9, 50..<50]
            scope = EventScope(bits: [1, 2, 4, 6][Int(seed % 4)], timesMs: times[Int(seed / 4 % 4)])
        }

        /// The events of a person that the scope means.
        func meant(_ person: Int) -> [Int] {
            columns.events(of: person).filter {
                masks[$0] & scope.bits != 0 && scope.timesMs.contains(columns.times[$0])
            }
        }

        func check(
            _ mark: (inout MutableSpan<UInt64>) -> Void, _ holds: ([Int]) -> Bool,
            _ location: SourceLocation = #_sourceLocation
        ) {
            var marks = [UInt64](repeating: 8, count: columns.people.count)
            var span = marks.mutableSpan
            mark(&span)
            let want = columns.people.map { holds(meant($0)) ? 24 : 8 as UInt64 }
            #expect(marks == want, sourceLocation: location)
        }
    }

    @Test(arguments: 0..<32 as Range<UInt64>)
    func countsAreThoseOfTheEventsThatAreMeant(seed: UInt64) {
        let world = World(seed)
        let counts = [0...0, 1...Int.max, 2...3][Int(seed % 3)]
        world.check(
            {
                markCounts(
                    16, world.scope, counts: counts, offsets: world.columns.offsets.span,
                    times: world.columns.times.span, masks: world.masks.span, into: &$0)
            }, { counts.contains($0.count) })
    }

    @Test(arguments: 0..<32 as Range<UInt64>)
    func theLastEventDecides(seed: UInt64) {
        let world = World(seed)
        world.check(
            {
                markLatest(
                    16, world.scope, meeting: 1, offsets: world.columns.offsets.span,
                    times: world.columns.times.span, masks: world.masks.span, into: &$0)
            }, { $0.last.map { world.masks[$0] & 1 != 0 } ?? false })
    }

    @Test(arguments: 0..<32 as Range<UInt64>)
    func valuesAreAggregated(seed: UInt64) {
        let world = World(seed)
        let values = world.columns.extras.map { $0 == 0 ? .nan : Double($0) - 2 }
        let bounds = [0.0...2.0, -Double.infinity...0.5, 1.0...Double.infinity][Int(seed % 3)]
        let aggregates: [ValueAggregate] = [.sum, .mean, .max, .min]
        for (number, aggregate) in aggregates.enumerated() {
            world.check(
                {
                    markValues(
                        16, world.scope, aggregate, within: bounds, values: values.span,
                        offsets: world.columns.offsets.span, times: world.columns.times.span,
                        masks: world.masks.span, into: &$0)
                },
                { events in
                    let found = events.map { values[$0] }.filter { !$0.isNaN }
                    let sum = found.reduce(0, +)
                    let made = [sum, found.isEmpty ? nil : sum / Double(found.count), found.max(), found.min()][number]
                    return made.map { bounds.contains($0) } ?? false
                })
        }
    }

    @Test(arguments: 0..<32 as Range<UInt64>)
    func differentCodesAreCountedOnce(seed: UInt64) {
        let world = World(seed)
        let counts = [0...0, 2...2, 1...Int.max][Int(seed % 3)]
        var seen: [UInt32] = []
        world.check(
            {
                markDistinct(
                    16, world.scope, counts: counts, codes: world.columns.subjects.span, seen: &seen,
                    offsets: world.columns.offsets.span, times: world.columns.times.span, masks: world.masks.span,
                    into: &$0)
            },
            { events in
                counts.contains(Set(events.map { world.columns.subjects[$0] }).subtracting([0]).count)
            })
    }

    @Test(arguments: 0..<32 as Range<UInt64>)
    func aSpanThatMovesIsLookedAtAgainWhereItsEventsChange(seed: UInt64) {
        let world = World(seed)
        let (length, moment): (Int64, Int64) = seed % 2 == 0 ? (150, 200) : (4, 6)
        var due = [Int64](repeating: .max, count: world.columns.people.count)
        var span = due.mutableSpan
        lowerDueTimes(
            bits: world.scope.bits, lengthMs: length, momentMs: moment, offsets: world.columns.offsets.span,
            times: world.columns.times.span, masks: world.masks.span, dueMs: &span)
        for person in world.columns.people {
            let meant = world.columns.events(of: person).filter { world.masks[$0] & world.scope.bits != 0 }
            func within(_ moment: Int64) -> [Int] {
                meant.filter { (moment - length..<moment).contains(world.columns.times[$0]) }
            }
            let changed = (moment + 1..<1000).first { within($0) != within(moment) }
            #expect(due[person] == changed ?? .max)
        }
    }

    @Test(arguments: 0..<64 as Range<UInt64>)
    func aProgramIsWhatItSays(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var steps: [AudienceProgram.Step] = []
        let holds = Self.part(depth: 4, &steps, &random)
        let program = AudienceProgram(steps)
        for _ in 0..<50 {
            let marks = random.next()
            #expect(program.holds(marks) == holds(marks))
        }
    }

    /// A random part, its steps, and what it means.
    private static func part(
        depth: Int, _ steps: inout [AudienceProgram.Step], _ random: inout SeededGenerator
    ) -> (UInt64) -> Bool {
        switch depth == 0 ? 0 : Int.random(in: 0..<4, using: &random) {
        case 0:
            let number = Int.random(in: 0..<64, using: &random)
            steps.append(.leaf(number))
            return { $0 >> UInt64(number) & 1 != 0 }
        case 1:
            let inner = part(depth: depth - 1, &steps, &random)
            steps.append(.not)
            return { !inner($0) }
        case let kind:
            let count = Int.random(in: 0...3, using: &random)
            var parts: [(UInt64) -> Bool] = []
            for _ in 0..<count { parts.append(part(depth: depth - 1, &steps, &random)) }
            steps.append(kind == 2 ? .all(count) : .any(count))
            return { [parts] marks in
                kind == 2 ? parts.allSatisfy { $0(marks) } : parts.contains { $0(marks) }
            }
        }
    }

    @Test func findsThoseForWhomItHoldsAndWhoAreNotSkipped() {
        let marks: [UInt64] = [1, 0, 1, 3, 2]
        var rows = [UInt32](repeating: 0, count: 5)
        var span = rows.mutableSpan
        let count = findMembers(
            AudienceProgram([.leaf(0)]), marks: marks.span, skipped: ([1] as [UInt64]).span, into: &span)
        #expect(Array(rows[..<count]) == [2, 3])
    }

    @Test func stepsOfASequenceAreBitsOfTheirOwn() {
        let masks: [UInt32] = [0, 1, 4, 5, 2]
        var copied = [UInt32](repeating: 9, count: 5)
        var span = copied.mutableSpan
        copyBits(([2, 0, 2] as [UInt32]).span, of: masks.span, into: &span)
        #expect(copied == [0, 2, 5, 7, 0])
    }
}
