public import Base
import Domain
import Timeline

extension MetricExpression {
    /// - Throws: `MetricError`, which names the place.
    public init(json: JSON, place: String = "expression") throws(MetricError) {
        self = try MetricReader(json: json, place: place).expression()
    }

    /// As it is read; the same for equal expressions, so that a hash of it is one of the meaning.
    public var json: JSON {
        switch self {
        case .number(let number): ["number": .double(number)]
        case .parameter(let name): ["parameter": .string(name)]
        case .days: ["days": true]
        case .leaf(let leaf): leaf.json
        case .ratio(let one, let other): ["ratio": [one.json, other.json]]
        case .times(let one, let other): ["times": [one.json, other.json]]
        case .minus(let one, let other): ["minus": [one.json, other.json]]
        }
    }
}

extension MetricLeaf {
    fileprivate var json: JSON {
        var object = JSONObject()
        object.append("of", .filters(of))
        switch measure {
        case .events, .orders, .subjects: break
        case .people(let eventCountMin): if eventCountMin > 1 { object.append("at_least", .int(Int64(eventCountMin))) }
        case .sum(.money): object.append("value", "money")
        case .sum(.property(let name)): object.append("value", .string(name.text))
        case .seconds(let gapMax, let starts):
            object.append("gap_max_ms", .int(gapMax.count))
            if !starts.isEmpty { object.append("starts", .filters(starts)) }
        }
        if isOncePerSubject, measure != .orders { object.append("once", true) }
        if isFirst { object.append("first", true) }
        if let after { object.append("after", after.json) }
        if let without { object.append("without", without.json) }
        if let unlessFollowed { object.append("unless_followed", unlessFollowed.json) }
        if countsWithAfter { object.append("counts_with", "after") }
        return .object(JSONObject([JSONObject.Member(name: measure.name, value: .object(object))]))
    }
}

extension MetricLeaf.Measure {
    var name: String {
        switch self {
        case .events: "events"
        case .orders: "orders"
        case .people: "people"
        case .sum: "sum"
        case .seconds: "seconds"
        case .subjects: "subjects"
        }
    }
}

extension TallyQuery.Relation {
    fileprivate var json: JSON {
        var object = JSONObject()
        object.append("of", .filters(of))
        if !unless.isEmpty { object.append("unless", .filters(unless)) }
        if let within { object.append("within_ms", .int(within.count)) }
        if gap.count > 0 { object.append("gap_ms", .int(gap.count)) }
        if isOfSameSubject { object.append("same_subject", true) }
        if choice != .latest { object.append("choice", .string(choice.rawValue)) }
        return .object(object)
    }
}

extension JSON {
    fileprivate static func filters(_ filters: [EventFilter]) -> JSON {
        filters.count == 1 ? filters[0].metricJSON : .array(filters.map(\.metricJSON))
    }
}

extension EventFilter {
    fileprivate var metricJSON: JSON {
        if let name, channel == nil, subjectKind == nil, conditions.isEmpty { return .string(name.text) }
        var object = JSONObject()
        if let name { object.append("name", .string(name.text)) }
        if let channel { object.append("channel", .string(channel.text)) }
        if let subjectKind { object.append("subject_kind", .string(subjectKind.rawValue)) }
        var texts = JSONObject()
        for condition in conditions.sorted(by: { $0.property.text < $1.property.text }) {
            guard case .isOneOf(let values) = condition.test else { continue }
            texts.append(condition.property.text, .array(values.sorted().map { .string($0) }))
        }
        if !texts.isEmpty { object.append("where", .object(texts)) }
        return .object(object)
    }
}
