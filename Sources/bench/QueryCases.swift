import Base
import Domain
import Timeline

/// One question of `query_peers.py`, and how we ask it; the answers must agree.
struct QueryCase: Sendable {
    let name: String
    let answer: @Sendable (TimelineSnapshot) throws -> JSON

    static let all: [QueryCase] = [
        QueryCase(name: "query-segmentation", answer: { .people(try $0.segmentation(segmentation(.people))) }),
        QueryCase(name: "query-average", answer: { .averages(try $0.segmentation(segmentation(.mean(.money(.cny))))) }),
        QueryCase(
            name: "query-retention",
            answer: { .cohorts($0.retention(try retention(), observedUntil: end)) }),
        QueryCase(name: "query-any-order", answer: { .steps($0.funnel(try funnel(.any))) }),
        QueryCase(name: "query-time-to-convert", answer: { .times($0.funnel(try funnel(.ordered, hasTimes: true))) }),
        QueryCase(name: "query-path", answer: { .ways($0.paths(paths)) }),
        QueryCase(name: "query-journeys", answer: { .transitions(try journeys($0)) }),
        QueryCase(name: "query-audience", answer: { .int(Int64($0.audience(try audience(), countMax: 0).count)) }),
    ]

    private static let dayMs: Int64 = 86_400_000
    private static let end = ShopTraffic.start.advanced(by: .days(ShopTraffic.dayCount))
    private static let days = (0...ShopTraffic.dayCount).map { ShopTraffic.start.advanced(by: .days($0)) }
    private static let utc = DayZone(name: "UTC") { _ in Milliseconds(0) }

    private static func segmentation(_ measure: SegmentationQuery.Measure) throws -> SegmentationQuery {
        let isMoney = if case .people = measure { false } else { true }
        return try SegmentationQuery(
            event: EventFilter(name: ShopTraffic.names[isMoney ? 5 : 3]), measure: measure, dimensions: [.channel],
            boundaries: days)
    }

    private static func retention() throws -> RetentionQuery {
        try RetentionQuery(
            start: EventFilter(name: ShopTraffic.names[3]), returning: EventFilter(name: ShopTraffic.names[5]),
            range: ShopTraffic.start..<end, period: .day, zone: utc, columnCount: 8, counting: .bracketed,
            isFirstOnly: false)
    }

    private static func funnel(_ order: FunnelQuery.Order, hasTimes: Bool = false) throws -> FunnelQuery {
        try FunnelQuery(
            steps: [2, 4, 5].map { EventFilter(name: ShopTraffic.names[$0]) }, window: .days(1), order: order,
            hasTimes: hasTimes)
    }

    /// The first look at a product, and what the next three events are.
    private static let paths = PathQuery(
        anchor: EventFilter(name: ShopTraffic.names[3]), direction: .from, counting: .people,
        steps: .every(except: []), range: ShopTraffic.start..<end.advanced(by: .days(1)), depth: 3, gap: .days(400),
        window: nil, isFolded: false, isByChannel: false, nodeCount: 50, pathCount: 1000)

    /// Looks at products before each order, by channel: what a Markov model of attribution is made of.
    private static func journeys(_ snapshot: TimelineSnapshot) throws -> JourneySet {
        let query = try JourneyQuery(
            conversion: EventFilter(name: ShopTraffic.names[5]), refund: nil,
            touches: [EventFilter(name: ShopTraffic.names[3])], dimension: .channel,
            range: ShopTraffic.start..<end.advanced(by: .days(1)), lookBack: .days(365))
        return snapshot.journeys(query, observedUntil: end.advanced(by: .days(400)))
    }

    private static func audience() throws -> AudienceQuery {
        let did = AudienceExpression.did(.init(event: EventFilter(name: ShopTraffic.names[3]), counts: 3...Int.max))
        let didNot = AudienceExpression.not(.did(.init(event: EventFilter(name: ShopTraffic.names[5]))))
        return try AudienceQuery(.all([did, didNot]), now: EventTime(clampingUnixMs: 0))
    }
}

extension JSON {
    /// By channel, in the order of the traffic's, events and people of each day and of all.
    fileprivate static func people(_ result: SegmentationResult) -> JSON {
        .array(
            ShopTraffic.channels.map { channel in
                let group = result.groups.first { $0.keys == [.text(channel.text)] }
                return .array(
                    ((group?.series ?? []) + [group?.total].compactMap(\.self)).map { cell in
                        .array([.int(Int64(cell.events)), .int(Int64(cell.people))])
                    })
            })
    }

    /// By channel, the average of all days in whole thousandths.
    fileprivate static func averages(_ result: SegmentationResult) -> JSON {
        .array(
            ShopTraffic.channels.map { channel in
                let value = result.groups.first { $0.keys == [.text(channel.text)] }?.total.value
                return .int(Int64(((value ?? 0) * 1000).rounded()))
            })
    }

    /// People of each day's cohort, and of them those who came back on each day after it.
    fileprivate static func cohorts(_ result: RetentionResult) -> JSON {
        .array(
            result.cohorts.map { cohort in
                .array(([cohort.people] + cohort.returned.dropFirst()).map { .int(Int64($0)) })
            })
    }

    fileprivate static func steps(_ result: FunnelResult) -> JSON { .array(result.people.map { .int(Int64($0)) }) }

    /// Each path of codes and how many took it, in the order of the paths.
    fileprivate static func ways(_ result: PathResult) -> JSON {
        let ways = result.paths.map { path in
            (path.nodes.compactMap { node in ShopTraffic.names.firstIndex { $0 == node.name } }, path.counts.paths)
        }
        return .array(
            ways.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map { way, count in
                .array([.array(way.map { .int(Int64($0)) }), .int(Int64(count))])
            })
    }

    /// By whether they ended in an order: how often each channel was followed by each; before the first is a row of its
    /// own, behind the last a column.
    fileprivate static func transitions(_ set: JourneySet) -> JSON {
        let count = ShopTraffic.channels.count
        let channels = set.keys.map { key in
            ShopTraffic.channels.firstIndex { key == .named($0.text) } ?? count
        }
        var cells = [Int](repeating: 0, count: 2 * (count + 1) * (count + 1))
        var next = 0
        for journey in set.journeys {
            let table = (journey.conversion == nil ? 0 : 1) * (count + 1)
            var from = count
            for touch in set.touches[next..<next + journey.touchCount] {
                let to = channels[Int(touch.key)]
                cells[(table + from) * (count + 1) + to] += 1
                from = to
            }
            if journey.touchCount > 0 { cells[(table + from) * (count + 1) + count] += 1 }
            next += journey.touchCount
        }
        return .array(cells.map { .int(Int64($0)) })
    }

    /// People, and the median of the time they took, in milliseconds.
    fileprivate static func times(_ result: FunnelResult) -> JSON {
        .array(
            [
                result.people.last, result.times.last?.quantiles.first { $0.share == 0.5 }.map { Int($0.time.count) },
            ].map { .int(Int64($0 ?? -1)) })
    }
}
