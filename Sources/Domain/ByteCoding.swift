/// Appends fields to a byte string.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(_ text: String) {
        appendUnsigned(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func append(_ field: [UInt8]) {
        appendUnsigned(UInt64(field.count))
        bytes += field
    }

    /// Zigzag, so that small negative numbers stay short.
    mutating func append(_ value: Int64) { appendUnsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    private mutating func appendUnsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads what `ByteWriter` wrote; every read is bounds-checked.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(EventCodecError) -> UInt8 {
        guard position < bytes.count else { throw .truncated(byteOffset: position) }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func integer() throws(EventCodecError) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func slice() throws(EventCodecError) -> ArraySlice<UInt8> {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - position) else { throw .truncated(byteOffset: position) }
        defer { position += Int(count) }
        return bytes[position..<position + Int(count)]
    }

    mutating func text() throws(EventCodecError) -> String { String(decoding: try slice(), as: UTF8.self) }

    private mutating func unsigned() throws(EventCodecError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 64 else { throw .truncated(byteOffset: position) }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }
}
