import Base
import Domain
import HTTPServer
import Measure
import Orders
import Statistics
import Timeline

extension API {
    private static let rowCountMax = 1000
    private static let rowReachMax = 10_000
    private static let fieldsOfAll = ["metric", "currency", "parameters", "from", "to", "time_zone"]

    func registerMetrics(on router: inout Router) {
        on(.get, "/api/v1/metrics", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            let library = ports.metricLibrary
            return .json([
                "metrics": .array(library.definitions.map(\.json)), "answers": .array(library.answers.map(\.json)),
                "uncountable": .array(library.uncountable.map(\.json)),
            ])
        }
        onQuery(
            QueryKind(
                name: "metric", fields: Self.fieldsOfAll + ["period", "by", "limit"],
                read: { fields throws(Problem) in try metricQuestion(fields) },
                answer: { question, snapshot throws(Problem) in snapshot.metric(question.query).answer(question) }),
            on: &router)
        onQuery(
            QueryKind(
                name: "metrics", fields: ["currency", "parameters", "from", "to"],
                read: { fields throws(Problem) in try metricList(fields) },
                answer: { questions, snapshot throws(Problem) in MetricQuestion.answer(questions, snapshot) }),
            on: &router)
        onQuery(
            QueryKind(
                name: "metric-rows", fields: Self.fieldsOfAll + ["offset", "limit"],
                read: { fields throws(Problem) in
                    let limit = try fields.integer("limit", in: 1...Self.rowCountMax) ?? 100
                    let offset = try fields.integer("offset", in: 0...Self.rowReachMax) ?? 0
                    return MetricRowsQuestion(
                        metric: try metricQuestion(fields, isOfRows: true), offset: offset, limit: limit)
                },
                answer: { question, snapshot throws(Problem) in question.answer(snapshot) }, hasComparison: false),
            on: &router)
    }

    /// A question for each metric of the library, of one range.
    private func metricList(_ fields: Fields) throws(Problem) -> [MetricQuestion] {
        let newest = ports.newestTime() ?? ports.now()
        let range = try fields.range(endingAt: newest.advanced(by: Milliseconds(1)), length: .days(28))
        let currency = try fields.currency() ?? ports.orders.book.currency
        let parameters = try metricParameters(fields)
        var questions: [MetricQuestion] = []
        for definition in ports.metricLibrary.definitions {
            do throws(TimelineQueryError) {
                let query = try MetricQuery(
                    definition, boundaries: [range.lowerBound, range.upperBound], currency: currency,
                    parameters: parameters)
                questions.append(MetricQuestion(query: query, period: nil, zone: ports.orders.book.zone))
            } catch {
                throw Problem(error)
            }
        }
        return questions
    }

    private func metricQuestion(_ fields: Fields, isOfRows: Bool = false) throws(Problem) -> MetricQuestion {
        let definition = try fields.required("metric", "must be the id of a metric: see `GET /api/v1/metrics`") {
            $0.stringValue.flatMap { ports.metricLibrary[$0] }
        }
        let newest = ports.newestTime() ?? ports.now()
        let zone = try zone(fields)
        let range = try fields.range(endingAt: newest.advanced(by: Milliseconds(1)), length: .days(28))
        let period = isOfRows ? nil : try fields.choice("period", CalendarPeriod.self)
        let boundaries =
            period?.boundaries(
                from: range.lowerBound, to: range.upperBound, zone: zone,
                countMax: SegmentationQuery.periodCountMax + 2) ?? [range.lowerBound, range.upperBound]
        let dimension = isOfRows ? nil : try fields.dimensions("by", countMax: 1).first
        let limit = isOfRows ? nil : try fields.integer("limit", in: 1...SegmentationQuery.groupCountMax)
        let currency = try fields.currency() ?? ports.orders.book.currency
        let parameters = try metricParameters(fields)
        do throws(TimelineQueryError) {
            let query = try MetricQuery(
                definition, boundaries: boundaries, dimension: dimension, groupCount: limit ?? 20, currency: currency,
                parameters: parameters)
            return MetricQuestion(query: query, period: period, zone: zone)
        } catch {
            throw Problem(error)
        }
    }

    /// Of names that some metric asks for: a misspelt one would leave its metric without a number.
    private func metricParameters(_ fields: Fields) throws(Problem) -> [String: Double] {
        let known = Set(ports.metricLibrary.definitions.flatMap(\.expression.parameters))
        let parameters = try fields.numbers("parameters")
        guard parameters.keys.allSatisfy(known.contains) else {
            let names = known.sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw .field(fields.path("parameters"), "holds a name that no metric asks for; there are \(names)")
        }
        return parameters
    }
}

extension Fields {
    fileprivate static let parameterCountMax = 16

    func currency() throws(Problem) -> Currency? {
        try optional("currency", "must be a currency of three letters (ISO 4217), such as CNY") {
            $0.stringValue.flatMap { Currency(code: $0) }
        }
    }

    /// An object of finite numbers by name; empty where absent.
    fileprivate func numbers(_ name: String) throws(Problem) -> [String: Double] {
        try optional(name, "must be an object of up to \(Self.parameterCountMax) numbers") { json in
            guard let object = json.objectValue, object.members.count <= Self.parameterCountMax else { return nil }
            var numbers: [String: Double] = [:]
            for member in object.members {
                guard let number = member.value.doubleValue, number.isFinite else { return nil }
                numbers[member.name] = number
            }
            return numbers
        } ?? [:]
    }
}

private struct MetricQuestion: Sendable {
    let query: MetricQuery
    let period: CalendarPeriod?
    let zone: DayZone

    /// The first day of each period.
    var days: [JSON] {
        period == nil ? [] : query.tally.boundaries.dropLast().map { .string("\(zone.day(of: $0))") }
    }

    /// Which metric is told, of what and when.
    var head: JSONObject {
        var head = JSONObject()
        head.append("metric", query.definition.mark)
        head.append("unit", .string(query.definition.unit.rawValue))
        head.append("currency", query.definition.unit == .money ? .string(query.currency.code) : .null)
        head.append("from", .time(query.tally.boundaries.first))
        head.append("to", .time(query.tally.boundaries.last))
        head.append("time_zone", .string(zone.name))
        return head
    }
}

extension MetricQuestion {
    fileprivate static func answer(_ questions: [MetricQuestion], _ snapshot: TimelineSnapshot) -> QueryAnswer {
        let results = snapshot.metrics(questions.map(\.query))
        let values = zip(questions, results).map { ($0.query.definition, $1.total) }
        let query = questions.first?.query
        let json: JSON = [
            "currency": .text(query?.currency.code), "from": .time(query?.tally.boundaries.first),
            "to": .time(query?.tally.boundaries.last),
            "values": .array(
                values.map { definition, total in
                    [
                        "metric": definition.mark, "unit": .string(definition.unit.rawValue), "total": total.json,
                    ]
                }),
        ]
        let rows = values.map { definition, total in
            [.string(definition.id), .int(Int64(definition.version))] + total.row
        }
        let columns = ["metric", "version", "value", "low", "high", "top", "bottom", "people"]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: QueryTable(columns, rows))
    }
}

extension MetricDefinition {
    fileprivate var json: JSON {
        [
            "id": .string(id), "version": .int(Int64(version)), "hash": .string(hash), "source": .string(source),
            "name": name.json, "formula": formula.json, "trap": trap.json, "unit": .string(unit.rawValue),
            "has_interval": .bool(hasInterval),
            "parameters": .array(expression.parameters.sorted().map { .string($0) }),
            "signs": .string(expression.formula), "expression": expressionJSON, "restates": .bool(restates),
            "restated_by": .array(restatedBy.map { .string($0.rawValue) }),
        ]
    }
}

extension AnswerDefinition {
    fileprivate var json: JSON {
        [
            "id": .string(id), "version": .int(Int64(version)), "hash": .string(hash()), "source": .string(source),
            "name": name.json, "formula": formula.json, "trap": trap.json,
        ]
    }
}

extension UncountableMetric {
    fileprivate var json: JSON {
        ["id": .string(id), "name": name.json, "reason": reason.json, "needs": needs.json]
    }
}

extension MetricDefinition.Text {
    fileprivate var json: JSON { ["zh": .string(chinese), "en": .string(english)] }
}

extension MetricResult {
    fileprivate func answer(_ question: MetricQuestion) -> QueryAnswer {
        var json = question.head
        json.append("period", .text(question.period?.rawValue))
        json.append("days", .array(question.days))
        json.append("by", .text(question.query.tally.dimension?.text))
        json.append("total", total.json)
        json.append(
            "parts",
            .array(
                question.query.definition.expression.leaves.enumerated().map { number, leaf in
                    [
                        "signs": .string(leaf.formula), "value": .double(total.cell.sums[number]),
                        "currency": question.query.currencyCode(of: leaf),
                        "events": .count(total.cell.events[number]),
                    ]
                }))
        json.append("series", .array(series.map(\.json)))
        json.append(
            "groups",
            .array(
                groups.map { group in
                    [
                        "key": group.key.json, "others": .bool(group.key == .others), "total": group.total.json,
                        "series": .array(group.series.map(\.json)),
                    ]
                }))
        return QueryAnswer(json, table: table(question))
    }

    /// A row for each group, and where there are periods for each of them.
    private func table(_ question: MetricQuestion) -> QueryTable {
        let definition = question.query.definition
        let mark: [JSON] = [.string(definition.id), .int(Int64(definition.version))]
        let isGrouped = question.query.tally.dimension != nil
        let all = isGrouped ? groups.map { ([$0.key.cell], $0.total, $0.series) } : [([], total, series)]
        let rows = all.flatMap { key, total, series -> [[JSON]] in
            guard question.period != nil else { return [mark + key + total.row] }
            let cells = series.isEmpty ? [total] : series
            return zip(question.days, cells).map { day, cell in mark + key + [day] + cell.row }
        }
        let names = question.query.tally.dimension.map { [$0.text] } ?? []
        return QueryTable(
            ["metric", "version"] + names + (question.period == nil ? [] : ["day"])
                + ["value", "low", "high", "top", "bottom", "people"], rows)
    }
}

extension SegmentationResult.Key {
    fileprivate var cell: JSON { self == .others ? .string("(others)") : json }
}

extension MetricValue {
    var json: JSON {
        [
            "value": .number(value), "low": .number(interval?.low), "high": .number(interval?.high),
            "top": .number(top), "bottom": .number(bottom), "people": .count(cell.people), "gap": gap?.json ?? .null,
        ]
    }

    fileprivate var row: [JSON] {
        [
            .number(value), .number(interval?.low), .number(interval?.high), .number(top), .number(bottom),
            .count(cell.people),
        ]
    }
}

extension MetricValue.Gap {
    fileprivate var json: JSON {
        switch self {
        case .parameterMissing(let name): ["reason": "parameter_missing", "names": [.string(name)]]
        case .nothingCounted(let names):
            ["reason": "nothing_counted", "names": .array(names.map { .string($0) })]
        }
    }
}

extension MetricQuery {
    /// Of what counts money; null for everything else.
    fileprivate func currencyCode(of leaf: MetricLeaf) -> JSON {
        leaf.measure == .sum(.money) ? .string(currency.code) : .null
    }
}

private struct MetricRowsQuestion: Sendable {
    let metric: MetricQuestion
    let offset: Int
    let limit: Int

    func answer(_ snapshot: TimelineSnapshot) -> QueryAnswer {
        let found = snapshot.tallyRows(metric.query.tally, from: offset, countMax: limit + 1)
        let leaves = metric.query.definition.expression.leaves
        let rows = found.prefix(limit)
        var json = metric.head
        json.append(
            "rows",
            .array(
                rows.map { row in
                    [
                        "part": .string(leaves[row.leaf].formula),
                        "currency": metric.query.currencyCode(of: leaves[row.leaf]), "person": .string(row.person.text),
                        "name": .string(row.event.name.text), "channel": .string(row.event.channel.text),
                        "subject": .text(row.event.subject?.description), "time": .time(row.event.time),
                        "counted_at": .time(row.countedAt), "amount": .double(row.amount),
                        "sequence": .int(Int64(clamping: row.event.sequence)),
                    ]
                }))
        json.append("next", found.count > limit ? .count(offset + limit) : .null)
        let columns = ["part", "person", "name", "channel", "subject", "time", "counted_at", "amount", "sequence"]
        let table = rows.map { row -> [JSON] in
            [
                .string(leaves[row.leaf].formula), .string(row.person.text), .string(row.event.name.text),
                .string(row.event.channel.text), .text(row.event.subject?.description), .time(row.event.time),
                .time(row.countedAt), .double(row.amount), .int(Int64(clamping: row.event.sequence)),
            ]
        }
        return QueryAnswer(json, table: QueryTable(columns, table))
    }
}
