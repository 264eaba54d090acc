internal import CADBC

/// A column on its way to the engine.
struct ArrowColumnBuilder {
    let name: String
    private let format: String
    private let rowCount: Int
    private let nullCount: Int
    private let buffers: [[UInt8]]  // Validity first.

    private init(name: String, format: String, validity: [Bool], buffers: [[UInt8]]) {
        self.name = name
        self.format = format
        rowCount = validity.count
        nullCount = validity.count { !$0 }
        self.buffers = [Self.bits(validity)] + buffers
    }

    init(name: String, bools: [Bool?]) {
        self.init(
            name: name, format: "b", validity: bools.map { $0 != nil }, buffers: [Self.bits(bools.map { $0 ?? false })])
    }

    init(name: String, ints: [Int64?]) { self.init(name: name, format: "l", words: ints) }

    /// Milliseconds since 1970, in UTC.
    init(name: String, timestampsMs: [Int64?]) { self.init(name: name, format: "tsm:UTC", words: timestampsMs) }

    init(name: String, doubles: [Double?]) {
        self.init(name: name, format: "g", words: doubles.map { $0.map { Int64(bitPattern: $0.bitPattern) } })
    }

    /// - Precondition: All texts together are shorter than 2 GiB.
    init(name: String, texts: [String?]) {
        var offsets: [Int32] = [0]
        var bytes: [UInt8] = []
        offsets.reserveCapacity(texts.count + 1)
        for text in texts {
            if let text { bytes += text.utf8 }
            offsets.append(Int32(bytes.count))
        }
        self.init(
            name: name, format: "u", validity: texts.map { $0 != nil }, buffers: [Self.littleEndian(offsets), bytes])
    }

    private init(name: String, format: String, words: [Int64?]) {
        self.init(
            name: name, format: format, validity: words.map { $0 != nil },
            buffers: [Self.littleEndian(words.map { $0 ?? 0 })])
    }

    private static func bits(_ flags: [Bool]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (flags.count + 7) / 8)
        for (index, flag) in flags.enumerated() where flag { bytes[index / 8] |= 1 << (index % 8) }
        return bytes
    }

    private static func littleEndian<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
        unsafe numbers.withUnsafeBytes { unsafe Array($0) }  // Of the platforms that are built for.
    }
}

extension ArrowColumnBuilder {
    /// The columns as one Arrow array of structs and its schema; whoever takes them calls their `release`.
    ///
    /// - Precondition: All columns have the same number of rows.
    static func export(_ columns: [ArrowColumnBuilder]) -> (ArrowArray, ArrowSchema) {
        let rowCount = columns.first?.rowCount ?? 0
        precondition(columns.allSatisfy { $0.rowCount == rowCount }, "columns of one length")
        let array = ArrowMemory()
        let schema = ArrowMemory()
        var root = unsafe ArrowArray()
        unsafe root.length = Int64(rowCount)
        unsafe root.n_buffers = 1
        unsafe root.buffers = array.pointers([nil])
        unsafe root.n_children = Int64(columns.count)
        unsafe root.children = array.children(columns.map { unsafe $0.array })
        unsafe root.release = { unsafe ArrowMemory.release($0) }
        unsafe root.private_data = array.retained
        var rootSchema = unsafe ArrowSchema()
        unsafe rootSchema.format = schema.text("+s")
        unsafe rootSchema.name = schema.text("")
        unsafe rootSchema.n_children = Int64(columns.count)
        unsafe rootSchema.children = schema.children(columns.map { unsafe $0.schema })
        unsafe rootSchema.release = { unsafe ArrowMemory.release($0) }
        unsafe rootSchema.private_data = schema.retained
        return unsafe (root, rootSchema)
    }

    private var array: ArrowArray {
        let memory = ArrowMemory()
        var array = unsafe ArrowArray()
        unsafe array.length = Int64(rowCount)
        unsafe array.null_count = Int64(nullCount)
        unsafe array.n_buffers = Int64(buffers.count)
        unsafe array.buffers = memory.pointers(buffers.map { unsafe memory.copy($0) })
        unsafe array.release = { unsafe ArrowMemory.release($0) }
        unsafe array.private_data = memory.retained
        return unsafe array
    }

    private var schema: ArrowSchema {
        let memory = ArrowMemory()
        var schema = unsafe ArrowSchema()
        unsafe schema.format = memory.text(format)
        unsafe schema.name = memory.text(name)
        unsafe schema.flags = Int64(CADBC_SCHEMA_NULLABLE)
        unsafe schema.release = { unsafe ArrowMemory.release($0) }
        unsafe schema.private_data = memory.retained
        return unsafe schema
    }
}
