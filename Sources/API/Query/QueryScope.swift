import Base
import Domain
import HTTPServer
import Measure
import Synchronization
import Timeline

/// Which events an answer rests on.
struct QueryScope: Sendable {
    static let allTime = EventTime(clampingUnixMs: 0)..<EventTime(clampingUnixMs: EventTime.unixMsEnd)

    let events: [EventFilter]
    let range: Range<EventTime>
    private(set) var basis: String  // What names in the question stand for, where that can change.
    private(set) var chosen: AudienceQuery?  // Whom it is about; nil for everybody.

    /// - Parameter range: Nil for all time.
    init(_ events: [EventFilter], _ range: Range<EventTime>?, basis: String = "") {
        self.events = events
        self.range = range.flatMap { $0.isEmpty ? nil : $0 } ?? Self.allTime
        self.basis = basis
    }

    /// Of the people of an audience alone.
    func among(_ audience: ChosenAudience?) -> QueryScope {
        guard let audience else { return self }
        var scope = self
        scope.chosen = audience.query
        scope.basis += " " + audience.query.expression.json.text
        return scope
    }

    /// - Parameter boundaries: Of periods that follow each other.
    init(_ events: [EventFilter], _ boundaries: [EventTime]) {
        self.init(events, boundaries.first.flatMap { first in boundaries.last.map { first..<max(first, $0) } })
    }
}

/// By kind of query, how the scope of a question is read.
final class QueryScopes: Sendable {
    typealias Reader = @Sendable (_ question: JSON, _ place: String) throws(Problem) -> QueryScope

    private let readers = Mutex<[String: Reader]>([:])

    func add(_ kind: String, _ reader: @escaping Reader) { readers.withLock { $0[kind] = reader } }

    /// Nil for a kind that is none.
    func reader(of kind: String) -> Reader? { readers.withLock { $0[kind] } }
}

extension API {
    private static let rowCountMax = 1000
    private static let rowReachMax = 10_000

    func registerRows(on router: inout Router) {
        let kind = QueryKind(
            name: "rows", fields: ["query", "question", "offset", "limit"],
            read: { fields throws(Problem) in try rows(fields) },
            answer: { question, snapshot throws(Problem) in question.answer(snapshot) })
        onQuery(kind, on: &router)
    }

    private func rows(_ fields: Fields) throws(Problem) -> RowsQuestion {
        let kind = try fields.required("query", "must be a kind of query, such as funnel") { json in
            json.stringValue.flatMap { scopes.reader(of: $0) == nil ? nil : $0 }
        }
        let question = try fields.required("question", "must be what the query was asked") { $0.objectValue }
        guard let reader = scopes.reader(of: kind) else { throw .missing("query", "must be a kind of query") }
        let scope = try reader(.object(question), fields.path("question"))
        let tally: TallyQuery
        do throws(TimelineQueryError) {
            tally = try TallyQuery(
                leaves: [TallyQuery.Leaf(of: scope.events, measure: .events)],
                boundaries: [scope.range.lowerBound, scope.range.upperBound])
        } catch {
            throw Problem(error)
        }
        return RowsQuestion(
            mark: mark(of: "query.\(kind)", asked: question, basis: scope.basis), scope: scope, tally: tally,
            offset: try fields.integer("offset", in: 0...Self.rowReachMax) ?? 0,
            limit: try fields.integer("limit", in: 1...Self.rowCountMax) ?? 100)
    }
}

private struct RowsQuestion: Sendable {
    let mark: JSON?
    let scope: QueryScope
    let tally: TallyQuery
    let offset: Int
    let limit: Int

    func answer(_ snapshot: TimelineSnapshot) -> QueryAnswer {
        let people = scope.chosen.map { snapshot.among($0) } ?? snapshot
        let found = people.tallyRows(tally, from: offset, countMax: limit + 1)
        let rows = found.prefix(limit).map(\.event)
        var json = JSONObject()
        if let mark { json.append("metric", mark) }
        let (from, to) = (scope.range.lowerBound, scope.range.upperBound)
        json.append("from", from == QueryScope.allTime.lowerBound ? .null : .time(from))
        json.append("to", to == QueryScope.allTime.upperBound ? .null : .time(to))
        json.append("events", .array(scope.events.map(\.json)))
        json.append("restates", .bool(scope.events.contains { $0.name?.text.hasPrefix("order_") ?? false }))
        json.append(
            "rows",
            .array(
                zip(found, rows).map { row, event in
                    [
                        "person": .string(row.person.text), "name": .string(event.name.text),
                        "channel": .string(event.channel.text), "subject": .text(event.subject?.description),
                        "time": .time(event.time), "value": .money(event.value?.minor, event.value?.currency),
                        "sequence": .int(Int64(clamping: event.sequence)),
                    ]
                }))
        json.append("next", found.count > limit ? .count(offset + limit) : .null)
        let table = zip(found, rows).map { row, event -> [JSON] in
            [
                .string(row.person.text), .string(event.name.text), .string(event.channel.text),
                .text(event.subject?.description), .time(event.time), event.value.map { .int($0.minor) } ?? .null,
                .text(event.value?.currency.code), .int(Int64(clamping: event.sequence)),
            ]
        }
        let columns = ["person", "name", "channel", "subject", "time", "minor", "currency", "sequence"]
        return QueryAnswer(json, table: QueryTable(columns, table))
    }
}
