import Base
import Testing

@testable import Kernels

@Suite struct PathKernelTests {
    @Test(arguments: 0..<90 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let moments = [40, 700, 100_000][Int(seed % 3)] as Int64
        let columns = RandomColumns(seed: seed, momentCount: moments)
        let from = Int64.random(in: -5..<moments / 2, using: &random)
        let question = DefinedPaths(
            counting: [.people, .sessions, .occurrences][Int(seed / 3 % 3)], isBackward: seed % 2 == 0,
            depth: Int.random(in: 1...PathPlan.depthMax, using: &random),
            timesMs: from..<(seed % 4 == 0 ? moments / 2 + 1 : .max),
            gapMs: Int64.random(in: 0...moments / 3, using: &random),
            windowMs: seed % 5 < 2 ? .max : Int64.random(in: 0...moments / 2, using: &random),
            isFolded: seed % 7 < 4, isByChannel: seed % 11 < 3, isNamed: seed % 13 < 6)
        let masks = columns.masks(of: [[600], [0, 600], [900]], in: 127)
        let paths = columns.people.map { question.paths(of: $0, columns, masks) }
        let tree = run(question.plan, columns, masks)
        #expect(tree.counted == CountedPaths(paths))
        #expect(tree.total.squares == paths.reduce(0) { $0 + $1.count * $1.count })
        #expect(tree.total.products == tree.total.squares)
    }

    static let cases: [(what: String, names: [UInt16], times: [Int64], paths: [[UInt32]])] = [
        ("an anchor alone", [1], [5], [[1]]),
        ("steps of one node are one", [1, 2, 2, 3], [1, 2, 3, 4], [[1, 2, 3]]),
        ("a run of anchors begins one path", [1, 1, 2], [1, 2, 3], [[1, 2]]),
        ("one more behind other steps begins another", [1, 2, 1], [1, 2, 3], [[1, 2, 1], [1]]),
        ("a gap ends a path, and a run", [1, 1, 2], [1, 20, 40], [[1], [1]]),
        ("so does the window", [1, 2, 3, 2], [1, 9, 17, 25], [[1, 2, 3]]),
        ("no more steps than asked for", [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [[1, 2, 3, 4]]),
    ]

    @Test(arguments: cases)
    func followsWhatIsMeant(c: (what: String, names: [UInt16], times: [Int64], paths: [[UInt32]])) {
        var columns = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        (columns.names, columns.times, columns.offsets) = (c.names, c.times, [0, UInt32(c.names.count)])
        columns.channels = c.names.map { _ in 0 }
        let plan = PathPlan(
            counting: .occurrences, isBackward: false, depth: 3, timesMs: 0..<100, gapMs: 10, windowMs: 20,
            isFolded: true, isByChannel: false, isNamed: false)
        let tree = run(plan, columns, c.names.map { $0 == 1 ? 1 : 0 })
        #expect(tree.counted == CountedPaths([c.paths]), "\(c.what)")
    }

    @Test func treesOfDifferentPeopleMerge() {
        let columns = RandomColumns(seed: 3, momentCount: 300)
        let masks = columns.masks(of: [[600]], in: nil)
        let plan = PathPlan(
            counting: .occurrences, isBackward: false, depth: 8, timesMs: 0..<300, gapMs: 100, windowMs: 300,
            isFolded: false, isByChannel: true, isNamed: false)
        var merged = PathTree()
        for people in [0..<13, 13..<14, 14..<40] { merged.add(run(plan, columns, masks, people)) }
        let whole = run(plan, columns, masks)
        #expect(merged.counted == whole.counted && merged.total == whole.total)
        #expect(merged.placeCount > 1024 / 2, "the table of children has grown")
        #expect(merged.throughCounts[PathTree.root] == merged.total.count)
        #expect(merged.levels.max() == 8)
    }

    private func run(
        _ plan: PathPlan, _ c: RandomColumns, _ masks: [UInt32], _ people: Range<Int>? = nil
    ) -> PathTree {
        var tree = PathTree()
        countPaths(
            plan, people: people ?? c.people, skipped: Span(), offsets: c.offsets.span, times: c.times.span,
            masks: masks.span, names: c.names.span, channels: c.channels.span, into: &tree)
        return tree
    }
}

extension RandomColumns {
    /// Bit k for each event that has one of the k-th names; the last of them in one channel alone.
    func masks(of names: [[UInt16]], in channel: UInt8?) -> [UInt32] {
        self.names.indices.map { event in
            names.indices.reduce(0) { mask, k in
                let isMet =
                    names[k].contains(self.names[event])
                    && (k < names.count - 1 || channel ?? channels[event] == channels[event])
                return isMet ? mask | 1 << UInt32(k) : mask
            }
        }
    }
}

/// How often each path ended, by how many people, and the sums of squares and products over people.
private struct CountedPaths: Equatable {
    var ends: [[UInt32]: [Int]] = [:]

    init() {}

    init(_ paths: [[[UInt32]]]) {
        for own in paths {
            for path in Set(own) {
                let count = own.count { $0 == path }
                let sums = [count, 1, count * count, count * own.count]
                ends[path] = zip(ends[path] ?? [0, 0, 0, 0], sums).map { $0 + $1 }
            }
        }
    }
}

extension PathTree {
    fileprivate var counted: CountedPaths {
        var counted = CountedPaths()
        for (place, ends) in ends.enumerated() where ends.count > 0 {
            counted.ends[path(to: place)] = [ends.count, ends.people, ends.squares, ends.products]
        }
        return counted
    }
}

/// Paths as they are said in words: of each person all steps first, then the runs and sessions, then the paths.
private struct DefinedPaths {
    let counting: PathPlan.Counting
    let isBackward: Bool
    let depth: Int
    let timesMs: Range<Int64>
    let gapMs: Int64
    let windowMs: Int64
    let isFolded: Bool
    let isByChannel: Bool
    let isNamed: Bool

    private struct Step {
        let timeMs: Int64
        let node: UInt32
        let isAnchor: Bool
    }

    var plan: PathPlan {
        PathPlan(
            counting: counting, isBackward: isBackward, depth: depth, timesMs: timesMs, gapMs: gapMs,
            windowMs: windowMs, isFolded: isFolded, isByChannel: isByChannel, isNamed: isNamed)
    }

    func paths(of person: Int, _ c: RandomColumns, _ masks: [UInt32]) -> [[UInt32]] {
        let steps = c.events(of: person).compactMap { step($0, c, masks[$0]) }
        let sessions = split(steps.indices) { steps[$1].timeMs - steps[$0].timeMs > gapMs }
        var anchors: [Int] = []
        for session in sessions {
            let runs = split(session) { !isFolded || steps[$0].node != steps[$1].node }
            let found = runs.compactMap { run in
                run.first { steps[$0].isAnchor && timesMs.contains(steps[$0].timeMs) }
            }
            anchors += counting == .sessions ? Array(found.prefix(1)) : found
        }
        if counting == .people { anchors = Array(anchors.prefix(1)) }
        return anchors.map { path(from: $0, steps) }
    }

    private func step(_ event: Int, _ c: RandomColumns, _ mask: UInt32) -> Step? {
        let isAnchor = mask & 1 != 0
        let bits = (0..<3 as Range<UInt32>).filter { mask >> $0 & 1 != 0 }
        let base = isNamed ? bits.first : isAnchor || bits.isEmpty ? UInt32(c.names[event]) : nil
        return base.map {
            let node = isByChannel ? $0 | UInt32(c.channels[event]) << 16 : $0
            return Step(timeMs: c.times[event], node: node, isAnchor: isAnchor)
        }
    }

    /// Cuts a range before each element that `isCut` says to begin anew with, seen beside the one before it.
    private func split(_ range: Range<Int>, where isCut: (Int, Int) -> Bool) -> [Range<Int>] {
        let inner = range.dropFirst().filter { isCut($0 - 1, $0) }
        let bounds = [range.lowerBound] + inner + [range.upperBound]
        return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    }

    private func path(from anchor: Int, _ steps: [Step]) -> [UInt32] {
        let onward = isBackward ? Array(steps[...anchor].reversed()) : Array(steps[anchor...])
        let within = zip(onward, onward.dropFirst()).prefix { before, step in
            abs(step.timeMs - before.timeMs) <= gapMs && abs(step.timeMs - onward[0].timeMs) <= windowMs
        }
        let nodes = within.reduce(into: [onward[0].node]) { nodes, pair in
            if !isFolded || nodes.last != pair.1.node { nodes.append(pair.1.node) }
        }
        return Array(nodes.prefix(depth + 1))
    }
}
