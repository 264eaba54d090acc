import Base
import Domain
import Timeline

extension AudienceExpression {
    /// As `AudienceReader` reads it: equal expressions are written alike.
    var json: JSON { json(namingModels: true) }

    /// Of what it says, with models of stages as they are: equal where audiences are.
    var hash: String { Hex.encode(SHA256.digest(Array(json(namingModels: false).text.utf8))) }

    private func json(namingModels: Bool) -> JSON {
        switch self {
        case .all(let parts): return ["all": .array(parts.map { $0.json(namingModels: namingModels) })]
        case .any(let parts): return ["any": .array(parts.map { $0.json(namingModels: namingModels) })]
        case .not(let part): return ["not": part.json(namingModels: namingModels)]
        case .stage(let leaf): return ["stage": leaf.json(namingModel: namingModels)]
        case .did(let leaf):
            var json = JSONObject([.init(name: "did", value: leaf.event.json)])
            json.append("at_least", .count(leaf.counts.lowerBound))
            if leaf.counts.upperBound != .max { json.append("at_most", .count(leaf.counts.upperBound)) }
            return .object(json.adding(leaf.span))
        case .sequence(let leaf):
            var json = JSONObject([.init(name: "sequence", value: .array(leaf.steps.map(\.json)))])
            json.append("within_ms", .int(leaf.window.count))
            return .object(json.adding(leaf.span))
        case .aggregate(let leaf): return leaf.json
        case .property(let leaf):
            var json = leaf.condition.json
            json.append("when", .string(leaf.occasion.rawValue))
            if leaf.event != EventFilter(name: nil) { json.append("event", leaf.event.json) }
            return .object(json.adding(leaf.span))
        }
    }
}

extension AudienceExpression.Stage {
    fileprivate func json(namingModel: Bool) -> JSON {
        let ids = states.sorted().map { $0 == 0 ? StageState.outside : model.stages[$0 - 1].id }
        var json = JSONObject()
        let name = namingModel ? name : nil
        json.append("model", name.map { .string($0.text) } ?? ["stages": .array(model.stages.map(\.json))])
        json.append("in", .array(ids.map { .string($0) }))
        if let at { json.append("at", .time(at)) }
        return .object(json)
    }
}

extension StageModel.Stage {
    fileprivate var json: JSON {
        let rules = rules.map { rule -> JSON in
            let conditions = rule.conditions.map(\.json)
            return conditions.count == 1 ? conditions[0] : ["all": .array(conditions)]
        }
        return ["id": .string(id), "rules": .array(rules)]
    }
}

extension StageModel.Condition {
    fileprivate var json: JSON {
        var json = JSONObject()
        if !filters.isEmpty { json.append("events", .array(filters.map(\.json))) }
        json.append("at_least", .int(least))
        if let sumOf { json.append("sum_of", .string(sumOf.text)) }
        if let withinDays { json.append("within_days", .count(withinDays)) }
        return .object(json)
    }
}

extension AudienceExpression.Aggregate {
    fileprivate var json: JSON {
        var json = JSONObject()
        let (word, value): (String, SegmentationQuery.Value?) =
            switch measure {
            case .sum(let value): ("sum", value)
            case .mean(let value): ("mean", value)
            case .max(let value): ("max", value)
            case .min(let value): ("min", value)
            case .distinct: ("distinct", nil)
            }
        json.append("aggregate", .string(word))
        if event != EventFilter(name: nil) { json.append("event", event.json) }
        switch value {
        case .property(let name): json.append("of", .string(name.text))
        case .money(let currency): json.append("currency", .string(currency.code))
        case nil: if case .distinct(let dimension) = measure { json.append("of", .string(dimension.text)) }
        }
        if bounds.lowerBound.isFinite { json.append("at_least", .plain(bounds.lowerBound)) }
        if bounds.upperBound.isFinite { json.append("at_most", .plain(bounds.upperBound)) }
        return .object(json.adding(span))
    }
}

extension JSONObject {
    fileprivate func adding(_ span: AudienceSpan) -> JSONObject {
        var json = self
        switch span {
        case .always: break
        case .between(let range):
            json.append("from", .time(range.lowerBound))
            json.append("to", .time(range.upperBound))
        case .last(let length): json.append("last_days", .int(length.count / Milliseconds.days(1).count))
        }
        return json
    }
}

extension EventFilter {
    /// As `init(_: Fields)` reads it.
    var json: JSON {
        var json = JSONObject()
        if let name { json.append("name", .string(name.text)) }
        if let channel { json.append("channel", .string(channel.text)) }
        if let subjectKind { json.append("subject_kind", .string(subjectKind.rawValue)) }
        if let subject { json.append("subject", .string(subject.description)) }
        if !conditions.isEmpty { json.append("where", .array(conditions.map { .object($0.json) })) }
        return .object(json)
    }
}

extension PropertyCondition {
    fileprivate var json: JSONObject {
        let (comparison, value) = test.words
        var json = JSONObject([.init(name: "property", value: .string(property.text))])
        json.append("is", .string(comparison))
        if let value { json.append("value", value) }
        return json
    }
}

extension PropertyCondition.Test {
    fileprivate var words: (is: String, value: JSON?) {
        switch self {
        case .isOneOf(let texts): texts.count == 1 ? ("=", .string(texts.first ?? "")) : ("in", Self.json(texts))
        case .isNoneOf(let texts): texts.count == 1 ? ("!=", .string(texts.first ?? "")) : ("not_in", Self.json(texts))
        case .contains(let part): ("contains", .string(part))
        case .startsWith(let start): ("starts", .string(start))
        case .isFlag(let flag): ("=", .bool(flag))
        case .isPresent: ("present", nil)
        case .isAbsent: ("absent", nil)
        case .isWithin(let range): Self.words(range)
        }
    }

    /// `<` and `>` were read as the numbers next to theirs: of both ways to write a bound, the shorter one is meant.
    private static func words(_ range: ClosedRange<Double>) -> (is: String, value: JSON?) {
        let (least, most) = (range.lowerBound, range.upperBound)
        if least == most { return ("=", .plain(least)) }
        guard least.isFinite else {
            return isShorter(most.nextUp, most) ? ("<", .plain(most.nextUp)) : ("<=", .plain(most))
        }
        return isShorter(least.nextDown, least) ? (">", .plain(least.nextDown)) : (">=", .plain(least))
    }

    private static func isShorter(_ one: Double, _ other: Double) -> Bool {
        "\(one)".utf8.count < "\(other)".utf8.count
    }

    private static func json(_ texts: Set<String>) -> JSON { .array(texts.sorted().map { .string($0) }) }
}

extension JSON {
    /// A whole number as one.
    fileprivate static func plain(_ number: Double) -> JSON {
        Int64(exactly: number).map { .int($0) } ?? .double(number)
    }
}
