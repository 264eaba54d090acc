internal import CADBC

/// Some rows of a result, by columns. Memory belongs to the engine until the batch goes.
@safe
public final class ArrowBatch {
    public let columns: [SQLColumn]
    public let rowCount: Int
    private var array: ArrowArray

    /// Takes over `array`, whose children are the columns.
    init(_ array: ArrowArray, columns: [SQLColumn]) throws(LakeError) {
        unsafe self.array = array
        self.columns = columns
        rowCount = unsafe Int(array.length)
        guard unsafe Int(array.n_children) == columns.count else {
            throw .engine(message: "a batch of \(unsafe array.n_children) columns, \(columns.count) were announced")
        }
        for (index, column) in columns.enumerated() {
            let child = unsafe array.children?[index]?.pointee
            guard let child = unsafe child, unsafe Int(child.n_buffers) >= column.type.bufferCount,
                unsafe child.length >= array.length
            else { throw .engine(message: "the batch's column \(column.name) is not whole") }
        }
    }

    deinit { unsafe array.release?(&array) }

    /// - Precondition: `column` and `row` are in range.
    public func isNull(column: Int, row: Int) -> Bool { cell(column, row).isNull }

    /// Nil for null, and where the column is not of whole numbers, or the number is beyond 64 bits.
    public func int(column: Int, row: Int) -> Int64? {
        if case .int(let value) = self[column: column, row: row] { value } else { nil }
    }

    /// Also of whole numbers and decimals, rounded to the nearest double. Nil for null and for other types.
    public func double(column: Int, row: Int) -> Double? {
        switch self[column: column, row: row] {
        case .double(let value): value
        case .int(let value): Double(value)
        case .decimal(let value): value.double
        default: nil
        }
    }

    public func text(column: Int, row: Int) -> String? {
        if case .text(let text) = self[column: column, row: row] { text } else { nil }
    }

    public func bool(column: Int, row: Int) -> Bool? {
        if case .bool(let flag) = self[column: column, row: row] { flag } else { nil }
    }

    /// Milliseconds since 1970; nil for null and for other types.
    public func timestampMs(column: Int, row: Int) -> Int64? {
        if case .timestamp(let unixMs) = self[column: column, row: row] { unixMs } else { nil }
    }

    /// - Precondition: `column` and `row` are in range.
    public subscript(column column: Int, row row: Int) -> SQLValue {
        let cell = cell(column, row)
        return cell.isNull ? .null : cell.value(columns[column].type)
    }

    private func cell(_ column: Int, _ row: Int) -> ArrowCell {
        precondition(columns.indices.contains(column) && (0..<rowCount).contains(row), "a cell of the batch")
        guard let child = unsafe array.children?[column]?.pointee else { preconditionFailure("checked in init") }
        return unsafe ArrowCell(column: child, index: row + Int(array.offset) + Int(child.offset))
    }
}
