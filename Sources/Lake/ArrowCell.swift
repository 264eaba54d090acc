internal import CADBC

/// One value of an Arrow array: reads the array's buffers at an index that has been checked.
@safe
struct ArrowCell {
    private let column: ArrowArray
    private let index: Int

    init(column: ArrowArray, index: Int) {
        unsafe self.column = column
        self.index = index
    }

    private func buffer(_ number: Int) -> UnsafeRawPointer? { unsafe column.buffers?[number] }

    private func load<Number: FixedWidthInteger>(_ type: Number.Type, buffer number: Int = 1, at position: Int? = nil)
        -> Number
    {
        let offset = (position ?? index) * MemoryLayout<Number>.size
        return unsafe buffer(number)?.loadUnaligned(fromByteOffset: offset, as: type) ?? 0
    }

    private func bit(buffer number: Int) -> Bool {
        load(UInt8.self, buffer: number, at: index / 8) >> (index % 8) & 1 == 1
    }

    /// A column of type null has no buffers; a column without nulls may have no validity buffer.
    var isNull: Bool {
        if unsafe column.n_buffers == 0 { return true }
        return unsafe buffer(0) != nil && !bit(buffer: 0)
    }

    func value(_ type: ArrowType) -> SQLValue {
        switch type {
        case .null: .null
        case .bool: .bool(bit(buffer: 1))
        case .int(let byteCount, let isSigned): integer(byteCount, isSigned)
        case .float: .double(Double(Float(bitPattern: load(UInt32.self))))
        case .double: .double(Double(bitPattern: load(UInt64.self)))
        case .decimal(let scale, let byteCount): .decimal(decimal(scale, byteCount))
        case .text: .text(unsafe String(decoding: bytes, as: UTF8.self))
        case .bytes: .bytes(unsafe Array(bytes))
        case .date: .date(daysSince1970: Int64(load(Int32.self)))
        case .timestamp(let unitsPerSecond): .timestamp(unixMs: milliseconds(unitsPerSecond))
        }
    }

    private func integer(_ byteCount: Int, _ isSigned: Bool) -> SQLValue {
        switch (byteCount, isSigned) {
        case (1, true): return .int(Int64(load(Int8.self)))
        case (1, false): return .int(Int64(load(UInt8.self)))
        case (2, true): return .int(Int64(load(Int16.self)))
        case (2, false): return .int(Int64(load(UInt16.self)))
        case (4, true): return .int(Int64(load(Int32.self)))
        case (4, false): return .int(Int64(load(UInt32.self)))
        case (8, true): return .int(load(Int64.self))
        default:
            let value = load(UInt64.self)
            return Int64(exactly: value).map { .int($0) } ?? .decimal(SQLDecimal(unscaled: Int128(value), scale: 0))
        }
    }

    private func decimal(_ scale: Int, _ byteCount: Int) -> SQLDecimal {
        switch byteCount {
        case 4: SQLDecimal(unscaled: Int128(load(Int32.self)), scale: scale)
        case 8: SQLDecimal(unscaled: Int128(load(Int64.self)), scale: scale)
        default:
            // Two halves, the low one first.
            SQLDecimal(
                unscaled: Int128(load(Int64.self, at: 2 * index + 1)) << 64
                    | Int128(load(UInt64.self, at: 2 * index)), scale: scale)
        }
    }

    private func milliseconds(_ unitsPerSecond: Int64) -> Int64 {
        let value = load(Int64.self)
        guard unitsPerSecond < 1000 else { return value.flooredDivision(by: unitsPerSecond / 1000).quotient }
        return value.multipliedReportingOverflow(by: 1000).partialValue
    }

    private var bytes: UnsafeRawBufferPointer {
        let start = Int(load(Int32.self))
        let end = Int(load(Int32.self, at: index + 1))
        guard let base = unsafe buffer(2), end > start else {
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return unsafe UnsafeRawBufferPointer(start: base + start, count: end - start)
    }
}
