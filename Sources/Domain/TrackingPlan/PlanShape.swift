public import Base

/// A planned event as a tree, so that one walk over an event checks it. It says what the exported JSON Schema says.
struct PlanShape: Sendable {
    struct Node: Sendable {
        var field: PlannedField?  // Nil for what only leads to fields.
        var members: [String: Node] = [:]
        var element: [Node] = []  // One where elements are planned, none otherwise.
        var isClosed = false  // Members that are not planned are violations.

        mutating func insert(_ field: PlannedField, _ steps: ArraySlice<FieldPath.Step>) {
            guard let step = steps.first else {
                self.field = field
                return
            }
            switch step {
            case .member(let name): members[name, default: Node()].insert(field, steps.dropFirst())
            case .element:
                if element.isEmpty { element.append(Node()) }
                element[0].insert(field, steps.dropFirst())
            }
        }
    }

    static let violationCountMax = 20  // Of one event; more would tell nothing new.

    let event: PlannedEvent
    private(set) var root = Node()

    init(_ event: PlannedEvent) {
        self.event = event
        for field in event.fields { root.insert(field, field.path.steps[...]) }
        if !event.allowsUnplanned { root.members["properties", default: Node()].isClosed = true }
    }

    /// Nil where none is planned there.
    func field(at steps: [FieldPath.Step]) -> PlannedField? {
        var node = root
        for step in steps {
            let next =
                switch step {
                case .member(let name): node.members[name]
                case .element: node.element.first
                }
            guard let next else { return nil }
            node = next
        }
        return node.field
    }

    /// Most events are as planned: only for one that is not is it found out where.
    func check(_ given: Event) -> [PlanViolation] {
        let json = JSON.object(given.plannable)
        guard !Self.conforms(json, root) else { return [] }
        var violations: [PlanViolation] = []
        check(json, root, [], &violations)
        return violations
    }

    private static func conforms(_ json: JSON, _ node: Node) -> Bool {
        if let field = node.field, field.fault(json) != nil { return false }
        switch json {
        case .object(let object):
            for (name, child) in node.members {
                if let json = object[name] {
                    guard conforms(json, child) else { return false }
                } else if child.field?.rule.isRequired ?? false {
                    return false
                }
            }
            return !node.isClosed || object.members.allSatisfy { node.members[$0.name] != nil }
        case .array(let elements):
            guard let child = node.element.first else { return true }
            return elements.allSatisfy { conforms($0, child) }
        case .null, .bool, .int, .double, .string: return true
        }
    }

    private func check(_ json: JSON, _ node: Node, _ path: [FieldPath.Step], _ violations: inout [PlanViolation]) {
        guard violations.count < Self.violationCountMax else { return }
        if let field = node.field, let (kind, expected, got) = field.fault(json) {
            violations.append(violation(kind, path, expected, got))
            return
        }
        switch json {
        case .object(let object): check(object, node, path, &violations)
        case .array(let elements):
            guard let child = node.element.first else { return }
            for element in elements { check(element, child, path + [.element], &violations) }
        case .null, .bool, .int, .double, .string: break
        }
    }

    private func check(
        _ object: JSONObject, _ node: Node, _ path: [FieldPath.Step], _ violations: inout [PlanViolation]
    ) {
        for (name, child) in node.members {
            if let json = object[name] {
                check(json, child, path + [.member(name)], &violations)
            } else if let field = child.field, field.rule.isRequired {
                violations.append(violation(.missing, path + [.member(name)], field.expectation, "nothing"))
            }
        }
        guard node.isClosed else { return }
        for member in object.members where node.members[member.name] == nil {
            guard violations.count < Self.violationCountMax else { return }
            violations.append(
                violation(.unplannedField, path + [.member(member.name)], "absent", "\(member.value.kindName)"))
        }
    }

    private func violation(
        _ kind: PlanViolation.Kind, _ path: [FieldPath.Step], _ expected: String, _ got: String
    ) -> PlanViolation {
        PlanViolation(
            event: event.name, field: FieldPath.text(of: path), kind: kind, expected: expected, got: got)
    }
}

extension Event {
    /// What a plan can speak of, as members of the event's JSON; `properties` also where there are none.
    public var plannable: JSONObject {
        var object = JSONObject()
        object.append("channel", .string(channel.text))
        if let subject { object.append("subject", .string(subject.description)) }
        if let value { object.append("value", ["minor": .int(value.minor), "currency": .string(value.currency.code)]) }
        if let decision { object.append("decision", .string(decision.text)) }
        object.append("properties", .object(properties))
        return object
    }
}

extension PlannedField {
    /// What is wrong with a value of this field; nil for one that it may hold.
    func fault(_ json: JSON) -> (kind: PlanViolation.Kind, expected: String, got: String)? {
        if json == .null, rule.allowsNull || rule.type == .any && rule.allowed.isEmpty { return nil }
        guard rule.type.takes(json) else { return (.wrongType, expectation, json.kindName) }
        if !rule.allowed.isEmpty, !rule.allowed.contains(where: { $0.isSame(as: json) }) {
            return (.notAllowed, expectation, shown(json))
        }
        if let value = json.doubleValue, value < rule.minimum ?? value || value > rule.maximum ?? value {
            return (.outOfRange, expectation, shown(json))
        }
        return nil
    }

    /// In words: `one of "a", "b"`, `a number from 1`.
    var expectation: String {
        if !rule.allowed.isEmpty {
            let shown = rule.allowed.prefix(10).map(\.text).joined(separator: ", ")
            return "one of \(shown)\(rule.allowed.count > 10 ? ", …" : "")"
        }
        let type =
            rule.type == .any
            ? "a value" : "\("aeio".contains(rule.type.rawValue.prefix(1)) ? "an" : "a") \(rule.type.rawValue)"
        let least = rule.minimum.map { " from \($0)" } ?? ""
        let most = rule.maximum.map { " up to \($0)" } ?? ""
        return type + least + most
    }

    private func shown(_ json: JSON) -> String {
        guard governance.personalData == .none, json.stringValue.map({ PersonalForm(of: $0) == nil }) ?? true else {
            return "another \(json.kindName)"
        }
        return String(json.text.prefix(60))
    }
}

extension FieldType {
    func takes(_ json: JSON) -> Bool {
        switch (self, json) {
        case (.any, _), (.string, .string), (.boolean, .bool), (.array, .array), (.object, .object), (.number, .int),
            (.number, .double), (.integer, .int):
            true
        case (.integer, .double(let value)): value == value.rounded()
        default: false
        }
    }
}

extension JSON {
    /// As JSON Schema compares: 1 and 1.0 are the same, 1 and true are not.
    func isSame(as other: JSON) -> Bool {
        if self == other { return true }
        guard let one = doubleValue, let two = other.doubleValue else { return false }
        return one == two
    }
}
