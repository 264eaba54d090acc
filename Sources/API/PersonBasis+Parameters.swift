import Base
import Domain
import Measure

extension PersonBasis {
    fileprivate static let rule =
        "must be `now`, `separate`, or a date-time from 1970 to 2999 such as 2026-01-31T00:00:00Z"

    /// Nil for anything but the words and a time.
    fileprivate init?(_ text: String) {
        switch text {
        case "now": self = .now
        case "separate": self = .separate
        default:
            guard let time = EventTime(iso8601: text) else { return nil }
            self = .before(time)
        }
    }
}

extension Fields {
    /// `identities`: which ids count as one person.
    func basis() throws(Problem) -> PersonBasis {
        try optional("identities", PersonBasis.rule) { $0.stringValue.flatMap { PersonBasis($0) } } ?? .now
    }
}

extension Parameters {
    /// `identities`: which ids count as one person.
    func basis() throws(Problem) -> PersonBasis {
        try value("identities", PersonBasis.rule) { PersonBasis($0) } ?? .now
    }
}
