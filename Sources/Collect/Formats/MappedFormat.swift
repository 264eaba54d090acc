public import Base
public import Domain

/// JSON of any shape that a mapping reads: what webhooks push and logs hold.
public enum MappedFormat {
    /// The elements of a body: those of the list that the mapping names, of an array, or the body itself.
    public static func elements(_ body: JSON, _ mapping: ImportMapping) throws(CollectError) -> [JSON] {
        guard let place = mapping.elements else { return body.arrayValue ?? [body] }
        switch JSONPointer(place).value(in: body) {
        case .array(let elements)?: return elements
        case .object(let object)?: return [.object(object)]
        case nil, .null?: return []
        case let other?: throw .wrongShape(expected: "a list or an object at \(place)", got: other.kindName)
        }
    }

    /// What one element stands for; nil where the mapping makes no record of it.
    public static func item(_ element: JSON, _ mapping: ImportMapping, source: SourceName) -> WireItem? {
        guard var row = element.objectValue else {
            let refusal = Refusal(.notAnObject, "an element must be an object, not \(element.kindName)")
            return WireItem(drafts: .failure(refusal), json: element)
        }
        row["#source"] = .string(source.text)
        let records = mapping.records(of: row)
        guard !records.isEmpty else { return nil }
        var drafts: [EventDraft] = []
        for record in records {
            switch NativeFormat.drafts(withoutEmptyValue(record)) {
            case .success(let more): drafts += more
            case .failure(let refusal): return WireItem(drafts: .failure(refusal), json: element)
            }
        }
        return WireItem(drafts: .success(drafts), json: element)
    }

    /// The records that a mapping makes, as people look at them.
    public static func records(of element: JSON, _ mapping: ImportMapping, source: SourceName) -> [JSON] {
        guard var row = element.objectValue else { return [] }
        row["#source"] = .string(source.text)
        return mapping.records(of: row).map(withoutEmptyValue)
    }

    /// Where every column of an amount is empty, there is none.
    private static func withoutEmptyValue(_ record: JSON) -> JSON {
        guard var object = record.objectValue, let value = object["value"]?.objectValue,
            value["amount"] == nil, value["minor"] == nil
        else { return record }
        object["value"] = nil
        return .object(object)
    }
}
