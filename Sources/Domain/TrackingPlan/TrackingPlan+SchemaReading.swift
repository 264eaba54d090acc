public import Base

/// Reads what `TrackingPlan.schema` writes, and what other tools write in the same words. A word that would be lost
/// and that refuses events is an error: a plan that takes more than its schema said would be worse than none.
extension TrackingPlan {
    /// - Throws: `PlanFormatError`; its place is written like `allOf[0].then.properties.price`.
    public init(schema: JSON) throws(PlanFormatError) {
        let known = ["$schema", "$id", "type", "required", "properties", "allOf", "x-quanyu-unplanned-mode"]
        let reader = try PlanReader(schema, place: "", known: known + SchemaWords.remarks)
        var events: [PlannedEvent] = []
        for (index, element) in try reader.list("allOf").enumerated() {
            events.append(try PlannedEvent(rule: element, place: "allOf[\(index)]"))
        }
        let mode: EnforcementMode? = try reader.word("x-quanyu-unplanned-mode")
        guard let plan = TrackingPlan(events: events, unplannedMode: mode ?? .observe) else {
            throw PlanFormatError(
                place: "allOf", rule: "must hold at most \(Self.eventCountMax) events, each name once")
        }
        let names = schema["properties"]?["name"]?["enum"]?.arrayValue
        if let names, Set(names) != Set(plan.events.map { JSON.string($0.name.text) }) {
            throw PlanFormatError(
                place: "properties.name.enum", rule: "must name the events that `allOf` has rules for")
        }
        self = plan
    }
}

extension PlannedEvent {
    /// One of `allOf`: `{"if": {"properties": {"name": {"const": NAME}}}, "then": SCHEMA}`.
    fileprivate init(rule: JSON, place: String) throws(PlanFormatError) {
        _ = try PlanReader(rule, place: place, known: ["if", "then"])
        guard let text = rule["if"]?["properties"]?["name"]?["const"]?.stringValue, let name = EventName(text) else {
            throw PlanFormatError(
                place: "\(place).if", rule: #"must read {"properties": {"name": {"const": "NAME"}}}"#)
        }
        let reader = try PlanReader(
            rule["then"] ?? .null, place: "\(place).then",
            known: ["type", "properties", "required", "x-quanyu-owner", "x-quanyu-mode"] + SchemaWords.remarks)
        var reading = SchemaReading()
        try reading.readMembers(rule["then"] ?? .null, [], place: "\(place).then")
        let event = PlannedEvent(
            name: name, meaning: try reader.text("description") ?? "", owner: try reader.text("x-quanyu-owner") ?? "",
            mode: try reader.word("x-quanyu-mode") ?? .observe, allowsUnplanned: reading.allowsUnplanned,
            fields: reading.fields)
        guard let event else {
            throw reader.error("properties", "must hold at most \(Self.fieldCountMax) fields with texts in bounds")
        }
        self = event
    }
}

private enum SchemaWords {
    /// Words that refuse nothing.
    static let remarks = ["title", "description", "$comment", "default", "examples", "deprecated", "format"]
    static let structure = ["properties", "required", "items", "additionalProperties"]
    static let field = [
        "type", "enum", "minimum", "maximum", "x-quanyu-owner", "x-quanyu-purpose", "x-quanyu-legal-basis",
        "x-quanyu-personal-data", "x-quanyu-retention-days",
    ]
}

/// The fields of one event, gathered on a walk over its schema.
private struct SchemaReading {
    var fields: [PlannedField] = []
    var allowsUnplanned = true

    mutating func readMembers(_ schema: JSON, _ path: [FieldPath.Step], place: String) throws(PlanFormatError) {
        let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        let members = schema["properties"]?.objectValue?.members ?? []
        let known = members.map(\.name) + (path.isEmpty ? Self.passedOver : [])
        if let missing = required.subtracting(known).min() {
            throw PlanFormatError(
                place: "\(place).required", rule: "names \(missing), which `properties` does not have")
        }
        for member in members where !(path.isEmpty && Self.passedOver.contains(member.name)) {
            try readNode(
                member.value, path + [.member(member.name)], isRequired: required.contains(member.name),
                place: "\(place).properties.\(member.name)")
        }
    }

    /// Members of every event that a plan has no rules for.
    private static let passedOver = ["name", "id", "person", "ids", "source", "time", "received_at"]

    private mutating func readNode(
        _ schema: JSON, _ path: [FieldPath.Step], isRequired: Bool, place: String
    ) throws(PlanFormatError) {
        let schema = schema == true ? [:] : schema
        let reader = try PlanReader(
            schema, place: place, known: SchemaWords.field + SchemaWords.structure + SchemaWords.remarks)
        let isRoot = path == [.member("properties")]
        let words = Set(schema.objectValue?.members.map(\.name) ?? [])
        let leadsOn = !words.isDisjoint(with: SchemaWords.structure)
        let isField = isRequired || !leadsOn || !words.isDisjoint(with: SchemaWords.field)
        if isField && !isRoot { fields.append(try Self.field(reader, path, isRequired, place)) }
        if let closed = schema["additionalProperties"] {
            guard isRoot, let flag = closed.boolValue else {
                throw reader.error("additionalProperties", "can only be a truth value, and only of `properties`")
            }
            allowsUnplanned = flag
        }
        try readMembers(schema, path, place: place)
        if let items = schema["items"] {
            try readNode(items, path + [.element], isRequired: false, place: "\(place).items")
        }
    }

    private static func field(
        _ reader: PlanReader, _ path: [FieldPath.Step], _ isRequired: Bool, _ place: String
    ) throws(PlanFormatError) -> PlannedField {
        guard let fieldPath = FieldPath(path) else {
            throw PlanFormatError(
                place: place,
                rule: "must lead into one of \(FieldPath.roots.joined(separator: ", ")) and be at most "
                    + "\(FieldPath.stepCountMax) steps long")
        }
        var rule = PlannedField.Rule()
        rule.isRequired = isRequired
        let given = try reader.list("enum")
        rule.allowed = given.filter { $0 != .null }
        if rule.allowed.isEmpty, !given.isEmpty { throw reader.error("enum", "must hold more than null") }
        (rule.type, rule.allowsNull) = try reader.type()
        if given.contains(.null) { rule.allowsNull = rule.allowsNull || rule.type == .any }
        if !given.isEmpty, rule.type != .any, !given.contains(.null) { rule.allowsNull = false }
        rule.minimum = try reader.number("minimum")
        rule.maximum = try reader.number("maximum")
        var governance = FieldGovernance()
        governance.meaning = try reader.text("description") ?? ""
        governance.owner = try reader.text("x-quanyu-owner") ?? ""
        governance.purpose = try reader.text("x-quanyu-purpose") ?? ""
        governance.legalBasis = try reader.word("x-quanyu-legal-basis")
        governance.personalData = try reader.word("x-quanyu-personal-data") ?? .none
        governance.retentionDays = try reader.integer("x-quanyu-retention-days")
        guard let field = PlannedField(path: fieldPath, rule: rule, governance: governance) else {
            throw PlanFormatError(place: place, rule: PlannedField.bounds)
        }
        return field
    }
}

extension PlanReader {
    /// One type, or one and `null`.
    fileprivate func type() throws(PlanFormatError) -> (FieldType, allowsNull: Bool) {
        guard let json = value("type") else { return (.any, false) }
        let words = (json.arrayValue ?? [json]).map { $0.stringValue ?? "" }
        let types = words.filter { $0 != "null" }.map { FieldType(rawValue: $0) }
        guard types.count == 1, let type = types[0], type != .any else {
            throw error(
                "type", "must be one of string, integer, number, boolean, array, object, or an array of one and null")
        }
        return (type, words.contains("null"))
    }
}
