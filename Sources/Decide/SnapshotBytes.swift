/// Writes fixed-width little-endian fields, and texts behind their length.
struct SnapshotWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<Integer: FixedWidthInteger>(_ value: Integer) {
        var rest = value.littleEndian
        for _ in 0..<MemoryLayout<Integer>.size {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            if MemoryLayout<Integer>.size > 1 { rest >>= 8 }
        }
    }

    mutating func put(_ value: Double) { put(value.bitPattern) }
    mutating func put(_ value: Float) { put(value.bitPattern) }
    mutating func put(count: Int) { put(UInt32(clamping: count)) }

    mutating func put(_ text: String) {
        put(count: text.utf8.count)
        bytes += text.utf8
    }

    mutating func put(_ field: [UInt8]) {
        put(count: field.count)
        bytes += field
    }
}

/// Reads what `SnapshotWriter` wrote; every read is bounds-checked.
struct SnapshotReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type = Integer.self) throws(DecideSnapshotError)
        -> Integer
    {
        let size = MemoryLayout<Integer>.size
        let field = try slice(size)
        var value: UInt64 = 0
        for byte in field.reversed() { value = value << 8 | UInt64(byte) }
        return Integer(truncatingIfNeeded: value)
    }

    mutating func double() throws(DecideSnapshotError) -> Double { Double(bitPattern: try integer()) }
    mutating func float() throws(DecideSnapshotError) -> Float { Float(bitPattern: try integer()) }

    /// A count of elements that take at least `byteCountLeast` each, so that damage cannot ask for all memory.
    mutating func count(byteCountLeast: Int) throws(DecideSnapshotError) -> Int {
        let count = Int(try integer(UInt32.self))
        guard count <= (bytes.endIndex - position) / byteCountLeast else { throw .damaged(byteOffset: position) }
        return count
    }

    mutating func text() throws(DecideSnapshotError) -> String { String(decoding: try field(), as: UTF8.self) }

    mutating func field() throws(DecideSnapshotError) -> ArraySlice<UInt8> { try slice(try count(byteCountLeast: 1)) }

    mutating func slice(_ byteCount: Int) throws(DecideSnapshotError) -> ArraySlice<UInt8> {
        guard bytes.endIndex - position >= byteCount else { throw .damaged(byteOffset: position) }
        defer { position += byteCount }
        return bytes[position..<position + byteCount]
    }
}
