public import Base
import Domain

extension DecideRequest {
    private static let fields: Set<String> = [
        "person", "surface", "count", "channel", "context", "candidates", "time", "policy", "shadow",
    ]

    /// Reads the body of `POST /api/v1/decide`; a field that is null counts as absent.
    public init(json: JSON) throws(DecideError) {
        guard let object = json.objectValue else {
            throw .invalid(field: "body", reason: "must be an object, not \(json.kindName)")
        }
        for member in object.members where !Self.fields.contains(member.name) {
            throw .unknownField(String(member.name.prefix(100)))
        }
        let reader = FieldReader(object: object)
        try self.init(
            person: reader.required("person", "must be 1 to \(PersonID.utf8CountMax) bytes of plain text") {
                $0.stringValue.flatMap { PersonID($0) }
            },
            surface: reader.required("surface", "must be text") { $0.stringValue },
            count: reader.required("count", "must be a whole number") { $0.intValue.flatMap { Int(exactly: $0) } },
            channel: reader.optional("channel", "must be 1 to \(Channel.utf8CountMax) bytes of plain text") {
                $0.stringValue.flatMap { Channel($0) }
            } ?? .unknown,
            context: reader.optional("context", "must be an object") { $0.objectValue } ?? JSONObject(),
            candidates: reader.subjects("candidates"),
            time: reader.optional("time", "must be an ISO 8601 date-time from 1970 to 2999, or Unix milliseconds") {
                $0.stringValue.map { EventTime(iso8601: $0) } ?? $0.intValue.flatMap { EventTime(unixMs: $0) }
            },
            policy: reader.optional("policy", "must be `learned`, `popularity` or `buy_again`") {
                $0.stringValue.flatMap { DecidePolicy(rawValue: $0) }
            } ?? .learned,
            isShadow: reader.optional("shadow", "must be true or false") { $0.boolValue } ?? false)
    }
}

/// Reads members of one object, each with its own complaint.
private struct FieldReader {
    let object: JSONObject

    func optional<Value>(
        _ field: String, _ rule: String, _ read: (JSON) -> Value?
    ) throws(DecideError) -> Value? {
        guard let json = object[field], json != .null else { return nil }
        guard let value = read(json) else { throw .invalid(field: field, reason: rule) }
        return value
    }

    func required<Value>(_ field: String, _ rule: String, _ read: (JSON) -> Value?) throws(DecideError) -> Value {
        guard let value = try optional(field, rule, read) else { throw .missing(field: field) }
        return value
    }

    func subjects(_ field: String) throws(DecideError) -> [Subject]? {
        guard let elements = try optional(field, "must be an array", { $0.arrayValue }) else { return nil }
        guard elements.count <= Decide.candidateCountMax else {
            throw .tooMany(field: field, count: elements.count, countMax: Decide.candidateCountMax)
        }
        var subjects: [Subject] = []
        for (index, element) in elements.enumerated() {
            guard let subject = element.stringValue.flatMap({ Subject($0) }) else {
                throw .invalid(field: "\(field)[\(index)]", reason: "must be `kind:id`, such as `product:1`")
            }
            subjects.append(subject)
        }
        return subjects
    }
}
