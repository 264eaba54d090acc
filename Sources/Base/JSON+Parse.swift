private import CSimdjson

/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable {
    public let reason: String
    public let byteOffset: Int?  // 0-based; nil where the parser cannot tell.

    public init(reason: String, byteOffset: Int?) {
        self.reason = reason
        self.byteOffset = byteOffset
    }
}

extension JSON {
    /// Deep enough for any event; shallow enough that no walk over a value can exhaust the stack.
    public static let depthMax = 64

    /// Reads one JSON text. For many texts keep a `JSONParser`, which reuses its buffers.
    public static func parse(_ text: String) throws(JSONError) -> JSON { try JSONParser().parse(Array(text.utf8)) }

    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON { try JSONParser().parse(bytes) }
}

/// Reads JSON with simdjson. Keeps its buffers from call to call; one thread at a time.
@safe
public final class JSONParser {
    private let handle: OpaquePointer

    public init() {
        guard let handle = unsafe csimdjson_new() else { preconditionFailure("no memory for a JSON parser") }
        unsafe self.handle = handle
    }

    deinit { unsafe csimdjson_free(handle) }

    public func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON { try parse(bytes[...]) }

    public func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSON {
        let code = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe csimdjson_parse(handle, buffer.baseAddress, buffer.count, UInt32(JSON.depthMax))
        }
        guard code == 0 else {
            let offset = unsafe csimdjson_error_offset(handle)
            throw JSONError(
                reason: unsafe String(cString: csimdjson_error_message(handle)),
                byteOffset: offset < bytes.count ? Int(offset) : nil)
        }
        var nodeCount = 0
        var stringCount = 0
        let nodes = unsafe csimdjson_nodes(handle, &nodeCount)
        let strings = unsafe csimdjson_strings(handle, &stringCount)
        var reader = unsafe NodeReader(
            nodes: UnsafeBufferPointer(start: nodes, count: nodeCount),
            strings: UnsafeBufferPointer(start: strings, count: stringCount))
        return reader.value()
    }
}

/// Walks the flat node list that the shim leaves, depth first.
@safe
private struct NodeReader {
    private let nodes: UnsafeBufferPointer<csimdjson_node>
    private let strings: UnsafeBufferPointer<UInt8>
    private var next = 0

    init(nodes: UnsafeBufferPointer<csimdjson_node>, strings: UnsafeBufferPointer<UInt8>) {
        unsafe self.nodes = nodes
        unsafe self.strings = strings
    }

    mutating func value() -> JSON {
        let node = unsafe nodes[next]
        next += 1
        switch UInt32(node.kind) {
        case CSIMDJSON_FALSE.rawValue: return .bool(false)
        case CSIMDJSON_TRUE.rawValue: return .bool(true)
        case CSIMDJSON_INT.rawValue: return unsafe .int(node.as.integer)
        case CSIMDJSON_DOUBLE.rawValue: return unsafe .double(node.as.real)
        case CSIMDJSON_STRING.rawValue: return .string(text(node))
        case CSIMDJSON_ARRAY.rawValue:
            var elements: [JSON] = []
            elements.reserveCapacity(Int(node.count))
            for _ in 0..<node.count { elements.append(value()) }
            return .array(elements)
        case CSIMDJSON_OBJECT.rawValue:
            var members: [JSONObject.Member] = []
            members.reserveCapacity(Int(node.count))
            for _ in 0..<node.count {
                let key = unsafe text(nodes[next])
                next += 1
                members.append(JSONObject.Member(name: key, value: value()))
            }
            return .object(JSONObject(members))
        default: return .null
        }
    }

    private func text(_ node: csimdjson_node) -> String {
        let start = unsafe Int(node.as.offset)
        return unsafe String(decoding: strings[start..<start + Int(node.count)], as: UTF8.self)
    }
}
