import Base
import Domain
import HTTPServer

/// The query of a request, each parameter read by its rule.
struct Parameters {
    private let query: HTTPQuery

    /// - Throws: 400 where a parameter is none of `known` or comes twice, so that a slip of the pen is noticed.
    init(_ request: HTTPRequest, known: [String]) throws(Problem) {
        query = request.query
        var seen: Set<String> = []
        for field in query.fields {
            guard known.contains(field.name) else {
                throw Problem(
                    status: 400, code: "unknown_parameter",
                    detail: "`\(field.name.prefix(100))` is no parameter here; "
                        + (known.isEmpty ? "there is none" : "there are ")
                        + known.map { "`\($0)`" }.joined(separator: ", "))
            }
            guard seen.insert(field.name).inserted else { throw .parameter(field.name, "must be given once") }
        }
    }

    /// - Throws: 400 where there is a parameter.
    static func none(in request: HTTPRequest) throws(Problem) { _ = try Self(request, known: []) }

    /// Nil where absent.
    func value<Value>(_ name: String, _ rule: String, _ read: (String) -> Value?) throws(Problem) -> Value? {
        guard let text = query[name] else { return nil }
        guard let value = read(text) else { throw .parameter(name, rule) }
        return value
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        try value(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func limit(default count: Int, max: Int) throws(Problem) -> Int { try integer("limit", in: 1...max) ?? count }

    func time(_ name: String) throws(Problem) -> EventTime? {
        try value(name, "must be a date-time from 1970 to 2999 such as 2026-01-31T00:00:00Z, a `+` written as %2B") {
            EventTime(iso8601: $0)
        }
    }

    func name<Name: NameText>(_ name: String, _: Name.Type = Name.self) throws(Problem) -> Name? {
        try value(name, "must be 1 to \(Name.utf8CountMax) bytes of plain text") { Name($0) }
    }
}
