public import Domain

/// Where people stand with a brand: stages from the weakest to the strongest, each with the rules that put somebody in.
///
/// A person is in the strongest stage one of whose rules holds; a stage ends when the rule's window has passed.
public struct StageModel: Sendable, Hashable {
    public static let stageCountMax = 15
    public static let ruleCountMax = 8  // Of one stage.
    public static let conditionCountMax = 8  // Of one rule.
    public static let conditionTotalMax = 64  // Of all rules together.
    public static let filterCountMax = 32  // Different ones, of all rules together.
    public static let leastMax: Int64 = 1_000_000_000
    public static let sumCountMax = 4  // Different properties that rules sum.
    public static let withinDaysMax = 3660

    /// Puts somebody into a stage for as long as all of its conditions hold.
    public struct Rule: Sendable, Hashable {
        public let conditions: [Condition]

        public init(_ conditions: [Condition]) { self.conditions = conditions }

        public init(filters: [EventFilter], least: Int64 = 1, sumOf: PropertyName? = nil, withinDays: Int?) {
            conditions = [Condition(filters: filters, least: least, sumOf: sumOf, withinDays: withinDays)]
        }
    }

    /// At least so many events that meet one of some filters, or at least so much of a property of theirs in all.
    public struct Condition: Sendable, Hashable {
        public let filters: [EventFilter]  // Empty for any event: somebody who is known.
        public let least: Int64
        public let sumOf: PropertyName?  // Of whole numbers, such as seconds of dwell; nil to count events.
        public let withinDays: Int?  // Before the moment that is asked for; nil for ever.
        var meant: [EventFilter] { filters.isEmpty ? [EventFilter(name: nil)] : filters }

        public init(filters: [EventFilter], least: Int64, sumOf: PropertyName?, withinDays: Int?) {
            self.filters = filters
            self.least = least
            self.sumOf = sumOf
            self.withinDays = withinDays
        }
    }

    public struct Stage: Sendable, Hashable {
        public let id: String
        public let rules: [Rule]

        public init(id: String, rules: [Rule]) {
            self.id = id
            self.rules = rules
        }

        var conditions: [Condition] { rules.flatMap(\.conditions) }
    }

    public let stages: [Stage]
    let filters: [EventFilter]  // Those of all rules, once each.
    let sums: [PropertyName]  // The properties that rules sum, once each.

    public init(stages: [Stage]) throws(StageModelError) {
        guard (1...Self.stageCountMax).contains(stages.count) else {
            throw .stageCountOutOfRange(count: stages.count, max: Self.stageCountMax)
        }
        var filters: [EventFilter] = []
        var ids: Set<String> = []
        for (index, stage) in stages.enumerated() {
            guard ids.insert(stage.id).inserted else { throw .repeatedStage(index: index) }
            try Self.check(stage, index)
            for filter in stage.conditions.flatMap(\.meant) where !filters.contains(filter) { filters.append(filter) }
        }
        guard filters.count <= Self.filterCountMax else {
            throw .tooManyFilters(count: filters.count, max: Self.filterCountMax)
        }
        let conditions = stages.flatMap(\.conditions)
        guard conditions.count <= Self.conditionTotalMax else {
            throw .tooManyConditions(count: conditions.count, max: Self.conditionTotalMax)
        }
        let sums = Set(conditions.compactMap(\.sumOf)).sorted()
        guard sums.count <= Self.sumCountMax else { throw .tooManySums(count: sums.count, max: Self.sumCountMax) }
        self.stages = stages
        self.filters = filters
        self.sums = sums
    }

    private static func check(_ stage: Stage, _ index: Int) throws(StageModelError) {
        guard (1...ruleCountMax).contains(stage.rules.count) else {
            throw .ruleCountOutOfRange(stage: index, count: stage.rules.count, max: ruleCountMax)
        }
        for (number, rule) in stage.rules.enumerated() {
            guard (1...conditionCountMax).contains(rule.conditions.count) else {
                throw .conditionCountOutOfRange(
                    stage: index, rule: number, count: rule.conditions.count, max: conditionCountMax)
            }
            for condition in rule.conditions { try check(condition, stage: index, rule: number) }
        }
    }

    private static func check(
        _ condition: Condition, stage: Int, rule: Int
    ) throws(StageModelError) {
        guard (1...leastMax).contains(condition.least) else {
            throw .leastOutOfRange(stage: stage, rule: rule, least: condition.least, max: leastMax)
        }
        guard condition.withinDays.map((1...withinDaysMax).contains) ?? true else {
            throw .windowOutOfRange(stage: stage, rule: rule, days: condition.withinDays ?? 0, max: withinDaysMax)
        }
    }

    /// Of the events that rules ask for.
    public var names: Set<EventName> { Set(filters.compactMap(\.name)) }
}

/// Why stages are no model. Positions count from 0.
public enum StageModelError: Error, Sendable, Equatable {
    case stageCountOutOfRange(count: Int, max: Int)
    case repeatedStage(index: Int)
    case ruleCountOutOfRange(stage: Int, count: Int, max: Int)
    case leastOutOfRange(stage: Int, rule: Int, least: Int64, max: Int64)
    case conditionCountOutOfRange(stage: Int, rule: Int, count: Int, max: Int)
    case windowOutOfRange(stage: Int, rule: Int, days: Int, max: Int)
    case tooManyFilters(count: Int, max: Int)
    case tooManyConditions(count: Int, max: Int)
    case tooManySums(count: Int, max: Int)
}
