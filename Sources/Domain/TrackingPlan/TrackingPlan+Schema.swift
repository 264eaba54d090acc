public import Base

/// A plan as JSON Schema, draft 2020-12: one document that takes exactly the events (as `Event.json` writes them) in
/// which the plan finds no violation. What JSON Schema has no word for stands under `x-quanyu-…`.
extension TrackingPlan {
    static let dialect = "https://json-schema.org/draft/2020-12/schema"

    public var schema: JSON {
        [
            "$schema": .string(Self.dialect), "title": "Quanyu tracking plan",
            "x-quanyu-unplanned-mode": .string(unplannedMode.rawValue), "type": "object", "required": ["name"],
            "properties": ["name": ["enum": .array(events.map { .string($0.name.text) })]],
            "allOf": .array(
                events.map { event in
                    ["if": ["properties": ["name": ["const": .string(event.name.text)]]], "then": event.schema]
                }),
        ]
    }
}

extension PlannedEvent {
    var schema: JSON {
        var object = JSONObject()
        object.append("title", .string(name.text))
        object.append("description", .string(meaning))
        object.append("x-quanyu-owner", .string(owner))
        object.append("x-quanyu-mode", .string(mode.rawValue))
        PlanShape(self).root.append(to: &object)
        return .object(object)
    }
}

extension PlanShape.Node {
    fileprivate var schema: JSON {
        var object = JSONObject()
        field?.append(to: &object)
        append(to: &object)
        return .object(object)
    }

    /// What is planned below the node.
    fileprivate func append(to object: inout JSONObject) {
        if !members.isEmpty {
            let names = members.keys.sorted()
            var properties = JSONObject()
            for name in names { properties.append(name, members[name]?.schema ?? [:]) }
            object.append("properties", .object(properties))
            let required = names.filter { members[$0]?.isRequired(as: $0) ?? false }
            if !required.isEmpty { object.append("required", .array(required.map { .string($0) })) }
        }
        if let child = element.first { object.append("items", child.schema) }
        if isClosed { object.append("additionalProperties", false) }
    }

    /// An event always has `properties`, if only empty ones; its JSON leaves empty ones out.
    private func isRequired(as name: String) -> Bool {
        if let field { return field.rule.isRequired }
        return name == "properties" && members.values.contains { $0.field?.rule.isRequired ?? false }
    }
}

extension PlannedField {
    fileprivate func append(to object: inout JSONObject) {
        if rule.type != .any {
            let type = JSON.string(rule.type.rawValue)
            object.append("type", rule.allowsNull ? [type, "null"] : type)
        }
        if !rule.allowed.isEmpty { object.append("enum", .array(rule.allowed + (rule.allowsNull ? [.null] : []))) }
        if let minimum = rule.minimum { object.append("minimum", .double(minimum)) }
        if let maximum = rule.maximum { object.append("maximum", .double(maximum)) }
        object.append("description", .string(governance.meaning))
        object.append("x-quanyu-owner", .string(governance.owner))
        object.append("x-quanyu-purpose", .string(governance.purpose))
        if let basis = governance.legalBasis { object.append("x-quanyu-legal-basis", .string(basis.rawValue)) }
        object.append("x-quanyu-personal-data", .string(governance.personalData.rawValue))
        if let days = governance.retentionDays { object.append("x-quanyu-retention-days", .int(Int64(days))) }
    }
}
