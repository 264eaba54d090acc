import Base
import Domain
import Orders
import Timeline

extension EventFilter {
    static let fields = ["name", "channel", "subject_kind", "subject", "where"]
    private static let conditionCountMax = 16

    /// An event, by what is given: its name, channel, subject or the kind of that, and conditions on properties.
    init(_ fields: Fields) throws(Problem) {
        guard !fields.names.isEmpty else {
            throw .missing(
                fields.path("name"), "or `channel`, `subject_kind`, `subject` or `where` says which events are meant")
        }
        let name: EventName? = try fields.name("name")
        let channel: Channel? = try fields.name("channel")
        let kind = try fields.choice("subject_kind", Subject.Kind.self)
        let subject = try fields.optional("subject", "must be a kind and an id such as product:4711") {
            $0.stringValue.flatMap { Subject($0) }
        }
        var conditions: [PropertyCondition] = []
        for condition in try fields.objects(
            "where", count: 0...Self.conditionCountMax, known: PropertyCondition.fields)
        {
            conditions.append(try PropertyCondition(condition))
        }
        self.init(name: name, channel: channel, subjectKind: kind, subject: subject, conditions: conditions)
    }
}

extension PropertyCondition {
    static let fields = ["property", "is", "value"]
    private static let valueCountMax = 1000

    private enum Operator: String, CaseIterable {
        case equals = "="
        case differs = "!="
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
        case oneOf = "in"
        case noneOf = "not_in"
        case contains, starts, present, absent
    }

    /// `{"property": "city", "is": "=", "value": "Hangzhou"}`.
    init(_ fields: Fields) throws(Problem) {
        let property: PropertyName = try fields.requiredName("property")
        guard let `is` = try fields.choice("is", Operator.self) else {
            throw .missing(fields.path("is"), "must say how the value is compared")
        }
        self.init(property, try Self.test(`is`, fields))
    }

    private static func test(_ comparison: Operator, _ fields: Fields) throws(Problem) -> Test {
        switch comparison {
        case .present: return .isPresent
        case .absent: return .isAbsent
        case .equals: return try equals(fields)
        case .differs: return .isNoneOf([try text(fields)])
        case .oneOf: return .isOneOf(try texts(fields))
        case .noneOf: return .isNoneOf(try texts(fields))
        case .contains: return .contains(try text(fields))
        case .starts: return .startsWith(try text(fields))
        case .less: return .isWithin(-.infinity...(try number(fields)).nextDown)
        case .atMost: return .isWithin(-.infinity...(try number(fields)))
        case .more: return .isWithin((try number(fields)).nextUp ... .infinity)
        case .atLeast: return .isWithin((try number(fields)) ... .infinity)
        }
    }

    private static func equals(_ fields: Fields) throws(Problem) -> Test {
        try fields.required("value", "must be a text, a number, true or false") { value -> Test? in
            if let flag = value.boolValue { return .isFlag(flag) }
            if let text = value.stringValue { return .isOneOf([text]) }
            return value.doubleValue.map { .isWithin($0...$0) }
        }
    }

    private static func number(_ fields: Fields) throws(Problem) -> Double {
        try fields.required("value", "must be a number") { $0.doubleValue.flatMap { $0.isFinite ? $0 : nil } }
    }

    private static func text(_ fields: Fields) throws(Problem) -> String {
        try fields.required("value", "must be a text that is not empty") { value in
            value.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    private static func texts(_ fields: Fields) throws(Problem) -> Set<String> {
        try fields.required("value", "must be a list of 1 to \(valueCountMax) texts") { value in
            let elements = value.arrayValue ?? []
            let texts = elements.compactMap(\.stringValue)
            return (1...valueCountMax).contains(elements.count) && texts.count == elements.count ? Set(texts) : nil
        }
    }
}

extension Fields {
    /// Nil where absent.
    func filter(_ name: String) throws(Problem) -> EventFilter? {
        guard let filter = try object(name, known: EventFilter.fields) else { return nil }
        return try EventFilter(filter)
    }
}

extension API {
    /// `time_zone`: by whose clocks days are told; where absent, those by which orders are counted.
    func zone(_ fields: Fields) throws(Problem) -> DayZone {
        let asked = try fields.optional("time_zone", "must be a zone of the IANA database, such as Asia/Shanghai") {
            $0.stringValue.flatMap { ports.zone($0) }
        }
        return asked ?? ports.orders.book.zone
    }
}
