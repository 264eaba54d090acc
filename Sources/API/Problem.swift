import HTTPServer

/// Why a request is answered with an error, as problem details.
struct Problem: Error {
    let status: Int
    let code: String  // Stable; programs key on it.
    let detail: String  // What, where, and how to mend it; never personal data.
    var retryAfterSeconds: Int?  // Nil: at once with 503, else never.

    var response: HTTPResponse {
        let seconds = retryAfterSeconds ?? (status == 503 ? 1 : nil)
        return .problem(
            status, code: code, detail: detail, headers: seconds.map { ["Retry-After": String($0)] } ?? [:])
    }

    static func parameter(_ name: String, _ rule: String) -> Problem {
        Problem(status: 400, code: "invalid_parameter", detail: "`\(name)` \(rule)")
    }

    static func field(_ place: String, _ rule: String) -> Problem {
        Problem(status: 400, code: "invalid_field", detail: "`\(place)` \(rule)")
    }

    static func missing(_ place: String, _ rule: String) -> Problem {
        Problem(status: 400, code: "missing_field", detail: "`\(place)` is missing: it \(rule)")
    }

    static func notFound(_ what: String) -> Problem {
        Problem(status: 404, code: "not_found", detail: "there is no \(what)")
    }

    static func unsupportedType(_ got: String, allowed: [String]) -> Problem {
        Problem(
            status: 415, code: "unsupported_media_type",
            detail: "the content type \(got.prefix(100)) is not read here: send \(allowed.joined(separator: " or "))")
    }

    static let overloaded = Problem(
        status: 503, code: "overloaded", detail: "too many queries wait already: ask again in a moment")
}
