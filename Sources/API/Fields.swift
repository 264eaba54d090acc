import Base
import Domain
import HTTPServer

/// The members of one JSON object of a request, each read by its rule; a member that is null counts as absent.
struct Fields {
    private let object: JSONObject
    private let place: String  // Of the object in the body, such as `steps[2]`; empty for the body itself.

    /// - Throws: 415, 400 where the body is no JSON object, or has a member that is none of `known`.
    init(body request: HTTPRequest, known: [String]) throws(Problem) {
        try self.init(try Self.json(of: request), place: "", known: known)
    }

    /// The same with other values of some members.
    func replacing(_ values: [(name: String, value: JSON)]) -> Fields {
        var object = object
        for (name, value) in values { object[name] = value }
        return Fields(object: object, place: place)
    }

    private init(object: JSONObject, place: String) {
        self.object = object
        self.place = place
    }

    /// The body, whatever it is.
    static func json(of request: HTTPRequest, types: [String] = ["application/json"]) throws(Problem) -> JSON {
        if let type = request.mediaType, !types.contains(type) {
            throw .unsupportedType(type, allowed: ["application/json"])
        }
        do throws(JSONError) {
            return try JSON.parse(request.body)
        } catch {
            throw Problem(error)
        }
    }

    init(_ json: JSON, place: String, known: [String]) throws(Problem) {
        guard let object = json.objectValue else {
            let what = place.isEmpty ? "the body" : "`\(place)`"
            throw Problem(
                status: 400, code: "wrong_shape", detail: "\(what) must be an object, not \(json.kindName)")
        }
        self.object = object
        self.place = place
        for member in object.members where !known.contains(member.name) {
            throw Problem(
                status: 400, code: "unknown_field",
                detail: "`\(path(String(member.name.prefix(100))))` is no field here; there are "
                    + known.map { "`\($0)`" }.joined(separator: ", "))
        }
    }

    /// All of it, as it came.
    var whole: JSONObject { object }

    /// Of the members that there are, in their order.
    var names: [String] { object.members.map(\.name) }

    func optional<Value>(_ name: String, _ rule: String, _ read: (JSON) -> Value?) throws(Problem) -> Value? {
        guard let json = object[name], json != .null else { return nil }
        guard let value = read(json) else { throw .field(path(name), rule) }
        return value
    }

    func required<Value>(_ name: String, _ rule: String, _ read: (JSON) -> Value?) throws(Problem) -> Value {
        guard let value = try optional(name, rule, read) else {
            throw .missing(path(name), rule)
        }
        return value
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        try optional(name, Self.rule(range)) { Self.integer($0, in: range) }
    }

    func requiredInteger(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int {
        try required(name, Self.rule(range)) { Self.integer($0, in: range) }
    }

    func flag(_ name: String) throws(Problem) -> Bool? {
        try optional(name, "must be true or false") { $0.boolValue }
    }

    func name<Name: NameText>(_ name: String, _: Name.Type = Name.self) throws(Problem) -> Name? {
        try optional(name, Self.rule(Name.self)) { $0.stringValue.flatMap { Name($0) } }
    }

    func requiredName<Name: NameText>(_ name: String, _: Name.Type = Name.self) throws(Problem) -> Name {
        try required(name, Self.rule(Name.self)) { $0.stringValue.flatMap { Name($0) } }
    }

    /// `from` and `to`; nil where neither is there.
    func range() throws(Problem) -> Range<EventTime>? {
        let (from, to) = (try time("from"), try time("to"))
        guard from != nil || to != nil else { return nil }
        return try range(from ?? EventTime(clampingUnixMs: 0), to ?? EventTime(clampingUnixMs: EventTime.unixMsEnd))
    }

    /// `from` and `to`; where absent, `end` and so long before it.
    func range(endingAt end: EventTime, length: Milliseconds) throws(Problem) -> Range<EventTime> {
        let to = try time("to") ?? end
        return try range(try time("from") ?? to.advanced(by: Milliseconds(-length.count)), to)
    }

    private func range(_ from: EventTime, _ to: EventTime) throws(Problem) -> Range<EventTime> {
        guard from < to else { throw .field(path("from"), "must lie before `to`") }
        return from..<to
    }

    /// Nil where absent.
    func time(_ name: String) throws(Problem) -> EventTime? {
        try optional(name, "must be a date-time from 1970 to 2999 such as 2026-01-31T00:00:00Z") {
            $0.stringValue.flatMap { EventTime(iso8601: $0) }
        }
    }

    /// One of the words that a type has; nil where absent.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _: Choice.Type
    ) throws(Problem) -> Choice? where Choice.RawValue == String {
        let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return try optional(name, "must be one of \(words)") { $0.stringValue.flatMap(Choice.init(rawValue:)) }
    }

    /// Nil where absent.
    func object(_ name: String, known: [String]) throws(Problem) -> Fields? {
        guard let json = object[name], json != .null else { return nil }
        return try Fields(json, place: path(name), known: known)
    }

    /// The objects of an array.
    func objects(_ name: String, count: ClosedRange<Int>, known: [String]) throws(Problem) -> [Fields] {
        let elements = try optional(name, "must be an array") { $0.arrayValue } ?? []
        guard count.contains(elements.count) else {
            throw .field(
                path(name), "must hold \(count.lowerBound) to \(count.upperBound) objects, not \(elements.count)")
        }
        var objects: [Fields] = []
        for (index, element) in elements.enumerated() {
            objects.append(try Fields(element, place: path("\(name)[\(index)]"), known: known))
        }
        return objects
    }

    func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    private static func integer(_ json: JSON, in range: ClosedRange<Int>) -> Int? {
        json.intValue.flatMap { Int(exactly: $0) }.flatMap { range.contains($0) ? $0 : nil }
    }

    private static func rule(_ range: ClosedRange<Int>) -> String {
        "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
    }

    private static func rule<Name: NameText>(_: Name.Type) -> String {
        "must be 1 to \(Name.utf8CountMax) bytes of plain text"
    }
}
