public import Base

/// What is done with an event that is not as planned.
public enum EnforcementMode: String, Sendable, CaseIterable {
    case observe  // It is taken, and the violation counted.
    case quarantine  // It is set aside and can be tried again.
    case reject  // It is refused and not kept.

    public var isRefusing: Bool { self != .observe }
}

/// One event of the plan.
public struct PlannedEvent: Sendable, Equatable {
    public static let fieldCountMax = 500

    public let name: EventName
    public let meaning: String
    public let owner: String
    public let mode: EnforcementMode
    public let allowsUnplanned: Bool  // Members of `properties` that are not planned.
    public let fields: [PlannedField]  // In the order of their paths, each once.

    /// Nil where a path comes twice, there are too many fields, or a text is longer than one of a field may be.
    public init?(
        name: EventName, meaning: String = "", owner: String = "", mode: EnforcementMode = .observe,
        allowsUnplanned: Bool = true, fields: [PlannedField]
    ) {
        guard fields.count <= Self.fieldCountMax, Set(fields.map(\.path)).count == fields.count,
            max(meaning.utf8.count, owner.utf8.count) <= FieldGovernance.textUTF8CountMax
        else { return nil }
        self.name = name
        self.meaning = meaning
        self.owner = owner
        self.mode = mode
        self.allowsUnplanned = allowsUnplanned
        self.fields = fields.sorted { $0.path < $1.path }
    }
}

/// Which events there are to be, and what each of them holds.
public struct TrackingPlan: Sendable, Equatable {
    public static let eventCountMax = 2000

    public private(set) var events: [PlannedEvent]  // In the order of their names, each once.
    public var unplannedMode: EnforcementMode  // For events that are not in the plan.

    public static let empty = TrackingPlan()

    private init() {
        events = []
        unplannedMode = .observe
    }

    /// Nil where a name comes twice or there are too many.
    public init?(events: [PlannedEvent], unplannedMode: EnforcementMode = .observe) {
        guard events.count <= Self.eventCountMax, Set(events.map(\.name)).count == events.count else { return nil }
        self.events = events.sorted { $0.name < $1.name }
        self.unplannedMode = unplannedMode
    }

    public subscript(name: EventName) -> PlannedEvent? { events.first { $0.name == name } }

    /// This plan with the event in place of the one of its name; nil where there would be too many.
    public func with(_ event: PlannedEvent) -> TrackingPlan? {
        TrackingPlan(events: events.filter { $0.name != event.name } + [event], unplannedMode: unplannedMode)
    }

    public func without(_ name: EventName) -> TrackingPlan {
        var plan = self
        plan.events.removeAll { $0.name == name }
        return plan
    }
}

/// The plan that people work on. It is enforced only once it is frozen.
public struct PlanDraft: Sendable, Equatable {
    public let plan: TrackingPlan
    public let revision: Int64  // One more with each change, so that no change undoes another unseen.
    public let changedAt: EventTime?  // Nil where nobody has changed it yet.
    public let changedBy: String

    public init(plan: TrackingPlan, revision: Int64, changedAt: EventTime?, changedBy: String) {
        self.plan = plan
        self.revision = revision
        self.changedAt = changedAt
        self.changedBy = changedBy
    }
}

/// A plan as it was frozen.
public struct PlanVersion: Sendable, Equatable {
    public let version: Int64  // From 1.
    public let plan: TrackingPlan
    public let frozenAt: EventTime
    public let frozenBy: String
    public let note: String

    public init(version: Int64, plan: TrackingPlan, frozenAt: EventTime, frozenBy: String, note: String) {
        self.version = version
        self.plan = plan
        self.frozenAt = frozenAt
        self.frozenBy = frozenBy
        self.note = note
    }
}
