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

    public func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSON { try flat(bytes).value(at: 0) }

    /// As `parse`, without a value for each node.
    public func flat(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> FlatJSON {
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
        let nodes = unsafe UnsafeBufferPointer(start: csimdjson_nodes(handle, &nodeCount), count: nodeCount)
        let strings = unsafe UnsafeBufferPointer(start: csimdjson_strings(handle, &stringCount), count: stringCount)
        return FlatJSON(nodes: unsafe nodes.map { FlatJSON.Node($0) }, strings: unsafe Array(strings))
    }
}

extension FlatJSON.Node {
    fileprivate init(_ node: csimdjson_node) {
        kind = FlatJSON.Kind(rawValue: node.kind) ?? .null
        count = node.count
        bits = unsafe node.as.offset  // All members of the union have 64 bits.
    }
}
