public import Domain

/// Why an event was set aside instead of taken into the timeline. The raw value is the stable code on the wire.
public enum QuarantineReason: String, Sendable, CaseIterable {
    case malformedJSON = "malformed_json"
    case notAnObject = "not_an_object"
    case missingPerson = "missing_person"
    case invalidPerson = "invalid_person"
    case missingName = "missing_name"
    case invalidName = "invalid_name"
    case unknownType = "unknown_type"
    case invalidID = "invalid_id"
    case invalidTime = "invalid_time"
    case timeOutOfRange = "time_out_of_range"
    case invalidChannel = "invalid_channel"
    case invalidSubject = "invalid_subject"
    case invalidValue = "invalid_value"
    case negativeValue = "negative_value"
    case invalidDecision = "invalid_decision"
    case invalidProperties = "invalid_properties"
    case unknownField = "unknown_field"
    case tooLarge = "too_large"
    case invalidEncoding = "invalid_encoding"
    case unclosedQuote = "unclosed_quote"
    case invalidOrder = "invalid_order"
    case orderContradiction = "order_contradiction"
    case planViolation = "plan_violation"
    case recordingNotKept = "recording_not_kept"
}

/// A reason with the words that tell a sender which field to mend and how.
public struct Refusal: Error, Equatable, Sendable {
    public let reason: QuarantineReason
    public let detail: String
    public let isKept: Bool  // In quarantine; false where the tracking plan has it refused outright.
    public let violations: [PlanViolation]  // Of the tracking plan.

    public init(
        _ reason: QuarantineReason, _ detail: String, isKept: Bool = true, violations: [PlanViolation] = []
    ) {
        self.reason = reason
        self.detail = detail
        self.isKept = isKept
        self.violations = violations
    }
}

extension EnforcedPlan {
    /// Why the plan refuses the event; nil where it takes it, be it only to observe.
    func refusal(of event: Event) -> Refusal? {
        let mode = mode(of: event.name)
        guard mode.isRefusing else { return nil }
        let violations = check(event)
        guard let first = violations.first else { return nil }
        let more = violations.count > 1 ? "; \(violations.count - 1) more fields are not as planned" : ""
        return Refusal(.planViolation, first.detail + more, isKept: mode == .quarantine, violations: violations)
    }
}
