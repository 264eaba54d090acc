public import Domain

/// A plan that what was seen keeps to.
public struct PlanProposal: Sendable {
    /// Below so many values nothing is required and no values are listed: what has not been seen yet may still come.
    public static let sampleCountLeast = 20
    static let allowedCountMax = 12  // More different values are no list.
    static let valueRepeatLeast = 20  // How often each of them must have been seen on average.

    private let quality: QualityState

    public init(_ quality: QualityState) { self.quality = quality }

    /// Nil where nothing was seen of the event.
    public func event(_ name: EventName) -> PlannedEvent? {
        let fields = quality.fields(of: name).compactMap(Self.field)
        guard !fields.isEmpty else { return nil }
        return PlannedEvent(name: name, fields: Array(fields.prefix(PlannedEvent.fieldCountMax)))
    }

    /// What people wrote stays; only fields that are not planned are added.
    public func completing(_ event: PlannedEvent) -> PlannedEvent? {
        let planned = Set(event.fields.map(\.path))
        let fields = quality.fields(of: event.name).filter { !planned.contains($0.path) }.compactMap(Self.field)
        return PlannedEvent(
            name: event.name, meaning: event.meaning, owner: event.owner, mode: event.mode,
            allowsUnplanned: event.allowsUnplanned,
            fields: Array((event.fields + fields).prefix(PlannedEvent.fieldCountMax)))
    }

    private static func field(_ seen: SeenField) -> PlannedField? {
        var rule = PlannedField.Rule()
        rule.type = type(seen.kinds)
        rule.allowsNull = seen.kinds[.null] != nil
        rule.isRequired =
            seen.aroundCount >= sampleCountLeast && seen.count >= seen.aroundCount && !isElement(seen.path)
        if let values = seen.values, rule.type == .string, (1...allowedCountMax).contains(values.count),
            seen.count >= max(sampleCountLeast, valueRepeatLeast * values.count)
        {
            rule.allowed = values.map(\.value)
        }
        var governance = FieldGovernance()
        governance.personalData = seen.form?.dataClass ?? .none
        return PlannedField(path: seen.path, rule: rule, governance: governance)
    }

    private static func isElement(_ path: FieldPath) -> Bool { path.steps.last == .element }

    /// Whole numbers are numbers beside others; kinds that do not go together allow anything.
    private static func type(_ kinds: [ValueKind: Int]) -> FieldType {
        switch Set(kinds.keys).subtracting([.null]) {
        case [.string]: .string
        case [.boolean]: .boolean
        case [.integer]: .integer
        case [.number], [.integer, .number]: .number
        case [.array]: .array
        case [.object]: .object
        default: .any
        }
    }
}
