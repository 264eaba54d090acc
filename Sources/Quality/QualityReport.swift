public import Base
public import Domain

/// How many elements of a source were sent again, of all, in each of the last eight days; the last one ends now.
public struct SourceDays: Sendable, Equatable {
    public let days: [(duplicates: Int, of: Int)]

    public init(days: [(duplicates: Int, of: Int)]) { self.days = days }

    public static func == (one: Self, two: Self) -> Bool { one.days.elementsEqual(two.days, by: ==) }
}

extension QualityState {
    /// The quality of every event of every source, by event and source.
    ///
    /// - Parameters:
    ///   - rules: By event; what has none is held to the default.
    ///   - sources: Of duplicates, which belong to sources and not to events.
    ///   - plan: In force.
    /// - Complexity: Some ten milliseconds for a thousand fields.
    public func report(
        at now: EventTime, rules: [EventName: QualityRule], sources: (SourceName) -> SourceDays, plan: EnforcedPlan
    ) -> [EventQuality] {
        let core = copy
        return zip(core.keys, core.series).map { key, series in
            let judge = SeriesJudge(
                series: series, rule: rules[key.event] ?? QualityRule(), end: Hour(of: now).number + 1,
                isPlanned: plan.isPlanned(key.event))
            return EventQuality(
                key: key, accepted: judge.days.last?[EventSeries.Column.accepted.rawValue] ?? 0,
                volumes: judge.volumes,
                parts: [
                    judge.validity, judge.completeness, judge.freshness, judge.duplicates(sources(key.source)),
                    judge.drift,
                ])
        }.sorted { $0.key < $1.key }
    }

    /// The end of the last of the eight days, which is that of the hour of asking.
    public static func dayRanges(at now: EventTime) -> [Range<EventTime>] {
        let end = Hour(of: now).number + 1
        return (0..<dayCount).map { day in
            let start = end - (dayCount - day) * dayHours
            return Hour(number: start).start..<Hour(number: start + dayHours).start
        }
    }
}

/// The parts of one series.
struct SeriesJudge {
    let series: EventSeries
    let rule: QualityRule
    let end: Int32  // The hour behind the last one that counts.
    let isPlanned: Bool
    let days: [[Int]]  // Sums of the columns.

    init(series: EventSeries, rule: QualityRule, end: Int32, isPlanned: Bool) {
        self.series = series
        self.rule = rule
        self.end = end
        self.isPlanned = isPlanned
        days = (0..<QualityState.dayCount).map { day in
            let start = end - (QualityState.dayCount - day) * QualityState.dayHours
            return series.hours.sums(start..<start + QualityState.dayHours)
        }
    }

    var volumes: [Int] { days.map { $0[EventSeries.Column.accepted.rawValue] } }

    /// Accepted without a violation, of what was held against a plan or refused by one.
    var validity: PartScore {
        share(.validity, bound: rule.validityMin) { day in
            let checked = day[EventSeries.Column.checked.rawValue]
            return (
                checked - day[EventSeries.Column.violating.rawValue], checked + day[EventSeries.Column.refused.rawValue]
            )
        }
    }

    /// With every required field, of what was held against a plan and taken.
    var completeness: PartScore {
        share(.completeness, bound: rule.completenessMin) { day in
            let checked = day[EventSeries.Column.checked.rawValue]
            return (checked - day[EventSeries.Column.incomplete.rawValue], checked)
        }
    }

    private func share(_ part: QualityPart, bound: Double, _ count: ([Int]) -> (hits: Int, of: Int)) -> PartScore {
        let counts = days.map(count)
        return PartScore(
            part, day: counts.last ?? (0, 0), days: counts, bound: bound, sampleLeast: rule.sampleLeast,
            isPlanned: isPlanned || (counts.last?.of ?? 0) > 0)
    }

    /// Received within the bound after it happened.
    var freshness: PartScore {
        let classes = days.map { Array($0[EventSeries.Column.lateness.rawValue...]) }
        let prompt = Lateness.edges.prefix { $0 <= rule.freshnessBoundSeconds }.count
        let counts = classes.map { (hits: $0.prefix(prompt).reduce(0, +), of: $0.reduce(0, +)) }
        let last = classes.last ?? []
        return PartScore(
            .freshness, day: counts.last ?? (0, 0), days: counts, bound: rule.freshnessMin,
            sampleLeast: rule.sampleLeast,
            detail: .lateness(
                medianSeconds: Lateness.quantile(0.5, of: last), p95Seconds: Lateness.quantile(0.95, of: last)))
    }

    func duplicates(_ source: SourceDays) -> PartScore {
        let counts = source.days.map { (hits: $0.duplicates, of: $0.of) }
        return PartScore(
            .duplicates, day: counts.last ?? (0, 0), days: counts, bound: rule.duplicatesMax,
            sampleLeast: rule.sampleLeast)
    }

    /// The place, or the volume, that has moved furthest from the seven days before.
    var drift: PartScore {
        let judge = DriftJudge(series: series, end: end, sampleLeast: rule.sampleLeast)
        let moves = judge.moves + [judge.volume].compactMap { $0 }
        let most = moves.max { $0.excess < $1.excess }
        let excess = most?.excess
        let isEnough = judge.sampleCount >= rule.sampleLeast
        let missing: PartScore.Missing? = most != nil ? nil : isEnough ? .noPast : .tooFew
        return PartScore(
            part: .drift, value: excess, interval: nil, sampleCount: judge.sampleCount,
            sampleNeeded: rule.sampleLeast, missing: missing, bound: rule.driftMax,
            points: excess.map { max(0, 1 - $0 / (2 * rule.driftMax)) }, days: [],
            detail: most.map { .drift(of: $0.place, index: $0.index, chance: $0.chance) } ?? .none)
    }
}

extension Lateness {
    /// In seconds, linear within a class; the last class counts as its lower end.
    static func quantile(_ share: Double, of counts: [Int]) -> Double {
        let whole = counts.reduce(0, +)
        var rest = share * Double(whole)
        for (place, count) in counts.enumerated() where count > 0 {
            if rest <= Double(count) {
                let low = place == 0 ? 0 : Double(edges[place - 1])
                let high = place < edges.count ? Double(edges[place]) : low
                return low + (high - low) * rest / Double(count)
            }
            rest -= Double(count)
        }
        return 0
    }
}
