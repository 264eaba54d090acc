import Base
import Domain

/// The places that were seen in the events of a series, as a tree.
struct FieldTree: Sendable, Equatable {
    struct Node: Sendable, Equatable {
        var members: [String: Int] = [:]  // Places in `nodes`.
        var element: Int?
        var seen = FieldSeen()
    }

    private(set) var nodes = [Node()]  // The root first: the event itself.
    private(set) var leftOutCount = 0  // Values whose place did not fit.

    /// - Parameter room: How many places may still be added; goes down as they are.
    mutating func note(_ event: Event, _ hour: Hour, room: inout Int) {
        visit(.object(event.plannable), 0, hour, depth: 0, &room)
    }

    private mutating func visit(_ json: JSON, _ place: Int, _ hour: Hour, depth: Int, _ room: inout Int) {
        nodes[place].seen.note(json, hour)
        guard depth < QualityLimits.depthMax else { return }
        switch json {
        case .object(let object):
            for member in object.members {
                guard let child = child(of: place, member.name, &room) else { continue }
                visit(member.value, child, hour, depth: depth + 1, &room)
            }
        case .array(let elements):
            guard !elements.isEmpty, let child = element(of: place, &room) else { return }
            for element in elements.prefix(QualityLimits.elementCountMax) {
                visit(element, child, hour, depth: depth + 1, &room)
            }
        case .null, .bool, .int, .double, .string: break
        }
    }

    /// Takes the values of an event back, as `FieldSeen.forget`.
    mutating func forget(_ event: Event) { forget(.object(event.plannable), 0, depth: 0) }

    private mutating func forget(_ json: JSON, _ place: Int, depth: Int) {
        nodes[place].seen.forget(json)
        guard depth < QualityLimits.depthMax else { return }
        for member in json.objectValue?.members ?? [] {
            if let child = nodes[place].members[member.name] { forget(member.value, child, depth: depth + 1) }
        }
        guard let child = nodes[place].element else { return }
        for element in json.arrayValue?.prefix(QualityLimits.elementCountMax) ?? [] {
            forget(element, child, depth: depth + 1)
        }
    }

    private mutating func child(of place: Int, _ name: String, _ room: inout Int) -> Int? {
        if let child = nodes[place].members[name] { return child }
        guard !name.isEmpty, name.utf8.count <= QualityLimits.valueUTF8CountMax, let child = add(&room) else {
            leftOutCount += 1
            return nil
        }
        nodes[place].members[name] = child
        return child
    }

    private mutating func element(of place: Int, _ room: inout Int) -> Int? {
        if let child = nodes[place].element { return child }
        nodes[place].element = add(&room)
        return nodes[place].element
    }

    private mutating func add(_ room: inout Int) -> Int? {
        guard room > 0, nodes.count < QualityLimits.fieldCountMaxPerSeries else { return nil }
        room -= 1
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Every place below the root, parents first, with how often the object or array around it was seen.
    func walk(_ body: (_ path: [FieldPath.Step], _ seen: FieldSeen, _ aroundCount: Int) -> Void) {
        walk(0, [], body)
    }

    private func walk(
        _ place: Int, _ path: [FieldPath.Step], _ body: (_ path: [FieldPath.Step], FieldSeen, Int) -> Void
    ) {
        let node = nodes[place]
        let objectCount = node.seen.kinds[ValueKind.object.rawValue]
        for (name, child) in node.members.sorted(by: { $0.key < $1.key }) {
            body(path + [.member(name)], nodes[child].seen, objectCount)
            walk(child, path + [.member(name)], body)
        }
        if let child = node.element {
            body(path + [.element], nodes[child].seen, nodes[child].seen.count)
            walk(child, path + [.element], body)
        }
    }
}

extension FieldTree {
    func write(to out: inout ByteWriter) {
        out.append(Int64(leftOutCount))
        out.append(Int64(nodes.count))
        for node in nodes {
            node.seen.write(to: &out)
            out.append(Int64(node.element ?? -1))
            out.append(Int64(node.members.count))
            for (name, place) in node.members {
                out.append(name)
                out.append(Int64(place))
            }
        }
    }

    init(_ reader: inout ByteReader, _ parser: JSONParser) throws(CodecError) {
        leftOutCount = Int(try reader.integer())
        let count = Int(try reader.integer())
        guard (1...QualityLimits.fieldCountMaxPerSeries).contains(count) else { throw .invalid(field: "nodes") }
        nodes = []
        for place in 0..<count {
            var node = Node()
            node.seen = try FieldSeen(&reader, parser)
            node.element = try Self.child(of: place, &reader, count)
            for _ in 0..<max(0, try reader.integer()) {
                let name = try reader.text()
                node.members[name] = try Self.child(of: place, &reader, count)
            }
            nodes.append(node)
        }
    }

    /// Children stand behind their parents: no damage makes a walk go round.
    private static func child(of place: Int, _ reader: inout ByteReader, _ count: Int) throws(CodecError) -> Int? {
        let child = try reader.integer()
        if child == -1 { return nil }
        guard child > place, child < count else { throw .invalid(field: "child") }
        return Int(child)
    }
}
