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
        QueryCase(name: "query-audience", answer: { .int(Int64($0.audience(try audience()).count)) }),
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

    private static func audience() throws -> AudienceQuery {
        try AudienceQuery(
            did: [AudienceClause(name: ShopTraffic.names[3], countMin: 3)],
            didNot: [AudienceClause(name: ShopTraffic.names[5])], limit: 0)
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

    /// People, and the median of the time they took, in milliseconds.
    fileprivate static func times(_ result: FunnelResult) -> JSON {
        .array(
            [
                result.people.last, result.times.last?.quantiles.first { $0.share == 0.5 }.map { Int($0.time.count) },
            ].map { .int(Int64($0 ?? -1)) })
    }
}
