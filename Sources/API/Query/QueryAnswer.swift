import Base
import HTTPServer

/// What a query answers: the whole as JSON, and its rows as a table for those who want CSV.
struct QueryAnswer: Sendable {
    var json: JSONObject
    let table: QueryTable

    init(_ json: JSONObject, table: QueryTable) {
        self.json = json
        self.table = table
    }
}

/// Rows of plain values under the names of their columns.
struct QueryTable: Sendable {
    let columns: [String]
    let rows: [[JSON]]

    init(_ columns: [String], _ rows: [[JSON]]) {
        self.columns = columns
        self.rows = rows
    }

    /// Texts as they are, numbers in full, nothing for null.
    var csv: [UInt8] {
        var bytes: [UInt8] = []
        CSVText.append(columns, to: &bytes)
        for row in rows {
            CSVText.append(row.map { $0 == .null ? "" : $0.stringValue ?? $0.text }, to: &bytes)
        }
        return bytes
    }
}

extension HTTPRequest {
    /// Whether CSV is preferred: `Accept` names it, and JSON not before it.
    var wantsCSV: Bool {
        let types = headers.values(of: "Accept").flatMap { $0.split(separator: ",") }.map { type in
            type.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        }
        guard let csv = types.firstIndex(of: "text/csv") else { return false }
        return types.firstIndex(of: "application/json").map { csv < $0 } ?? true
    }
}
