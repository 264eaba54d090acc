import Base

/// How one value of a record is made of a row.
indirect enum ImportRule: Sendable, Equatable {
    case column(String)
    case const(JSON)
    case template([Piece])
    case json(String)
    case number(String)
    case time(String, TimeText)
    case hash(String, PersonalHash.Form)
    case choice(String, JSONObject, otherwise: ImportRule?)
    case match(String, [PathPattern], otherwise: ImportRule?)
    case object([Field])

    struct Field: Sendable, Equatable {
        let name: String
        let rule: ImportRule
    }

    enum Piece: Sendable, Equatable {
        case text(String)
        case column(String)
    }

    /// The value; nil where the columns that it is made of are absent.
    func value(_ row: JSONObject) -> JSON? {
        switch self {
        case .column(let name): row.column(name)
        case .const(let json): json
        case .template(let pieces): Self.text(pieces, row).map { .string($0) }
        case .json(let name): row.column(name)?.stringValue.flatMap { try? JSON.parse($0) }
        case .number(let name): row.column(name).flatMap(Self.number)
        case .time(let name, let form): row.column(name).flatMap { Self.time($0, form) }
        case .hash(let name, let form):
            row.column(name)?.plain.flatMap { PersonalHash.hex($0, as: form) }.map {
                .string($0)
            }
        case .choice(let name, let values, let otherwise):
            row.column(name)?.plain.flatMap { values[$0] } ?? otherwise?.value(row)
        case .match(let name, let patterns, let otherwise):
            row.column(name)?.plain.flatMap { path in patterns.lazy.compactMap { $0.text(of: path) }.first }.map {
                .string($0)
            } ?? otherwise?.value(row)
        case .object(let fields):
            .object(
                JSONObject(
                    fields.compactMap { field in
                        field.rule.value(row).map { JSONObject.Member(name: field.name, value: $0) }
                    }))
        }
    }

    /// What is no number stays as it is, so that the event is refused and shows it.
    private static func number(_ json: JSON) -> JSON? {
        guard let text = json.stringValue else { return json }
        return text.isEmpty ? nil : NumberText.number(text) ?? json
    }

    /// What is no such time stays as text, so that the event is refused and shows it.
    private static func time(_ json: JSON, _ form: TimeText) -> JSON? {
        guard json != "" else { return nil }
        return form.unixMs(json).map { .int($0) } ?? json.plain.map { .string("\($0) (not \(form.form.rawValue))") }
            ?? json
    }

    private static func text(_ pieces: [Piece], _ row: JSONObject) -> String? {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .column(let name):
                guard let value = row.column(name), value != "" else { return nil }
                text += value.stringValue ?? value.text
            }
        }
        return text
    }
}

extension ImportRule {
    init(json: JSON, place: String) throws(MappingError) {
        if let column = json.stringValue {
            self = .column(column)
            return
        }
        guard let object = json.objectValue else {
            throw MappingError(place: place, expected: "a column's name or an object")
        }
        if let const = object["const"] {
            self = .const(const)
        } else if let template = object["template"]?.stringValue {
            self = .template(Self.pieces(template))
        } else if let column = object["json"]?.stringValue {
            self = .json(column)
        } else if let column = object["number"]?.stringValue {
            self = .number(column)
        } else if let column = object["hash"]?.stringValue {
            self = .hash(column, try Self.hashForm(object, place))
        } else if let column = object["time"]?.stringValue, object["form"] != nil {
            self = .time(column, try Self.timeForm(object, place))
        } else if let column = object["choose"]?.stringValue, let values = object["from"]?.objectValue {
            let otherwise = try object["else"].map { json throws(MappingError) in
                try Self(json: json, place: place + ".else")
            }
            self = .choice(column, values, otherwise: otherwise)
        } else if let column = object["match"]?.stringValue, let patterns = object["patterns"]?.objectValue {
            let otherwise = try object["else"].map { json throws(MappingError) in
                try Self(json: json, place: place + ".else")
            }
            self = .match(column, try PathPattern.all(patterns, place), otherwise: otherwise)
        } else {
            var fields: [Field] = []
            for member in object.members {
                fields.append(
                    Field(name: member.name, rule: try Self(json: member.value, place: "\(place).\(member.name)")))
            }
            self = .object(fields)
        }
    }

    private static func hashForm(_ object: JSONObject, _ place: String) throws(MappingError) -> PersonalHash.Form {
        guard let word = object["as"] else { return .text }
        guard let form = word.stringValue.flatMap({ PersonalHash.Form(rawValue: $0) }) else {
            throw MappingError(place: place + ".as", expected: "phone, email or text")
        }
        return form
    }

    private static func timeForm(_ object: JSONObject, _ place: String) throws(MappingError) -> TimeText {
        guard let form = object["form"]?.stringValue.flatMap({ TimeText.Form(rawValue: $0) }) else {
            let known = TimeText.Form.allCases.map(\.rawValue).joined(separator: ", ")
            throw MappingError(place: place + ".form", expected: "one of \(known)")
        }
        guard let zone = TimeText.zone(object["zone"]?.stringValue ?? "Z") else {
            throw MappingError(place: place + ".zone", expected: "Z or an offset such as +08:00")
        }
        return TimeText(form, zone: zone)
    }

    private static func pieces(_ template: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            pieces.append(.column(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }
}

extension JSONObject {
    /// The column of this name; or, where there is none, the value at a JSON pointer (`/order/id`, RFC 6901) or at a
    /// dotted path (`order.id`, `items.0.sku`). Null counts as absent.
    func column(_ name: String) -> JSON? {
        if let value = self[name] { return value == .null ? nil : value }
        let isPointer = name.hasPrefix("/")
        guard isPointer || name.contains(".") else { return nil }
        let path = isPointer ? JSONPointer(name) : JSONPointer(parts: name.split(separator: ".").map(String.init))
        return path.value(in: .object(self)).flatMap { $0 == .null ? nil : $0 }
    }
}

extension JSON {
    /// Text, or a number or truth as text; nil for all else.
    var plain: String? {
        switch self {
        case .string(let text): text
        case .int, .double, .bool: text
        case .null, .array, .object: nil
        }
    }
}
