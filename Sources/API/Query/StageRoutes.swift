import Base
import Domain
import HTTPServer
import Measure
import Timeline

extension API {
    private static let known = ["model", "period", "from", "to", "time_zone", "list"]
    private static let lookback = Milliseconds.days(28)

    func registerStages(on router: inout Router) {
        let kind = QueryKind(
            name: "stages", fields: Self.known, takesAudience: true,
            read: { fields throws(Problem) in try stages(fields) },
            answer: { question, snapshot throws(Problem) in question.answer(snapshot) },
            mark: { $0.model.document.hash },
            scope: { question in
                let names = question.query.model.names.sorted().map { EventFilter(name: $0) }
                let start = EventTime(clampingUnixMs: 0)
                return QueryScope(
                    names, start..<max(start, question.query.moments.last ?? start),
                    basis: question.model.document.hash)
            })
        onQuery(kind, on: &router)
    }

    private func stages(_ fields: Fields) throws(Problem) -> StageQuestion {
        let observedUntil = ports.observedUntil
        let model = try stageModel(fields)
        let period = try fields.choice("period", CalendarPeriod.self) ?? .day
        let zone = try zone(fields)
        let range = try fields.range(endingAt: ports.arrivingUntil, length: Self.lookback)
        let query: StageQuery
        do throws(TimelineQueryError) {
            query = try StageQuery(
                model: model.document.model, range: range, period: period, zone: zone, observedUntil: observedUntil)
        } catch {
            throw Problem(error)
        }
        let list = try fields.object("list", known: StageList.fields)
        return StageQuestion(
            query: query, model: model, period: period, zone: zone, observedUntil: observedUntil,
            list: try list.map { fields throws(Problem) in try StageList(fields, query.model) })
    }
}

/// Whose names are asked for: those in one state at the first moment and in one at the last.
private struct StageList: Sendable {
    static let fields = ["was", "is", "limit", "cursor"]

    let was: Int?  // Nil for any.
    let now: Int?
    let page: ListPage

    init(_ fields: Fields, _ model: StageModel) throws(Problem) {
        was = try Self.state("was", fields, model)
        now = try Self.state("is", fields, model)
        page = try ListPage(fields)
    }

    private static func state(_ name: String, _ fields: Fields, _ model: StageModel) throws(Problem) -> Int? {
        try fields.optional(name, "must be the id of a stage of the model, or \"\(StageState.outside)\"") { json in
            let id = json.stringValue
            return id == StageState.outside ? 0 : model.stages.firstIndex { $0.id == id }.map { $0 + 1 }
        }
    }
}

private struct StageQuestion: Sendable {
    let query: StageQuery
    let model: NamedStageModel
    let period: CalendarPeriod
    let zone: DayZone
    let observedUntil: EventTime
    let list: StageList?

    func answer(_ snapshot: TimelineSnapshot) -> QueryAnswer {
        let result = snapshot.stages(query)
        let people = list.map { list in
            snapshot.people(
                in: list.was, then: list.now, query, after: list.page.after, countMax: list.page.countMax)
        }
        let flow = result.flow.map { row in
            let total = row.reduce(0, +)
            return JSON.array(row.map { .rate($0, of: total) })
        }
        let json: JSON = [
            "model": model.json, "period": .string(period.rawValue), "time_zone": .string(zone.name),
            "observed_until": .time(observedUntil), "is_last_over": .bool(query.isLastOver),
            "moments": .array(result.moments.indices.map { moment(result, $0) }),
            "moves": .array(result.moves.map { matrix in .array(matrix.map { .array($0.map(JSON.count)) }) }),
            "flow": .array(flow),
            "never_seen": .array(snapshot.neverSeen(query.model.names).map { .string($0.text) }),
            "list": people.map { people in
                [
                    "total": .count(people.total), "people": .array(people.people.map { .string($0.text) }),
                    "next": .text(people.next.map(String.init)),
                ]
            } ?? .null,
        ]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: table(result))
    }

    private func moment(_ result: StageResult, _ number: Int) -> JSON {
        [
            "time": .time(result.moments[number]), "day": .text(day(result, number)),
            "people": .array(result.people[number].map(JSON.count)),
        ]
    }

    /// Of the period that ends at the moment, the first day.
    private func day(_ result: StageResult, _ number: Int) -> String? {
        number == 0 ? nil : "\(zone.day(of: result.moments[number - 1]))"
    }

    /// A row for each moment and state, with where its people were the moment before.
    private func table(_ result: StageResult) -> QueryTable {
        let states = [StageState.outside] + query.model.stages.map(\.id)
        let rows = result.moments.indices.flatMap { number in
            states.indices.map { state -> [JSON] in
                let before = states.indices.map { from in
                    number == 0 ? JSON.null : .count(result.moves[number - 1][from][state])
                }
                return [
                    .time(result.moments[number]), .text(day(result, number)), .string(states[state]),
                    .count(result.people[number][state]),
                ] + before
            }
        }
        return QueryTable(["time", "day", "stage", "people"] + states.map { "from_\($0)" }, rows)
    }
}
