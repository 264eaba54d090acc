public import Base
internal import CADBC

/// The rows of a result as the engine makes them: a batch at a time, never the whole. Blocks; one thread at a time.
@safe
public final class RowStream {
    public let columns: [SQLColumn]
    private let statement: Statement  // Kept until the stream is released: the engine reads from it.
    private let stream: UnsafeMutablePointer<ArrowArrayStream>
    private var batch: ArrowBatch?
    private var row = 0

    init(_ statement: Statement) throws(LakeError) {
        self.statement = statement
        let stream = UnsafeMutablePointer<ArrowArrayStream>.allocate(capacity: 1)
        unsafe stream.initialize(to: ArrowArrayStream())
        do throws(LakeError) {
            try unsafe statement.execute(into: stream)
            columns = try unsafe Self.columns(of: stream)
        } catch {
            unsafe stream.pointee.release?(stream)
            unsafe stream.deallocate()
            throw error
        }
        unsafe self.stream = stream
    }

    deinit {
        batch = nil
        unsafe stream.pointee.release?(stream)
        unsafe stream.deallocate()
    }

    /// Nil after the last one. Rows of a batch that `nextRow` has begun are not given again.
    public func nextBatch() throws(LakeError) -> ArrowBatch? {
        var array = unsafe ArrowArray()
        let status = unsafe stream.pointee.get_next?(stream, &array) ?? -1
        guard status == 0 else { throw unsafe Self.failure(stream, status) }
        guard unsafe array.release != nil else { return nil }
        return try unsafe ArrowBatch(array, columns: columns)
    }

    /// The next row by column names; nil after the last one. Where a name occurs twice, the last one counts.
    public func nextRow() throws(LakeError) -> JSONObject? {
        while batch.map({ row >= $0.rowCount }) ?? true {
            guard let next = try nextBatch() else { return nil }
            batch = next
            row = 0
        }
        guard let batch else { return nil }
        defer { row += 1 }
        return JSONObject(
            columns.indices.map { .init(name: columns[$0].name, value: batch[column: $0, row: row].json) })
    }

    private static func columns(of stream: UnsafeMutablePointer<ArrowArrayStream>) throws(LakeError) -> [SQLColumn] {
        var schema = unsafe ArrowSchema()
        let status = unsafe stream.pointee.get_schema?(stream, &schema) ?? -1
        guard status == 0 else { throw unsafe failure(stream, status) }
        defer { unsafe schema.release?(&schema) }
        var columns: [SQLColumn] = []
        for index in 0..<Int(unsafe schema.n_children) {
            guard let child = unsafe schema.children?[index]?.pointee else { continue }
            let name = unsafe child.name.map { unsafe String(cString: $0) } ?? ""
            let format = unsafe child.format.map { unsafe String(cString: $0) } ?? ""
            guard unsafe child.dictionary == nil, let type = ArrowType(format: format) else {
                throw .unsupportedType(column: name, format: format)
            }
            columns.append(SQLColumn(name: name, type: type))
        }
        return columns
    }

    private static func failure(_ stream: UnsafeMutablePointer<ArrowArrayStream>, _ status: Int32) -> LakeError {
        let message = unsafe stream.pointee.get_last_error?(stream).map { unsafe String(cString: $0) }
        return .engine(message: message ?? "the result could not be read (status \(status))")
    }
}
