public import Base

/// Why JSON is no plan, and where.
public struct PlanFormatError: Error, Equatable, Sendable {
    public let place: String  // Such as `events[2].fields[0].type`.
    public let rule: String  // What must stand there.

    public init(place: String, rule: String) {
        self.place = place
        self.rule = rule
    }
}

extension TrackingPlan {
    /// As the store keeps it and the API answers with it.
    public var json: JSON {
        ["unplanned_mode": .string(unplannedMode.rawValue), "events": .array(events.map(\.json))]
    }

    public init(json: JSON) throws(PlanFormatError) {
        let reader = try PlanReader(json, place: "", known: ["unplanned_mode", "events"])
        var events: [PlannedEvent] = []
        for (index, element) in try reader.list("events").enumerated() {
            events.append(try PlannedEvent(json: element, place: "events[\(index)]"))
        }
        guard let plan = TrackingPlan(events: events, unplannedMode: try reader.word("unplanned_mode") ?? .observe)
        else {
            throw PlanFormatError(
                place: "events", rule: "must hold at most \(Self.eventCountMax) events, each name once")
        }
        self = plan
    }
}

extension PlannedEvent {
    public var json: JSON {
        [
            "name": .string(name.text), "meaning": .string(meaning), "owner": .string(owner),
            "mode": .string(mode.rawValue), "allow_unplanned": .bool(allowsUnplanned),
            "fields": .array(fields.map(\.json)),
        ]
    }

    /// - Parameter place: Of the event in the document, for errors.
    public init(json: JSON, place: String = "") throws(PlanFormatError) {
        let reader = try PlanReader(
            json, place: place, known: ["name", "meaning", "owner", "mode", "allow_unplanned", "fields"])
        guard let name = try reader.text("name").flatMap({ EventName($0) }) else {
            throw reader.error("name", "must be 1 to \(EventName.utf8CountMax) bytes of plain text")
        }
        var fields: [PlannedField] = []
        for (index, element) in try reader.list("fields").enumerated() {
            fields.append(try PlannedField(json: element, place: reader.path("fields[\(index)]")))
        }
        let event = PlannedEvent(
            name: name, meaning: try reader.text("meaning") ?? "", owner: try reader.text("owner") ?? "",
            mode: try reader.word("mode") ?? .observe, allowsUnplanned: try reader.flag("allow_unplanned") ?? true,
            fields: fields)
        guard let event else {
            throw reader.error(
                "fields",
                "must hold at most \(Self.fieldCountMax) fields, each path once, and texts at most "
                    + "\(FieldGovernance.textUTF8CountMax) bytes")
        }
        self = event
    }
}

extension PlannedField {
    var json: JSON {
        [
            "path": .string(path.text), "type": .string(rule.type.rawValue), "required": .bool(rule.isRequired),
            "nullable": .bool(rule.allowsNull), "allowed": .array(rule.allowed),
            "minimum": rule.minimum.map { .double($0) } ?? .null, "maximum": rule.maximum.map { .double($0) } ?? .null,
            "meaning": .string(governance.meaning), "owner": .string(governance.owner),
            "purpose": .string(governance.purpose),
            "legal_basis": governance.legalBasis.map { .string($0.rawValue) } ?? .null,
            "personal_data": .string(governance.personalData.rawValue),
            "retention_days": governance.retentionDays.map { .int(Int64($0)) } ?? .null,
        ]
    }

    private static let members = [
        "path", "type", "required", "nullable", "allowed", "minimum", "maximum", "meaning", "owner", "purpose",
        "legal_basis", "personal_data", "retention_days",
    ]

    init(json: JSON, place: String) throws(PlanFormatError) {
        let reader = try PlanReader(json, place: place, known: Self.members)
        guard let path = try reader.text("path").flatMap({ FieldPath($0) }) else {
            throw reader.error(
                "path", "must lead into one of \(FieldPath.roots.joined(separator: ", ")), such as properties.price")
        }
        var rule = Rule()
        rule.type = try reader.word("type") ?? .any
        rule.isRequired = try reader.flag("required") ?? false
        rule.allowsNull = try reader.flag("nullable") ?? false
        rule.allowed = try reader.list("allowed")
        rule.minimum = try reader.number("minimum")
        rule.maximum = try reader.number("maximum")
        var governance = FieldGovernance()
        governance.meaning = try reader.text("meaning") ?? ""
        governance.owner = try reader.text("owner") ?? ""
        governance.purpose = try reader.text("purpose") ?? ""
        governance.legalBasis = try reader.word("legal_basis")
        governance.personalData = try reader.word("personal_data") ?? .none
        governance.retentionDays = try reader.integer("retention_days")
        guard let field = PlannedField(path: path, rule: rule, governance: governance) else {
            throw PlanFormatError(place: place, rule: Self.bounds)
        }
        self = field
    }

    static let bounds =
        "must have texts of at most \(FieldGovernance.textUTF8CountMax) bytes, at most \(allowedCountMax) allowed "
        + "values (texts, numbers, truth values), a minimum that is not above the maximum, and a retention of 1 to "
        + "\(FieldGovernance.retentionDaysMax) days"
}

/// The members of one object of a plan; null counts as absent.
struct PlanReader {
    private let object: JSONObject
    private let place: String

    init(_ json: JSON, place: String, known: [String]) throws(PlanFormatError) {
        guard let object = json.objectValue else { throw PlanFormatError(place: place, rule: "must be an object") }
        self.object = object
        self.place = place
        for member in object.members where !known.contains(member.name) {
            throw error(
                String(member.name.prefix(100)), "is no member here; there are \(known.joined(separator: ", "))")
        }
    }

    func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    func error(_ name: String, _ rule: String) -> PlanFormatError { PlanFormatError(place: path(name), rule: rule) }

    func text(_ name: String) throws(PlanFormatError) -> String? { try read(name, "must be a text", \.stringValue) }
    func flag(_ name: String) throws(PlanFormatError) -> Bool? { try read(name, "must be true or false", \.boolValue) }
    func number(_ name: String) throws(PlanFormatError) -> Double? { try read(name, "must be a number", \.doubleValue) }
    func list(_ name: String) throws(PlanFormatError) -> [JSON] {
        try read(name, "must be an array", \.arrayValue) ?? []
    }

    func integer(_ name: String) throws(PlanFormatError) -> Int? {
        try read(name, "must be a whole number") { $0.intValue.flatMap { Int(exactly: $0) } }
    }

    func word<Word: RawRepresentable & CaseIterable>(_ name: String) throws(PlanFormatError) -> Word?
    where Word.RawValue == String {
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        return try read(name, "must be one of \(known)") { $0.stringValue.flatMap(Word.init(rawValue:)) }
    }

    func value(_ name: String) -> JSON? { object[name] }

    private func read<Value>(_ name: String, _ rule: String, _ value: (JSON) -> Value?) throws(PlanFormatError)
        -> Value?
    {
        guard let json = object[name], json != .null else { return nil }
        guard let value = value(json) else { throw error(name, rule) }
        return value
    }
}
