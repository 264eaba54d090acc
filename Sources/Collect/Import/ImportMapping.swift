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
/// `{"json": "column"}` (the column holds JSON text), a rule for numbers, times, hashes or choices (`ImportRule`), or
/// an object of rules. The reserved columns `#row` and `#source` name the row's number and the source. A template with
/// an empty column is absent.
public struct ImportMapping: Sendable, Equatable {
    public enum Target: String, Sendable, CaseIterable { case events, catalog, campaigns, orders }

    /// One record made from a row, if `when` (a column) is there and neither empty, 0 nor false.
    public struct Record: Sendable, Equatable {
        let when: String?
        let rule: ImportRule
    }

    public let source: String
    public let target: Target
    public let select: String?  // SQL over the table `source`, run by DuckDB; nil: the rows as they are.
    public let elements: String?  // JSON pointer of the list in a body whose elements are the rows; nil: the body.
    public let records: [Record]

    public init(json: JSON) throws(MappingError) {
        guard let object = json.objectValue else { throw MappingError(place: "file", expected: "an object") }
        source = object["source"]?.stringValue ?? "import"
        guard let target = Target(rawValue: object["into"]?.stringValue ?? "events") else {
            throw MappingError(place: "`into`", expected: "events, orders, catalog or campaigns")
        }
        self.target = target
        select = object["select"]?.stringValue
        elements = object["elements"]?.stringValue
        if let elements, !elements.hasPrefix("/") {
            throw MappingError(place: "`elements`", expected: "a JSON pointer such as /orders")
        }
        guard let records = object["records"]?.arrayValue, !records.isEmpty else {
            throw MappingError(place: "`records`", expected: "a list of at least one {\"fields\": rules}")
        }
        var read: [Record] = []
        for (index, record) in records.enumerated() {
            guard let fields = record["fields"], fields.objectValue != nil else {
                throw MappingError(place: "records[\(index)].fields", expected: "an object of rules")
            }
            read.append(
                Record(
                    when: record["when"]?.stringValue, rule: try ImportRule(json: fields, place: "records[\(index)]")))
        }
        self.records = read
    }

    /// The records that one row stands for; fields whose column is absent or null are left out.
    public func records(of row: JSONObject) -> [JSON] {
        records.compactMap { record in
            if let when = record.when, !Self.isTrue(row.column(when)) { return nil }
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
