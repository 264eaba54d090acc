import Base
import Domain
import HTTPServer
import Measure
import Orders
import Timeline

extension API {
    private static let namedMax = 100_000  // People in one answer.

    func registerAudience(on router: inout Router) {
        let members = QueryKind(
            name: "audience", fields: ["audience", "as_of", "limit", "cursor"],
            read: { fields throws(Problem) in try audience(fields) },
            answer: { question, snapshot throws(Problem) in question.answer(snapshot) }, mark: { $0.query.mark },
            scope: { QueryScope([$0.query]) })
        onQuery(members, on: &router)
        let sets = QueryKind(
            name: "audience-overlap", fields: ["audiences", "as_of"],
            read: { fields throws(Problem) in try overlap(fields) },
            answer: { question, snapshot throws(Problem) in
                snapshot.overlap(question.queries).answer(question.names)
            }, mark: { $0.queries.map(\.mark).joined(separator: " ") },
            scope: { QueryScope($0.queries) })
        onQuery(sets, on: &router)
        let changes = QueryKind(
            name: "audience-difference", fields: ["audience", "from", "to", "limit"],
            read: { fields throws(Problem) in try difference(fields) },
            answer: { question, snapshot throws(Problem) in question.answer(snapshot) },
            mark: { $0.last.mark + String($0.last.asOf?.unixMs ?? 0) }, scope: { QueryScope([$0.last]) },
            hasComparison: false)
        onQuery(changes, on: &router)
    }

    private func audience(_ fields: Fields) throws(Problem) -> AudienceQuestion {
        AudienceQuestion(
            query: try asked(try expression(fields), try fields.time("as_of")),
            limit: try fields.integer("limit", in: 0...Self.namedMax) ?? 100,
            after: try fields.optional("cursor", "must be `next` of the page before") { json in
                json.stringValue.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
            })
    }

    private func difference(_ fields: Fields) throws(Problem) -> DifferenceQuestion {
        guard let first = try fields.time("from") else {
            throw .missing(fields.path("from"), "must be the earlier of two moments")
        }
        let last = try fields.time("to") ?? ports.now()
        guard first < last else { throw .field(fields.path("from"), "must lie before `to`") }
        let expression = try expression(fields)
        return DifferenceQuestion(
            first: try asked(expression, first), last: try asked(expression, last),
            limit: try fields.integer("limit", in: 0...Self.namedMax) ?? 100)
    }

    private func overlap(_ fields: Fields) throws(Problem) -> OverlapQuestion {
        let count = 2...AudienceOverlap.audienceCountMax
        let asOf = try fields.time("as_of")
        let now = ports.now()
        let rule = "must hold \(count.lowerBound) to \(count.upperBound) audiences"
        let elements = try fields.required("audiences", rule) { json in
            json.arrayValue.flatMap { count.contains($0.count) ? $0 : nil }
        }
        var queries: [AudienceQuery] = []
        for (index, element) in elements.enumerated() {
            let place = fields.path("audiences[\(index)]")
            queries.append(try asked(try expression(element, at: place), asOf, now: now))
        }
        return OverlapQuestion(queries: queries, names: elements.map { $0.stringValue.map { .string($0) } ?? .null })
    }

    private func expression(_ fields: Fields) throws(Problem) -> AudienceExpression {
        try expression(try fields.required("audience", Self.audienceRule) { $0 }, at: fields.path("audience"))
    }

    static let audienceRule = "must be an audience, or the name of a saved one"

    /// As it is written, or by the name under which it was saved.
    func expression(_ json: JSON, at place: String) throws(Problem) -> AudienceExpression {
        if let name = json.stringValue {
            guard let saved = ports.audiences.kept().first(where: { $0.name.text == name }) else {
                throw .field(place, "names no saved audience: see `GET /api/v1/audiences`")
            }
            return saved.expression
        }
        guard json.objectValue != nil else { throw .field(place, Self.audienceRule) }
        return try reader.expression(try Fields(json, place: place, known: AudienceReader.fields))
    }

    func asked(
        _ expression: AudienceExpression, _ asOf: EventTime?, now: EventTime? = nil
    ) throws(Problem) -> AudienceQuery {
        do throws(AudienceExpressionError) {
            return try AudienceQuery(expression, asOf: asOf, now: now ?? ports.now())
        } catch {
            throw .field("audience", "\(error)")
        }
    }

    var reader: AudienceReader {
        AudienceReader(
            currency: ports.orders.book.currency, zone: ports.orders.book.zone, stageModels: ports.stageModels.models)
    }
}

extension QueryScope {
    /// Saved audiences are what they hold: a name may come to stand for another.
    fileprivate init(_ audiences: [AudienceQuery]) {
        var events: [EventFilter] = []
        for filter in audiences.flatMap(\.filters) where !events.contains(filter) { events.append(filter) }
        let start = EventTime(clampingUnixMs: 0)
        let end = audiences.compactMap(\.asOf).max()
        self.init(
            events, end.map { start..<max(start, $0) },
            basis: audiences.map { $0.expression.json.text }.joined(separator: " "))
    }
}

extension AudienceQuery {
    /// What the answer depends on beside the question: what names stand for, and the clock, where days are counted back
    /// from it.
    var mark: String {
        expression.hash + (asOf == nil && expression.isOfLastDays ? String(now.unixMs) : "")
    }
}

private struct AudienceQuestion: Sendable {
    let query: AudienceQuery
    let limit: Int
    let after: Int?

    func answer(_ snapshot: TimelineSnapshot) -> QueryAnswer {
        let result = snapshot.audience(query, after: after, countMax: limit)
        let json = JSONObject([
            .init(name: "count", value: .count(result.count)), .init(name: "of", value: .count(result.peopleTotal)),
            .init(name: "people", value: .array(result.people.map { .string($0.text) })),
            .init(name: "next", value: .text(result.next.map { String($0) })),
            .init(name: "as_of", value: .time(query.asOf)), .init(name: "audience", value: query.expression.json),
        ])
        return QueryAnswer(json, table: QueryTable(["person"], result.people.map { [.string($0.text)] }))
    }
}

private struct OverlapQuestion: Sendable {
    let queries: [AudienceQuery]
    let names: [JSON]  // Null for one that came as it is.
}

extension AudienceOverlap {
    fileprivate func answer(_ names: [JSON]) -> QueryAnswer {
        let numbers = names.indices
        let pairs = numbers.flatMap { one in
            numbers.filter { $0 > one }.map { other -> (one: Int, other: Int, both: Int, either: Int) in
                let both = count(one, other)
                return (one, other, both, count(one) + count(other) - both)
            }
        }
        let sets = regions.indices.filter { regions[$0] > 0 }.sorted { (regions[$1], $0) < (regions[$0], $1) }
        let json = JSONObject([
            .init(name: "of", value: .count(peopleTotal)),
            .init(
                name: "audiences",
                value: .array(numbers.map { ["name": names[$0], "count": .count(count($0))] })),
            .init(
                name: "pairs",
                value: .array(
                    pairs.map { pair in
                        [
                            "one": .count(pair.one), "other": .count(pair.other), "both": .count(pair.both),
                            "jaccard": pair.either == 0 ? .null : .double(Double(pair.both) / Double(pair.either)),
                        ]
                    })),
            .init(
                name: "regions",
                value: .array(
                    sets.map { set in
                        [
                            "in": .array(numbers.filter { set >> $0 & 1 != 0 }.map { .count($0) }),
                            "count": .count(regions[set]),
                        ]
                    })),
        ])
        return QueryAnswer(
            json,
            table: QueryTable(
                ["one", "other", "both", "either"],
                pairs.map { [.count($0.one), .count($0.other), .count($0.both), .count($0.either)] }))
    }
}

private struct DifferenceQuestion: Sendable {
    let first: AudienceQuery
    let last: AudienceQuery
    let limit: Int

    func answer(_ snapshot: TimelineSnapshot) -> QueryAnswer {
        let found = snapshot.difference(first, last, countMax: limit)
        let side = { (count: Int, people: [PersonID]) -> JSON in
            ["count": .count(count), "people": .array(people.map { .string($0.text) })]
        }
        let json = JSONObject([
            .init(name: "from", value: .time(first.asOf)), .init(name: "to", value: .time(last.asOf)),
            .init(name: "stayed", value: .count(found.stayedCount)),
            .init(name: "entered", value: side(found.enteredCount, found.entered)),
            .init(name: "left", value: side(found.leftCount, found.left)),
            .init(name: "of", value: .array(found.peopleTotal.map { .count($0) })),
        ])
        let rows = { (word: JSON, people: [PersonID]) in people.map { [word, .string($0.text)] } }
        return QueryAnswer(
            json, table: QueryTable(["change", "person"], rows("entered", found.entered) + rows("left", found.left)))
    }
}
