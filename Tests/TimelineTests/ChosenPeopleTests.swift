import Base
import Domain
import Testing

@testable import Timeline

/// A query about an audience answers as if nobody else had ever come.
@Suite struct ChosenPeopleTests {
    private struct World {
        let among: TimelineSnapshot  // Everybody, of whom the audience is meant.
        let alone: TimelineSnapshot  // A timeline of the audience alone.

        init(seed: UInt64) throws {
            let events = RandomEvents.make(seed: seed, count: 700)
            let expression = Self.expression(seed)
            func index(_ snapshot: TimelineSnapshot) -> TimelineSnapshot {
                var index = PersonMergeIndex(of: snapshot)
                for key in 0..<Int32(seed % 4) {
                    let ids = (0..<3).map { PersonID(validated: "person \(Int(key) + 5 * $0)") }
                    index.insert(key, person: ids[0], members: ids)
                }
                return index.merging(snapshot)
            }
            let everybody = index(Self.timeline(events).snapshot())
            let query = try AudienceQuery(expression, now: EventTime(clampingUnixMs: 1_004_000))
            let members = Set(everybody.audience(query, countMax: 1000).people)
            among = everybody.among(query)
            alone = index(
                Self.timeline(
                    events.filter { event in
                        let code = everybody.code(of: event.event.person)
                        return code.map { members.contains(everybody.person(of: $0)) } ?? false
                    }
                ).snapshot())
        }

        private static func timeline(_ events: [TimelineEvent]) -> Timeline {
            let timeline = Timeline(options: TimelineOptions(headCountMin: 100))
            timeline.append(Array(events.prefix(400)))
            timeline.merge()
            timeline.append(Array(events.dropFirst(400)))
            return timeline
        }

        private static func expression(_ seed: UInt64) -> AudienceExpression {
            let did = AudienceExpression.did(
                .init(event: EventFilter(name: RandomEvents.names[3]), counts: 2 + Int(seed % 3)...Int.max))
            switch seed % 5 {
            case 0: return .not(did)
            case 1: return .all([did, .not(did)])  // Nobody.
            case 2: return .all([])  // Everybody.
            default: return did
            }
        }
    }

    private static let range = EventTime(clampingUnixMs: 1_000_200)..<EventTime(clampingUnixMs: 1_004_000)
    private static let days = EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: 3 * 86_400_000)
    private static let until = EventTime(clampingUnixMs: 1_006_000)
    private static let filters = RandomEvents.names.map { EventFilter(name: $0) }
    private static let zone = DayZone(name: "made up") { _ in Milliseconds(86_400_000 - 1_002_000) }

    private func check<Answer: Equatable>(_ world: World, _ ask: (TimelineSnapshot) throws -> Answer) rethrows {
        #expect(try ask(world.among) == ask(world.alone))
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func answersAreThoseOfATimelineOfTheAudienceAlone(seed: UInt64) throws {
        let (world, filters) = (try World(seed: seed), Self.filters)
        check(world) { $0.peopleCount }
        let segmentation = try SegmentationQuery(
            event: EventFilter(name: nil), measure: [.events, .people, .eventsPerPerson][Int(seed % 3)],
            dimensions: [.name, .channel], boundaries: [Self.range.lowerBound, Self.range.upperBound], groupCount: 50)
        check(world) { $0.segmentation(segmentation).total }
        check(world) { Set($0.segmentation(segmentation).groups.map { "\($0)" }) }
        for order in FunnelQuery.Order.allCases {
            let funnel = try FunnelQuery(
                steps: Array(filters.prefix(3)), window: Milliseconds(900), order: order, hasTimes: seed % 2 == 0)
            check(world) { $0.funnel(funnel) }
        }
        let retention = try RetentionQuery(
            start: filters[0], returning: filters[1], range: Self.days, period: .day, zone: Self.zone,
            columnCount: 2, counting: .bracketed, isFirstOnly: seed % 2 == 0)
        check(world) { $0.retention(retention, observedUntil: Self.until) }
        let survival = SurvivalQuery(
            start: filters[0], end: filters[3], occurrence: 1, isFirstOnly: false, range: Self.range,
            unit: Milliseconds(300), unitCount: 10, groups: [])
        check(world) { "\($0.survival(survival, observedUntil: Self.until))" }
        let journeys = try JourneyQuery(
            conversion: filters[3], refund: nil, touches: [filters[0]], dimension: .channel, range: Self.range,
            lookBack: Milliseconds(900), isSinceConversion: true, isCollapsed: false, direct: [])
        check(world) { $0.journeys(journeys, observedUntil: Self.until).journeys.count }
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func soAreThoseOfActsInOrder(seed: UInt64) throws {
        let (world, filters) = (try World(seed: seed), Self.filters)
        let lifecycle = try LifecycleQuery(
            active: EventFilter(name: nil), range: Self.days, period: .day, zone: Self.zone)
        check(world) { $0.lifecycle(lifecycle, observedUntil: Self.until) }
        let stickiness = try StickinessQuery(active: filters[1], range: Self.days, zone: Self.zone, windowLength: 2)
        check(world) { $0.stickiness(stickiness, observedUntil: Self.until) }
        let sessions = try SessionQuery(
            events: EventFilter(name: nil), gap: Milliseconds(40), range: Self.range, zone: Self.zone)
        check(world) { $0.sessions(sessions).all }
        check(world) { $0.dwell(DwellQuery(range: Self.range, cap: Milliseconds(300), roomCount: 3)) }
        let paths = PathQuery(
            anchor: filters[0], direction: .from, counting: .people, steps: .every(except: []), range: Self.range,
            depth: 3, gap: Milliseconds(300), window: nil, isFolded: true, isByChannel: false, nodeCount: 50,
            pathCount: 50)
        check(world) { $0.paths(paths).total }
        check(world) { Set($0.paths(paths).paths.map { "\($0)" }) }
        let buyers = BuyerQuery(order: filters[3], refund: nil, currency: .cny, range: Self.range)
        check(world) { $0.buyers(buyers).buyers.map { [$0.orders, Int($0.minor)] }.sorted { $0[1] < $1[1] } }
    }
}
