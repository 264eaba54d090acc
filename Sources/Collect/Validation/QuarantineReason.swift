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
}

/// A reason with the words that tell a sender which field to mend and how.
public struct Refusal: Error, Equatable, Sendable {
    public let reason: QuarantineReason
    public let detail: String

    public init(_ reason: QuarantineReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
