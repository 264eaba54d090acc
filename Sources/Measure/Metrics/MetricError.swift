/// Why a definition cannot be read: what is wrong, and where.
public struct MetricError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        case notJSON
        case missing
        case unknownMember(known: [String])
        case wrong(rule: String)
        case differenceOfUnlikes  // Such as people less a rate.
        case tooLarge(leafCountMax: Int, filterCountMax: Int)
        case twice(id: String)
    }

    public let place: String  // Such as `metrics[3].expression.ratio[0]`.
    public let reason: Reason

    public var description: String {
        let what =
            switch reason {
            case .notJSON: "is no JSON"
            case .missing: "is missing"
            case .unknownMember(let known): "is no member here; there are \(known.joined(separator: ", "))"
            case .wrong(let rule): rule
            case .differenceOfUnlikes: "takes one thing from another kind of thing"
            case .tooLarge(let leaves, let filters):
                "counts more than \(leaves) numbers or asks for more than \(filters) kinds of events"
            case .twice(let id): "is the second metric named \(id)"
            }
        return "`\(place)` \(what)"
    }
}
