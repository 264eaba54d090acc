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
    private let text: TextFields?  // Nil where the table itself tells numbers from text.

    init(_ request: ImportRequest) {
        self.init(
            request.mapping, json: request.mappingJSON, source: request.source, format: request.format,
            settings: request.settings)
    }

    /// - Parameter json: What `mapping` was read from.
    init(
        _ mapping: ImportMapping, json: JSON, source: SourceName, format: TableFormat,
        settings: [ImportRequest.Setting] = []
    ) {
        self.mapping = mapping
        reserved =
            [JSONObject.Member(name: "#source", value: .string(source.text))]
            + settings.map { JSONObject.Member(name: "#" + $0.name, value: .string($0.value)) }
        let isText = format == .csv && mapping.select == nil
        text = isText ? TextFields(mapping: json) : nil
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
                let content = Self.withoutEmptyValue(text?.typed(record) ?? record)
                return PlacedRecord(number: row.number, index: index, content: .success(content), text: [])
            }
        }
    }

    /// Where every column of an amount is empty, there is none.
    private static func withoutEmptyValue(_ record: JSON) -> JSON {
        guard var object = record.objectValue, object["value"]?.objectValue?.isEmpty == true else { return record }
        object["value"] = nil
        return .object(object)
    }
}
