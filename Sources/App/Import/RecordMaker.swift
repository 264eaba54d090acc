import Base
import Collect
import Domain

/// A record that a mapping made of a row, or why the row gives none.
struct PlacedRecord: Sendable {
    let number: Int  // Of the row, as `ImportRow.number`.
    let index: Int  // 0-based, among the records of one row.
    let content: Result<JSON, Refusal>
    let text: [UInt8]  // The row as it stands, where it gives no record.
}

/// Makes the records of rows: the mapping's rules over the row's columns and the reserved ones.
struct RecordMaker {
    private let mapping: ImportMapping
    private let reserved: [JSONObject.Member]
    private let isText: Bool  // Whether numbers come as the text of a file.

    init(_ request: ImportRequest) {
        mapping = request.mapping
        reserved =
            [JSONObject.Member(name: "#source", value: .string(request.source.text))]
            + request.settings.map { JSONObject.Member(name: "#" + $0.name, value: .string($0.value)) }
        isText = request.format == .csv && request.mapping.select == nil
    }

    func callAsFunction(_ row: ImportRow) -> [PlacedRecord] {
        switch row.columns {
        case .failure(let refusal):
            return [PlacedRecord(number: row.number, index: 0, content: .failure(refusal), text: row.text)]
        case .success(let columns):
            var members = columns.members
            members.append(JSONObject.Member(name: "#row", value: .int(Int64(row.number))))
            members += reserved
            return mapping.records(of: JSONObject(members)).enumerated().map { index, record in
                PlacedRecord(
                    number: row.number, index: index, content: .success(isText ? Self.typed(record) : record), text: [])
            }
        }
    }

    /// Text where names are meant, numbers where amounts and properties are: a file of text does not tell `2.50` the
    /// price from `2.50` the version.
    private static func typed(_ record: JSON) -> JSON {
        guard let object = record.objectValue else { return record }
        return .object(
            JSONObject(
                object.members.map { member in
                    switch member.name {
                    case "value", "properties": JSONObject.Member(name: member.name, value: number(member.value))
                    default: JSONObject.Member(name: member.name, value: name(member.value))
                    }
                }))
    }

    private static func name(_ json: JSON) -> JSON {
        if case .double(let value) = json { .string(value.description) } else { json }
    }

    private static func number(_ json: JSON) -> JSON {
        switch json {
        case .string(let text):
            if text.contains("."), let number = DecimalText.number(text) { .double(number) } else { json }
        case .object(let object):
            .object(
                JSONObject(object.members.map { JSONObject.Member(name: $0.name, value: number($0.value)) }))
        default: json
        }
    }
}
