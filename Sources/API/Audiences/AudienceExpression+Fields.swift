import Base
import Domain
import Timeline

/// An audience as it is written: one of `all`, `any`, `not`, `did`, `sequence`, `aggregate`, `property` and `stage`,
/// and beside some of them what says more of it.
struct AudienceReader {
    private enum Part: String, CaseIterable {
        case all, any, not, did, sequence, aggregate, property, stage

        /// What may stand beside it.
        var fields: [String] {
            switch self {
            case .all, .any, .not, .stage: []
            case .did: ["at_least", "at_most"] + AudienceReader.spanFields
            case .sequence: ["within_ms"] + AudienceReader.spanFields
            case .aggregate: ["event", "of", "currency", "at_least", "at_most"] + AudienceReader.spanFields
            case .property: ["is", "value", "when", "event"] + AudienceReader.spanFields
            }
        }
    }

    private enum Measure: String, CaseIterable { case sum, mean, max, min, distinct }

    private static let spanFields = ["last_days", "from", "to"]
    private static let lastDaysMax = 3650
    private static let windowMsMax = 31_536_000_000  // A year.
    private static let countMax = 1_000_000

    static let fields: [String] = {
        var fields = Part.allCases.map(\.rawValue)
        for field in Part.allCases.flatMap(\.fields) where !fields.contains(field) { fields.append(field) }
        return fields
    }()

    let currency: Currency  // Of values without one.
    let zone: DayZone  // By whose clocks the days of stages are counted.
    let stageModels: @Sendable () -> [KeptStageModel]

    /// - Throws: 400 with the place in the tree of what is wrong.
    func expression(_ fields: Fields) throws(Problem) -> AudienceExpression {
        let expression = try expression(fields, depth: 1)
        do throws(AudienceExpressionError) {
            try expression.validate()
        } catch {
            throw Problem(error, at: fields)
        }
        return expression
    }

    private func expression(_ fields: Fields, depth: Int) throws(Problem) -> AudienceExpression {
        let part = try part(fields)
        guard depth <= AudienceExpression.depthMax else {
            throw .field(
                fields.path(part.rawValue), "lies too deep: groups may lie \(AudienceExpression.depthMax) deep")
        }
        switch part {
        case .all: return .all(try expressions("all", fields, depth))
        case .any: return .any(try expressions("any", fields, depth))
        case .not:
            guard let inner = try fields.object("not", known: Self.fields) else {
                throw .missing(fields.path("not"), "must be an audience")
            }
            return .not(try expression(inner, depth: depth + 1))
        case .did: return .did(try did(fields))
        case .sequence: return .sequence(try sequence(fields))
        case .aggregate: return .aggregate(try aggregate(fields))
        case .property: return .property(try property(fields))
        case .stage: return .stage(try stage(fields))
        }
    }

    private func part(_ fields: Fields) throws(Problem) -> Part {
        let names = fields.names
        let parts = Part.allCases.filter { names.contains($0.rawValue) }
        guard let part = parts.first, parts.count == 1 else {
            let words = Part.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            guard parts.isEmpty else {
                throw .field(
                    fields.path(parts[1].rawValue),
                    "stands beside `\(parts[0].rawValue)`: join them by `all` or `any`")
            }
            throw .missing(fields.path("all"), "or another of \(words) says whom the audience holds")
        }
        for name in names where name != part.rawValue && !part.fields.contains(name) {
            throw .field(fields.path(name), "has no meaning beside `\(part.rawValue)`")
        }
        return part
    }

    private func expressions(
        _ name: String, _ fields: Fields, _ depth: Int
    ) throws(Problem) -> [AudienceExpression] {
        var expressions: [AudienceExpression] = []
        for part in try fields.objects(name, count: 1...AudienceExpression.leafCountMax, known: Self.fields) {
            expressions.append(try expression(part, depth: depth + 1))
        }
        return expressions
    }

    private func did(_ fields: Fields) throws(Problem) -> AudienceExpression.Did {
        guard let event = try fields.filter("did") else {
            throw .missing(fields.path("did"), "must say which events are meant")
        }
        let most = try fields.integer("at_most", in: 0...Self.countMax)
        let least = try fields.integer("at_least", in: 0...Self.countMax) ?? (most == nil ? 1 : 0)
        guard least <= most ?? .max else {
            throw .field(fields.path("at_most"), "must not be less than `at_least`")
        }
        return AudienceExpression.Did(event: event, counts: least...(most ?? .max), span: try span(fields))
    }

    private func sequence(_ fields: Fields) throws(Problem) -> AudienceExpression.Sequence {
        var steps: [EventFilter] = []
        for step in try fields.objects(
            "sequence", count: 1...FunnelQuery.stepCountMax, known: EventFilter.fields)
        {
            steps.append(try EventFilter(step))
        }
        let windowMs = try fields.requiredInteger("within_ms", in: 1...Self.windowMsMax)
        return AudienceExpression.Sequence(
            steps: steps, window: Milliseconds(Int64(windowMs)), span: try span(fields))
    }

    private func aggregate(_ fields: Fields) throws(Problem) -> AudienceExpression.Aggregate {
        guard let measure = try fields.choice("aggregate", Measure.self) else {
            throw .missing(fields.path("aggregate"), "must say what is made of the values")
        }
        let bound = { (name: String) throws(Problem) -> Double? in
            try fields.optional(name, "must be a number") { $0.doubleValue.flatMap { $0.isFinite ? $0 : nil } }
        }
        let (least, most) = (try bound("at_least"), try bound("at_most"))
        guard least != nil || most != nil else {
            throw .missing(fields.path("at_least"), "or `at_most` must be a number")
        }
        guard least ?? -.infinity <= most ?? .infinity else {
            throw .field(fields.path("at_most"), "must not be less than `at_least`")
        }
        return AudienceExpression.Aggregate(
            measure: try self.measure(measure, fields), event: try fields.filter("event") ?? EventFilter(name: nil),
            bounds: (least ?? -.infinity)...(most ?? .infinity), span: try span(fields))
    }

    private func measure(
        _ measure: Measure, _ fields: Fields
    ) throws(Problem) -> AudienceExpression.Aggregate.Measure {
        if measure == .distinct {
            let rule = "must be \"name\", \"channel\", \"subject\" or an indexed property"
            return .distinct(
                try fields.required("of", rule) { $0.stringValue.flatMap { SegmentationQuery.Dimension($0) } })
        }
        let property: PropertyName? = try fields.name("of")
        let currency = try fields.optional("currency", "must be three letters such as CNY") { json in
            json.stringValue.flatMap { Currency(code: $0) }
        }
        let value = property.map { SegmentationQuery.Value.property($0) } ?? .money(currency ?? self.currency)
        return switch measure {
        case .sum: .sum(value)
        case .mean: .mean(value)
        case .max: .max(value)
        case .min, .distinct: .min(value)
        }
    }

    private func property(_ fields: Fields) throws(Problem) -> AudienceExpression.Property {
        AudienceExpression.Property(
            condition: try PropertyCondition(fields),
            occasion: try fields.choice("when", AudienceExpression.Property.Occasion.self) ?? .latest,
            event: try fields.filter("event") ?? EventFilter(name: nil), span: try span(fields))
    }

    private static let stateCountMax = StageModel.stageCountMax + 1

    private func stage(_ fields: Fields) throws(Problem) -> AudienceExpression.Stage {
        guard let stage = try fields.object("stage", known: ["model", "in", "at"]) else {
            throw .missing(fields.path("stage"), "must say which stages of a model are meant")
        }
        let model = try NamedStageModel(stage, among: stageModels)
        let ids = [StageState.outside] + model.document.model.stages.map(\.id)
        let rule = "must hold 1 to \(Self.stateCountMax) of \(ids.map { "\"\($0)\"" }.joined(separator: ", "))"
        let states = try stage.required("in", rule) { json -> Set<Int>? in
            guard let asked = json.arrayValue, (1...Self.stateCountMax).contains(asked.count) else { return nil }
            let found = asked.compactMap { one in one.stringValue.flatMap { ids.firstIndex(of: $0) } }
            return found.count == asked.count ? Set(found) : nil
        }
        return AudienceExpression.Stage(
            model: model.document.model, name: model.kept?.id, states: states, at: try stage.time("at"), zone: zone)
    }

    private func span(_ fields: Fields) throws(Problem) -> AudienceSpan {
        let range = try fields.range()
        guard let days = try fields.integer("last_days", in: 1...Self.lastDaysMax) else {
            return range.map { .between($0) } ?? .always
        }
        guard range == nil else {
            throw .field(fields.path("last_days"), "is given beside `from` or `to`: give one of them")
        }
        return .last(.days(Int64(days)))
    }
}

extension Problem {
    fileprivate init(_ error: AudienceExpressionError, at fields: Fields) {
        let place = { (place: String) in fields.path(place.isEmpty ? "all" : place) }
        switch error {
        case .tooDeep(let at, let max): self = .field(place(at), "lies too deep: groups may lie \(max) deep")
        case .tooManyLeaves(let count, let max):
            self = .field(place(""), "holds \(count) conditions; at most \(max) are allowed")
        case .tooManyFilters(let count, let max):
            self = .field(place(""), "asks for \(count) kinds of events; at most \(max) different ones are allowed")
        case .stepCountOutOfRange(let at, let count, let max):
            self = .field(place(at), "holds \(count) steps; 1 to \(max) are allowed")
        case .lengthOutOfRange(let at, let ms): self = .field(place(at), "spans \(ms) ms, which is out of range")
        case .noSuchStage(let at, let max): self = .field(place(at), "asks for stages beyond the \(max) that there are")
        case .countBelowZero(let at, let count): self = .field(place(at), "is asked for \(count) times")
        }
    }
}
