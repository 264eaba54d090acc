import Base
import Domain
import HTTPServer
import Measure
import Orders
import Statistics
import Timeline

extension API {
    func registerSegmentation(on router: inout Router) {
        let kind = QueryKind(
            name: "segmentation",
            fields: [
                "event", "measure", "of", "currency", "quantile", "people", "precision", "by", "period", "limit",
                "from", "to", "time_zone",
            ], takesAudience: true,
            read: { fields throws(Problem) in try segmentation(fields) },
            answer: { question, snapshot throws(Problem) in snapshot.segmentation(question.query).answer(question) },
            scope: { QueryScope([$0.query.event], $0.query.boundaries) }, list: "groups")
        onQuery(kind, on: &router)
    }

    private func segmentation(_ fields: Fields) throws(Problem) -> SegmentationQuestion {
        guard let event = try fields.filter("event") else { throw .missing("event", "must say which events are meant") }
        let zone = try zone(fields)
        let range = try fields.range(endingAt: ports.arrivingUntil, length: .days(28))
        let period = try fields.choice("period", CalendarPeriod.self)
        let boundaries =
            period?.boundaries(
                from: range.lowerBound, to: range.upperBound, zone: zone,
                countMax: SegmentationQuery.periodCountMax + 2) ?? [range.lowerBound, range.upperBound]
        let dimensions = try fields.dimensions("by", countMax: SegmentationQuery.dimensionCountMax)
        let limit = try fields.integer("limit", in: 1...SegmentationQuery.groupCountMax) ?? 20
        let measure = try measure(fields)
        do throws(TimelineQueryError) {
            let query = try SegmentationQuery(
                event: event, measure: measure, dimensions: dimensions, boundaries: boundaries, groupCount: limit)
            return SegmentationQuestion(query: query, period: period, zone: zone)
        } catch {
            throw Problem(error)
        }
    }

    private enum MeasureName: String, CaseIterable {
        case events, people, sum, mean, quantile
        case eventsPerPerson = "events_per_person"
        case sumPerPerson = "sum_per_person"
    }

    private func measure(_ fields: Fields) throws(Problem) -> SegmentationQuery.Measure {
        let name = try fields.choice("measure", MeasureName.self) ?? .events
        let precision = try sketchPrecision(fields)
        guard name == .people || precision == nil else {
            throw .field(fields.path("people"), "may be \"approximate\" where `measure` is \"people\"")
        }
        let value = try measuredValue(fields)
        let quantile = try fields.optional("quantile", "must be a number from 0 to 1") { json in
            json.doubleValue.flatMap { (0...1).contains($0) ? $0 : nil }
        }
        switch name {
        case .events: return .events
        case .people: return precision.map { .peopleApproximate(precision: $0) } ?? .people
        case .eventsPerPerson: return .eventsPerPerson
        case .sum: return .sum(value)
        case .mean: return .mean(value)
        case .sumPerPerson: return .sumPerPerson(value)
        case .quantile: return .quantile(quantile ?? 0.5, value)
        }
    }

    private enum PeopleCount: String, CaseIterable { case exact, approximate }

    /// Nil where people are counted.
    private func sketchPrecision(_ fields: Fields) throws(Problem) -> Int? {
        let precision = try fields.integer("precision", in: DistinctSketch.precisions) ?? DistinctSketch.precisionUsual
        return try fields.choice("people", PeopleCount.self) == .approximate ? precision : nil
    }

    /// `of`: a property of numbers; where absent, the events' own value in `currency`.
    private func measuredValue(_ fields: Fields) throws(Problem) -> SegmentationQuery.Value {
        let currency = try fields.currency()
        if let property: PropertyName = try fields.name("of") { return .property(property) }
        return .money(currency ?? ports.orders.book.currency)
    }
}

extension Fields {
    /// What events are grouped by: `name`, `channel`, `subject`, or an indexed property.
    func dimensions(_ name: String, countMax: Int) throws(Problem) -> [SegmentationQuery.Dimension] {
        try optional(name, "must be a list of up to \(countMax) different names") { json in
            guard let names = json.arrayValue, names.count <= countMax else { return nil }
            let found = names.compactMap { $0.stringValue.flatMap { SegmentationQuery.Dimension($0) } }
            return found.count == names.count && Set(found).count == found.count ? found : nil
        } ?? []
    }
}

extension SegmentationQuery.Dimension {
    init?(_ text: String) {
        switch text {
        case "name": self = .name
        case "channel": self = .channel
        case "subject": self = .subject
        default:
            guard let property = PropertyName(text) else { return nil }
            self = .property(property)
        }
    }

    var text: String {
        switch self {
        case .name: "name"
        case .channel: "channel"
        case .subject: "subject"
        case .property(let name): name.text
        }
    }
}

private struct SegmentationQuestion: Sendable {
    let query: SegmentationQuery
    let period: CalendarPeriod?
    let zone: DayZone

    /// The first day of each period.
    var days: [JSON] {
        period == nil ? [] : query.boundaries.dropLast().map { .string("\(zone.day(of: $0))") }
    }
}

extension SegmentationResult {
    fileprivate func answer(_ question: SegmentationQuestion) -> QueryAnswer {
        let query = question.query
        let json: JSON = [
            "by": .array(query.dimensions.map { .string($0.text) }), "time_zone": .string(question.zone.name),
            "period": .text(question.period?.rawValue), "days": .array(question.days), "unit": query.measure.unit,
            "approximation": query.measure.approximation,
            "total": total.json,
            "groups": .array(
                groups.map { group in
                    [
                        "keys": .array(group.keys.map(\.json)), "others": .bool(group.keys.contains(.others)),
                        "total": group.total.json, "series": .array(group.series.map(\.json)),
                    ]
                }),
        ]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: table(question))
    }

    /// A row for each group, and where there are periods for each of them.
    private func table(_ question: SegmentationQuestion) -> QueryTable {
        let names = question.query.dimensions.map(\.text)
        let rows = groups.flatMap { group -> [[JSON]] in
            let keys = group.keys.map { $0 == .others ? .string("(others)") : $0.json }
            guard question.period != nil else { return [keys + group.total.row] }
            let cells = group.series.isEmpty ? [group.total] : group.series
            return zip(question.days, cells).map { day, cell in keys + [day] + cell.row }
        }
        let period = question.period == nil ? [] : ["day"]
        return QueryTable(names + period + ["value", "low", "high", "events", "people"], rows)
    }
}

extension SegmentationResult.Key {
    /// Null for none, and for all that are not named.
    var json: JSON { if case .text(let text) = self { .string(text) } else { .null } }
}

extension SegmentationResult.Cell {
    fileprivate var json: JSON {
        [
            "value": .number(value), "low": .number(low), "high": .number(high), "events": .count(events),
            "people": .count(people),
        ]
    }

    fileprivate var row: [JSON] { [.number(value), .number(low), .number(high), .count(events), .count(people)] }
}

extension SegmentationQuery.Measure {
    /// How near estimates of distinct people are to the truth; null where they are counted.
    fileprivate var approximation: JSON {
        guard case .peopleApproximate(let precision) = self else { return .null }
        let error = DistinctSketch.standardError(precision: precision)
        return ["precision": .count(precision), "standard_error": .double(error)]
    }

    /// Of money, the currency in whose minor units the values are.
    fileprivate var unit: JSON {
        switch self {
        case .events, .people, .peopleApproximate, .eventsPerPerson: .null
        case .sum(let value), .mean(let value), .sumPerPerson(let value), .quantile(_, let value):
            if case .money(let currency) = value { .string(currency.code) } else { .null }
        }
    }
}
