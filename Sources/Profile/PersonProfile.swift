public import Base
public import Domain
public import Timeline

/// What a person's events tell of them, as of a moment; each trait with the events behind it.
public struct PersonProfile: Sendable, Equatable {
    public static let interestCountMax = 10

    public let lifecycle: Lifecycle
    public let categories: [Interest]
    public let brands: [Interest]
    public let hosts: [Interest]
    public let prices: [PriceBand]
    public let times: ActiveTimes
    public let channels: [ChannelResponse]
    public let spending: SpendingPower?  // Nil for someone who never paid.

    /// - Parameters:
    ///   - entries: The person's, newest first; later ones than `time` are left out.
    ///   - facts: Of the subjects of the entries, as the catalogue stands.
    ///   - own: What events themselves say, by their places in the journal: it counts where the catalogue says nothing.
    ///   - model: Of everybody's buying.
    public init(
        _ entries: [TimelineEntry], at time: EventTime, zone: DayZone, facts: [Subject: SubjectFacts],
        own: [UInt64: SubjectFacts] = [:], model: SpendingModel, rules: ProfileRules = ProfileRules()
    ) {
        let nowMs = time.unixMs
        let entries = entries.filter { $0.time <= time }
        let interests = { (part: KeyPath<SubjectFacts, String>) in
            Interest.all(
                entries, at: nowMs, halfLifeMs: rules.interestHalfLife.count, countMax: Self.interestCountMax
            ) { entry in
                let known = entry.subject.flatMap { facts[$0]?[keyPath: part] } ?? ""
                return known.isEmpty ? own[entry.sequence]?[keyPath: part] ?? "" : known
            }
        }
        lifecycle = Lifecycle(entries, at: nowMs, rules: rules)
        categories = interests(\.category)
        brands = interests(\.brand)
        hosts = interests(\.host)
        prices = PriceBand.all(entries)
        times = ActiveTimes(entries.filter { nowMs - $0.time.unixMs < rules.habitsWithin.count }, zone: zone)
        channels = ChannelResponse.all(entries, at: nowMs, windowMs: rules.responseWindow.count)
        spending = SpendingPower(entries, at: nowMs, days: rules.spendingDays, model)
    }
}
