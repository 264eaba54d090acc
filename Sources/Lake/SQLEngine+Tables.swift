import Base

extension SQLEngine {
    /// The rows of a Parquet file in the file's order; memory does not grow with the file.
    ///
    /// Columns whose types JSON has no word for (lists, structures, times of day, …) come as text.
    ///
    /// - Parameter select: SQL over the table `source`, which is the file; nil: its rows as they are.
    public func readParquet(_ path: String, select: String? = nil) throws(LakeError) -> RowStream {
        try readTable(Self.parquet(try FilePath.absolute(path)), select: select)
    }

    /// As `readParquet`, of a CSV file whose first line names the columns; types are told from its values.
    public func readCSV(_ path: String, select: String? = nil) throws(LakeError) -> RowStream {
        try readTable(Self.csv(try FilePath.absolute(path)), select: select)
    }

    /// How many rows `readParquet` gives. Costs a run of `select`; without one, no more than the file's footer.
    public func countParquet(_ path: String, select: String? = nil) throws(LakeError) -> Int64 {
        try countRows(of: Self.parquet(try FilePath.absolute(path)), select: select)
    }

    /// How many rows `readCSV` gives. Costs a pass over the file.
    public func countCSV(_ path: String, select: String? = nil) throws(LakeError) -> Int64 {
        try countRows(of: Self.csv(try FilePath.absolute(path)), select: select)
    }

    private func countRows(of table: String, select: String?) throws(LakeError) -> Int64 {
        let inner = try selection(from: table, select)
        return try rows("SELECT count(*) AS count FROM (\(inner))").first?["count"]?.intValue ?? 0
    }

    /// Makes the table known as `source`; the SQL of the rows that are asked for.
    private func selection(from table: String, _ select: String?) throws(LakeError) -> String {
        try run("CREATE OR REPLACE VIEW source AS SELECT * FROM \(table)")
        return select ?? "SELECT * FROM source"
    }

    private static func csv(_ path: String) -> String { "read_csv(\(literal(path)), header = true)" }

    private static func parquet(_ path: String) -> String { "read_parquet(\(literal(path)))" }

    private func readTable(_ table: String, select: String?) throws(LakeError) -> RowStream {
        let inner = try selection(from: table, select)
        let columns = try rows("DESCRIBE \(inner)").map { column in
            let name = Self.identifier(column["column_name"]?.stringValue ?? "")
            let isPlain = Self.isPlain(column["column_type"]?.stringValue ?? "")
            return isPlain ? name : "CAST(\(name) AS VARCHAR) AS \(name)"
        }
        return try query("SELECT \(columns.joined(separator: ", ")) FROM (\(inner))")
    }

    /// Whether values of this SQL type are read without a cast.
    private static func isPlain(_ type: String) -> Bool {
        let plain: Set<String> = [
            "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "HUGEINT", "FLOAT", "DOUBLE", "VARCHAR", "BLOB", "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS",
            "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE",
        ]
        return plain.contains(type) || (type.hasPrefix("DECIMAL(") && !type.hasSuffix("]"))
    }
}
