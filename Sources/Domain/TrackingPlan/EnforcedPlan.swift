import Base

/// A frozen plan made ready to check events. A reference, so that handing it over copies nothing.
public final class EnforcedPlan: Sendable {
    /// Nil where no plan is in force: then nothing is a violation.
    public let version: Int64?
    public let plan: TrackingPlan
    private let shapes: [EventName: PlanShape]
    private let refusing: Set<[UInt8]>  // Names of the planned events that may be refused.

    public static let none = EnforcedPlan(nil)

    public init(_ version: PlanVersion?) {
        let plan = version?.plan ?? .empty
        self.version = version?.version
        self.plan = plan
        shapes = Dictionary(uniqueKeysWithValues: plan.events.map { ($0.name, PlanShape($0)) })
        refusing = Set(plan.events.filter(\.mode.isRefusing).map { Array($0.name.text.utf8) })
        isObserving = refusing.isEmpty && !(version != nil && plan.unplannedMode.isRefusing)
    }

    /// Whether no event can be refused, whatever it is: then nobody need look before it is taken.
    public let isObserving: Bool

    /// Whether an event of this name might be refused.
    public func mayRefuse(_ name: ArraySlice<UInt8>) -> Bool {
        guard !isObserving else { return false }
        if refusing.contains(Array(name)) { return true }
        guard plan.unplannedMode.isRefusing else { return false }
        return EventName(String(decoding: name, as: UTF8.self)).map { shapes[$0] == nil } ?? true
    }

    public func mode(of name: EventName) -> EnforcementMode { shapes[name]?.event.mode ?? plan.unplannedMode }

    public func isPlanned(_ name: EventName) -> Bool { shapes[name] != nil }

    /// Whether the plan classes a field of the event as personal or sensitive and says on what legal basis it is used.
    public func keepsPersonalData(at steps: [FieldPath.Step], of name: EventName) -> Bool {
        guard let governance = shapes[name]?.field(at: steps)?.governance else { return false }
        return governance.legalBasis != nil && [.personal, .sensitive].contains(governance.personalData)
    }

    /// All that is not as planned, up to 20 places; empty where no plan is in force.
    public func check(_ event: Event) -> [PlanViolation] {
        guard version != nil else { return [] }
        guard let shape = shapes[event.name] else {
            return [
                PlanViolation(
                    event: event.name, field: "", kind: .unplannedEvent, expected: "one that is planned, or plan it",
                    got: "another")
            ]
        }
        return shape.check(event)
    }
}
