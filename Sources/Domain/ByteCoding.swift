import Base

/// Why bytes are not what a reader expects.
public enum CodecError: Error, Equatable {
    case unknownVersion(UInt8)
    case truncated(byteOffset: Int)
    case invalid(field: String)
}

/// Appends fields to a byte string.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(capacity: Int) { bytes.reserveCapacity(capacity) }

    public mutating func append(_ byte: UInt8) { bytes.append(byte) }

    public mutating func append(_ text: String) {
        appendUnsigned(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    public mutating func append(_ field: [UInt8]) { append(field[...]) }

    public mutating func append(_ field: ArraySlice<UInt8>) {
        appendUnsigned(UInt64(field.count))
        bytes += field
    }

    public mutating func append(_ field: Span<UInt8>) {
        appendUnsigned(UInt64(field.count))
        bytes.append(copying: field)
    }

    /// Zigzag, so that small negative numbers stay short.
    public mutating func append(_ value: Int64) { appendUnsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

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
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    public private(set) var position = 0  // Of the next byte.

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var isAtEnd: Bool { position == bytes.count }

    public mutating func byte() throws(CodecError) -> UInt8 {
        guard position < bytes.count else { throw .truncated(byteOffset: position) }
        defer { position += 1 }
        return bytes[position]
    }

    public mutating func integer() throws(CodecError) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    public mutating func slice() throws(CodecError) -> ArraySlice<UInt8> {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - position) else { throw .truncated(byteOffset: position) }
        defer { position += Int(count) }
        return bytes[position..<position + Int(count)]
    }

    public mutating func text() throws(CodecError) -> String { String(decoding: try slice(), as: UTF8.self) }

    private mutating func unsigned() throws(CodecError) -> UInt64 {
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
