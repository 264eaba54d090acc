import Base
import Domain
import Testing

@testable import Timeline

@Suite struct PathTests {
    /// Of each person the path of their first anchor, as it is said in words; steps follow each other within a gap.
    private static func paths(_ plain: PlainTimeline, _ query: PathQuery) -> [[String]] {
        plain.entries.values.compactMap { entries in
            let steps = entries.filter { entry in
                guard case .every(except: let filters) = query.steps else { return true }
                return query.anchor.matches(entry) || !filters.contains { $0.matches(entry) }
            }
            let onward = query.direction == .from ? steps : steps.reversed()
            let anchors = onward.indices.filter {
                query.anchor.matches(onward[$0]) && query.range.contains(onward[$0].time)
            }
            guard let first = query.direction == .from ? anchors.first : anchors.last else { return nil }
            var path = [text(onward[first], query)]
            for (before, step) in zip(onward[first...], onward[(first + 1)...]) {
                guard path.count <= query.depth, abs(step.time.since(before.time).count) <= query.gap.count else {
                    break
                }
                if path.last != text(step, query) { path.append(text(step, query)) }
            }
            return path
        }
    }

    private static func text(_ entry: TimelineEntry, _ query: PathQuery) -> String {
        query.isByChannel ? "\(entry.name.text) \(entry.channel.text)" : entry.name.text
    }

    private static func text(_ node: PathResult.Node) -> String {
        [node.name?.text, node.channel?.text].compactMap(\.self).joined(separator: " ")
    }

    private static func query(_ seed: UInt64) -> PathQuery {
        PathQuery(
            anchor: EventFilter(
                name: RandomEvents.names[0], channel: seed % 3 == 1 ? RandomEvents.channels[0] : nil),
            direction: seed % 2 == 0 ? .from : .to, counting: .people,
            steps: .every(except: seed % 4 < 2 ? [EventFilter(name: RandomEvents.names[4])] : []),
            range: EventTime(clampingUnixMs: 1_000_100)..<EventTime(clampingUnixMs: 1_900_000),
            depth: 1 + Int(seed % 8), gap: Milliseconds(seed % 2 == 0 ? 30 : 90_000), window: nil, isFolded: true,
            isByChannel: seed % 5 == 0, nodeCount: 3, pathCount: 7)
    }

    @Test(arguments: TimelineQueryTests.seeds)
    func theMostTakenArePaths(seed: UInt64) {
        TimelineAgreementTests.check(seed) { world in
            let query = Self.query(seed)
            let result = world.timeline.snapshot().paths(query)
            let paths = Self.paths(world.plain, query)
            let counts = Dictionary(grouping: paths) { $0 }.mapValues(\.count)
            #expect(result.total.paths == paths.count && result.total.people == paths.count)
            #expect(result.distinctCount == counts.count)
            #expect(result.paths.map(\.counts.paths) == counts.values.sorted(by: >).prefix(7).map { $0 })
            for path in result.paths {
                #expect(counts[path.nodes.map { Self.text($0) }] == path.counts.paths)
                #expect(path.isCut == (path.nodes.count == query.depth + 1))
            }
        }
    }

    @Test(arguments: TimelineQueryTests.seeds)
    func whatComesInGoesOutOrEnds(seed: UInt64) {
        TimelineAgreementTests.check(seed) { world in
            let query = Self.query(seed)
            let result = world.timeline.snapshot().paths(query)
            let paths = Self.paths(world.plain, query)
            for (level, places) in result.levels.enumerated() {
                let there = paths.filter { $0.count > level }
                #expect(places.reduce(0) { $0 + $1.count } == there.count)
                #expect(places.count <= 4)
                for (at, place) in places.enumerated() {
                    if !place.node.isOther {
                        #expect(place.count == there.count { $0[level] == Self.text(place.node) })
                    }
                    let coming = result.links.filter { $0.level == level - 1 && $0.to == at }
                    let going = result.links.filter { $0.level == level && $0.from == at }
                    #expect(level == 0 || coming.reduce(0) { $0 + $1.count } == place.count)
                    let isLast = level == query.depth
                    #expect(isLast || going.reduce(0) { $0 + $1.count } + place.endedCount == place.count)
                    #expect(!isLast || (going.isEmpty && place.endedCount == 0))
                }
            }
        }
    }

    @Test func namedStepsAreKnownByTheirNumber() {
        TimelineAgreementTests.check(4) { world in
            let steps = [
                EventFilter(name: nil, channel: RandomEvents.channels[1]), EventFilter(name: RandomEvents.names[2]),
            ]
            let result = world.timeline.snapshot().paths(
                PathQuery(
                    anchor: EventFilter(name: RandomEvents.names[0]), direction: .from, counting: .occurrences,
                    steps: .named(steps), range: EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 9_000_000),
                    depth: 3, gap: .days(1), window: nil, isFolded: false, isByChannel: false, nodeCount: 9,
                    pathCount: 9))
            let first = result.levels[0].map(\.node)
            #expect(first == [.init(step: 0, name: RandomEvents.names[0], channel: nil, isOther: false)])
            #expect(
                Set(result.levels[1].map(\.node)) == [
                    first[0], .init(step: 1, name: nil, channel: RandomEvents.channels[1], isOther: false),
                    .init(step: 2, name: RandomEvents.names[2], channel: nil, isOther: false),
                ])
            let anchors = world.plain.entries.values.joined().count { $0.name == RandomEvents.names[0] }
            #expect(result.total.paths == anchors && result.levels[0][0].count == anchors)
        }
    }
}
