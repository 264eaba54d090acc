/// A JSON text as a row of nodes, depth first, as the parser leaves them: read in place, without a value for each.
///
/// An object's node is followed by a string node (the name) and the value of each member; an array's by its elements.
public struct FlatJSON: Sendable {
    public enum Kind: UInt8, Sendable { case null, no, yes, integer, real, string, array, object }

    struct Node: Sendable {
        let kind: Kind
        let count: UInt32  // Bytes, elements or members.
        let bits: UInt64  // An integer, the bits of a double, or where a string begins.
    }

    let nodes: [Node]
    public let strings: [UInt8]  // All names and texts, unescaped UTF-8.

    init(nodes: [Node], strings: [UInt8]) {
        self.nodes = nodes
        self.strings = strings
    }

    public func kind(at place: Int) -> Kind { nodes[place].kind }

    /// Of the bytes, elements or members of the node.
    public func count(at place: Int) -> Int { Int(nodes[place].count) }

    /// Where the text of a string node stands in `strings`.
    public func range(at place: Int) -> Range<Int> {
        let node = nodes[place]
        let start = Int(truncatingIfNeeded: node.bits)
        return start..<start + Int(node.count)
    }

    /// The text of a string node.
    public func text(at place: Int) -> String { String(decoding: strings[range(at: place)], as: UTF8.self) }

    public func integer(at place: Int) -> Int64? {
        nodes[place].kind == .integer ? Int64(bitPattern: nodes[place].bits) : nil
    }

    /// The place behind the node and all that is in it.
    ///
    /// - Complexity: O(nodes in it).
    public func end(of place: Int) -> Int {
        var next = place + 1
        var left = children(at: place)
        while left > 0 {
            left += children(at: next) - 1
            next += 1
        }
        return next
    }

    private func children(at place: Int) -> Int {
        switch nodes[place].kind {
        case .array: Int(nodes[place].count)
        case .object: 2 * Int(nodes[place].count)
        default: 0
        }
    }

    /// The node and all that is in it as a value of its own.
    public func value(at place: Int) -> JSON {
        var next = place
        return value(&next)
    }

    private func value(_ next: inout Int) -> JSON {
        let place = next
        next += 1
        let node = nodes[place]
        switch node.kind {
        case .null: return .null
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .integer: return .int(Int64(bitPattern: node.bits))
        case .real: return .double(Double(bitPattern: node.bits))
        case .string: return .string(text(at: place))
        case .array:
            var elements: [JSON] = []
            elements.reserveCapacity(Int(node.count))
            for _ in 0..<node.count { elements.append(value(&next)) }
            return .array(elements)
        case .object:
            var members: [JSONObject.Member] = []
            members.reserveCapacity(Int(node.count))
            for _ in 0..<node.count {
                let name = text(at: next)
                next += 1
                members.append(JSONObject.Member(name: name, value: value(&next)))
            }
            return .object(JSONObject(members))
        }
    }

    /// Writes what `value(at:).write(to:)` writes.
    public func write(_ place: Int, to out: inout [UInt8]) {
        var next = place
        write(&next, to: &out)
    }

    private func write(_ next: inout Int, to out: inout [UInt8]) {
        let place = next
        next += 1
        let node = nodes[place]
        switch node.kind {
        case .null: out += "null".utf8
        case .no: out += "false".utf8
        case .yes: out += "true".utf8
        case .integer: out += String(Int64(bitPattern: node.bits)).utf8
        case .real: JSON.double(Double(bitPattern: node.bits)).write(to: &out)
        case .string: JSON.write(utf8: strings[range(at: place)], to: &out)
        case .array:
            out.append(UInt8(ascii: "["))
            for index in 0..<node.count {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                write(&next, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object:
            out.append(UInt8(ascii: "{"))
            for index in 0..<node.count {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                write(&next, to: &out)
                out.append(UInt8(ascii: ":"))
                write(&next, to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }
}
