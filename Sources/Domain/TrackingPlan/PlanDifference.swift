/// What changed from one plan to another.
public struct PlanDifference: Sendable, Equatable {
    public enum Change: String, Sendable { case added, removed, changed }

    public struct Event: Sendable, Equatable {
        public let name: EventName
        public let change: Change
        public let aspects: [String]  // What of the event itself changed: `mode`, `meaning`, …
        public let fields: [Field]
    }

    public struct Field: Sendable, Equatable {
        public let path: FieldPath
        public let change: Change
        public let aspects: [String]
    }

    public let events: [Event]  // Those that are not the same, in the order of their names.
    public let unplannedMode: (from: EnforcementMode, to: EnforcementMode)?

    public static func == (one: Self, two: Self) -> Bool {
        one.events == two.events && one.unplannedMode?.from == two.unplannedMode?.from
            && one.unplannedMode?.to == two.unplannedMode?.to
    }

    public var isEmpty: Bool { events.isEmpty && unplannedMode == nil }

    public init(from old: TrackingPlan, to new: TrackingPlan) {
        let before = Dictionary(uniqueKeysWithValues: old.events.map { ($0.name, $0) })
        let after = Dictionary(uniqueKeysWithValues: new.events.map { ($0.name, $0) })
        events = Set(before.keys).union(after.keys).sorted().compactMap { Self.event($0, before[$0], after[$0]) }
        unplannedMode = old.unplannedMode == new.unplannedMode ? nil : (old.unplannedMode, new.unplannedMode)
    }

    private static func event(_ name: EventName, _ old: PlannedEvent?, _ new: PlannedEvent?) -> Event? {
        guard old != new else { return nil }
        let before = Dictionary(uniqueKeysWithValues: (old?.fields ?? []).map { ($0.path, $0) })
        let after = Dictionary(uniqueKeysWithValues: (new?.fields ?? []).map { ($0.path, $0) })
        let fields = Set(before.keys).union(after.keys).sorted().compactMap { field($0, before[$0], after[$0]) }
        guard let old, let new else {
            return Event(name: name, change: old == nil ? .added : .removed, aspects: [], fields: fields)
        }
        let aspects = [
            ("meaning", old.meaning != new.meaning), ("owner", old.owner != new.owner), ("mode", old.mode != new.mode),
            ("allow_unplanned", old.allowsUnplanned != new.allowsUnplanned),
        ]
        return Event(name: name, change: .changed, aspects: aspects.filter(\.1).map(\.0), fields: fields)
    }

    private static func field(_ path: FieldPath, _ old: PlannedField?, _ new: PlannedField?) -> Field? {
        guard old != new else { return nil }
        guard let old, let new else { return Field(path: path, change: old == nil ? .added : .removed, aspects: []) }
        let (oldRule, newRule, before, after) = (old.rule, new.rule, old.governance, new.governance)
        let aspects = [
            ("type", oldRule.type != newRule.type), ("required", oldRule.isRequired != newRule.isRequired),
            ("nullable", oldRule.allowsNull != newRule.allowsNull), ("allowed", oldRule.allowed != newRule.allowed),
            ("minimum", oldRule.minimum != newRule.minimum), ("maximum", oldRule.maximum != newRule.maximum),
            ("meaning", before.meaning != after.meaning), ("owner", before.owner != after.owner),
            ("purpose", before.purpose != after.purpose), ("legal_basis", before.legalBasis != after.legalBasis),
            ("personal_data", before.personalData != after.personalData),
            ("retention_days", before.retentionDays != after.retentionDays),
        ]
        return Field(path: path, change: .changed, aspects: aspects.filter(\.1).map(\.0))
    }
}
