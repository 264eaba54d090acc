import Base

/// Tells names from numbers in records made of plain text: only the field says whether `2.50` is a price or a version.
struct TextFields {
    private let propertyRules: JSON  // Of all records of the mapping.

    init(mapping: JSON) {
        let rules = (mapping["records"]?.arrayValue ?? []).compactMap { $0["fields"]?["properties"]?.objectValue }
        propertyRules = .object(JSONObject(rules.flatMap(\.members)))
    }

    /// Amounts, and properties that are columns, are numbers where they read as such; all else is text.
    func typed(_ record: JSON) -> JSON {
        guard let object = record.objectValue else { return record }
        return .object(
            object.mapMembers { name, value in
                switch name {
                case "value": value.objectValue.map { .object($0.mapMembers { Self.number($1) }) } ?? Self.number(value)
                case "properties": Self.numbers(value, rule: propertyRules)
                default: Self.name(value)
                }
            })
    }

    private static func numbers(_ json: JSON, rule: JSON?) -> JSON {
        switch (json, rule) {
        case (.string, .string): number(json)
        case (.object(let object), .object(let rules)):
            .object(object.mapMembers { numbers($1, rule: rules[$0]) })
        default: json
        }
    }

    private static func name(_ json: JSON) -> JSON {
        if case .double(let value) = json { .string(value.description) } else { json }
    }

    private static func number(_ json: JSON) -> JSON {
        guard let text = json.stringValue, text.contains("."), let number = DecimalText.number(text) else {
            return json
        }
        return .double(number)
    }
}

extension JSONObject {
    fileprivate func mapMembers(_ value: (_ name: String, _ value: JSON) -> JSON) -> JSONObject {
        JSONObject(members.map { Member(name: $0.name, value: value($0.name, $0.value)) })
    }
}
