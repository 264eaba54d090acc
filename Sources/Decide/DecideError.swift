/// Why a decision was not made. Nothing was recorded, except where `notRecorded` leaves it open.
public enum DecideError: Error, Equatable {
    case missing(field: String)
    case unknownField(String)
    case invalid(field: String, reason: String)
    case tooMany(field: String, count: Int, countMax: Int)
    /// Neither the request nor the events so far name anything that could be shown.
    case noCandidates
    /// The journal refused the record, so the decision must not be shown; the same request may be sent again.
    case notRecorded(reason: String)
}

extension DecideError {
    /// Stable, for clients.
    public var code: String {
        switch self {
        case .missing: "missing_field"
        case .unknownField: "unknown_field"
        case .invalid: "invalid_field"
        case .tooMany: "too_many"
        case .noCandidates: "no_candidates"
        case .notRecorded: "not_recorded"
        }
    }

    /// What is wrong and how to mend it.
    public var detail: String {
        switch self {
        case .missing(let field): "`\(field)` is required."
        case .unknownField(let field): "`\(field)` is not a field of this request."
        case .invalid(let field, let reason): "`\(field)` \(reason)."
        case .tooMany(let field, let count, let countMax): "`\(field)` holds \(count); at most \(countMax) are allowed."
        case .noCandidates:
            "There is nothing to choose from yet: name `candidates`, or send events that have a subject such as "
                + "`product:1` (product_view, add_to_cart, product_purchased)."
        case .notRecorded(let reason): "The decision could not be recorded (\(reason)). Send the request again."
        }
    }
}
