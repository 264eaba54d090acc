public import Base

/// Why a mapping file is none: where in it, and what is expected there.
public struct MappingError: Error, Equatable, CustomStringConvertible {
    public let place: String
    public let expected: String

    public var description: String { "mapping \(place): expected \(expected)" }
}

/// How the rows of a table become events, orders, catalogue items or campaigns.
///
/// A rule is a text (the column of that name), `{"const": value}`, `{"template": "product:{product_id}"}`,
/// `{"json": "column"}` (the column holds JSON text), or an object of rules. The reserved columns `#row` and `#file`
/// name the row's number and the file. A template with an empty column is absent.
public struct ImportMapping: Sendable, Equatable {
    public enum Target: String, Sendable, CaseIterable { case events, catalog, campaigns, orders }

    /// One record made from a row, if `when` (a column) is there and neither empty, 0 nor false.
    public struct Record: Sendable, Equatable {
        let when: String?
        let rule: Rule
    }

    public let source: String
    public let target: Target
    public let select: String?  // SQL over the table `source`, run by DuckDB; nil: the rows as they are.
    public let records: [Record]

    public init(json: JSON) throws(MappingError) {
        guard let object = json.objectValue else { throw MappingError(place: "file", expected: "an object") }
        source = object["source"]?.stringValue ?? "import"
        guard let target = Target(rawValue: object["into"]?.stringValue ?? "events") else {
            throw MappingError(place: "`into`", expected: "events, orders, catalog or campaigns")
        }
        self.target = target
        select = object["select"]?.stringValue
        guard let records = object["records"]?.arrayValue, !records.isEmpty else {
            throw MappingError(place: "`records`", expected: "a list of at least one {\"fields\": rules}")
        }
        var read: [Record] = []
        for (index, record) in records.enumerated() {
            guard let fields = record["fields"], fields.objectValue != nil else {
                throw MappingError(place: "records[\(index)].fields", expected: "an object of rules")
            }
            read.append(
                Record(when: record["when"]?.stringValue, rule: try Rule(json: fields, place: "records[\(index)]")))
        }
        self.records = read
    }

    /// The records that one row stands for; fields whose column is absent or null are left out.
    public func records(of row: JSONObject) -> [JSON] {
        records.compactMap { record in
            if let when = record.when, !Self.isTrue(row[when]) { return nil }
            return record.rule.value(row) ?? .object(JSONObject())
        }
    }

    private static func isTrue(_ json: JSON?) -> Bool {
        switch json {
        case nil, .null, false, 0, "", "0", "false": false
        case .double(let value): value != 0
        default: true
        }
    }
}

extension ImportMapping {
    indirect enum Rule: Sendable, Equatable {
        case column(String)
        case const(JSON)
        case template([Piece])
        case json(String)
        case object([Field])

        struct Field: Sendable, Equatable {
            let name: String
            let rule: Rule
        }

        enum Piece: Sendable, Equatable {
            case text(String)
            case column(String)
        }

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
            } else {
                var fields: [Field] = []
                for member in object.members {
                    fields.append(
                        Field(name: member.name, rule: try Rule(json: member.value, place: "\(place).\(member.name)")))
                }
                self = .object(fields)
            }
        }

        func value(_ row: JSONObject) -> JSON? {
            switch self {
            case .column(let name): row[name].flatMap { $0 == .null ? nil : $0 }
            case .const(let json): json
            case .template(let pieces): Self.text(pieces, row).map { .string($0) }
            case .json(let name): row[name]?.stringValue.flatMap { try? JSON.parse($0) }
            case .object(let fields):
                .object(
                    JSONObject(
                        fields.compactMap { field in
                            field.rule.value(row).map { JSONObject.Member(name: field.name, value: $0) }
                        }))
            }
        }

        private static func text(_ pieces: [Piece], _ row: JSONObject) -> String? {
            var text = ""
            for piece in pieces {
                switch piece {
                case .text(let literal): text += literal
                case .column(let name):
                    guard let value = row[name], value != .null, value != "" else { return nil }
                    text += value.stringValue ?? value.text
                }
            }
            return text
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
}
