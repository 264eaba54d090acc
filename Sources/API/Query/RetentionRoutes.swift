import Base
import Domain
import HTTPServer
import Measure
import Timeline

extension API {
    private static let known = [
        "start", "return", "period", "columns", "counting", "first_only", "from", "to", "time_zone",
    ]
    private static let columnCountUsual = 8
    private static let lookback = Milliseconds.days(28)

    func registerRetention(on router: inout Router) {
        let kind = QueryKind(
            name: "retention", fields: Self.known, takesAudience: true,
            read: { fields throws(Problem) in try retention(fields) },
            answer: { question, snapshot throws(Problem) in
                snapshot.retention(question.query, observedUntil: question.observedUntil).answer(question)
            }, scope: { QueryScope([$0.query.start, $0.query.returning], $0.query.boundaries) }, list: "cohorts")
        onQuery(kind, on: &router)
    }

    private func retention(_ fields: Fields) throws(Problem) -> RetentionQuestion {
        let observedUntil = ports.observedUntil
        guard let start = try fields.filter("start") else {
            throw .missing("start", "must name the event that starts")
        }
        let returning = try fields.filter("return") ?? start
        let period = try fields.choice("period", CalendarPeriod.self) ?? .day
        let columns = try fields.integer("columns", in: 1...RetentionQuery.columnCountMax) ?? Self.columnCountUsual
        let counting = try fields.choice("counting", RetentionQuery.Counting.self) ?? .bracketed
        let isFirstOnly = try fields.flag("first_only") ?? false
        let zone = try zone(fields)
        let range = try fields.range(endingAt: ports.arrivingUntil, length: Self.lookback)
        do throws(TimelineQueryError) {
            let query = try RetentionQuery(
                start: start, returning: returning, range: range, period: period,
                zone: zone, columnCount: columns, counting: counting, isFirstOnly: isFirstOnly)
            return RetentionQuestion(query: query, period: period, zone: zone, observedUntil: observedUntil)
        } catch {
            throw Problem(error)
        }
    }
}

private struct RetentionQuestion: Sendable {
    let query: RetentionQuery
    let period: CalendarPeriod
    let zone: DayZone
    let observedUntil: EventTime
}

extension RetentionResult {
    fileprivate func answer(_ question: RetentionQuestion) -> QueryAnswer {
        let (query, zone, observedUntil) = (question.query, question.zone, question.observedUntil)
        let rows = cohorts.enumerated().map { index, cohort -> JSON in
            let columns = cohort.returned.enumerated().map { column, people -> JSON in
                guard query.boundaries[index + column] <= observedUntil else { return .null }
                var cell = JSON.rate(people, of: cohort.people).objectValue ?? JSONObject()
                cell.append("is_over", .bool(index + column < endedCount))
                return .object(cell)
            }
            return [
                "day": .string("\(zone.day(of: cohort.start))"), "start": .time(cohort.start),
                "people": .count(cohort.people), "returned": .array(columns),
            ]
        }
        let json: JSON = [
            "period": .string(question.period.rawValue), "time_zone": .string(zone.name),
            "counting": .string(query.counting.rawValue), "first_only": .bool(query.isFirstOnly),
            "observed_until": .time(observedUntil), "cohorts": .array(rows),
            "overall": .array(overall.map { .share($0) }),
        ]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: table(question))
    }

    /// A row for each cohort and column that had begun.
    private func table(_ question: RetentionQuestion) -> QueryTable {
        let rows = cohorts.enumerated().flatMap { index, cohort in
            cohort.returned.enumerated().filter { column, _ in
                question.query.boundaries[index + column] <= question.observedUntil
            }.map { column, people -> [JSON] in
                let rate = JSON.rate(people, of: cohort.people)
                return [
                    .string("\(question.zone.day(of: cohort.start))"), .count(column), .count(cohort.people),
                    .count(people), rate["rate"] ?? .null, rate["low"] ?? .null, rate["high"] ?? .null,
                    .bool(index + column < endedCount),
                ]
            }
        }
        return QueryTable(["day", "column", "people", "returned", "rate", "low", "high", "is_over"], rows)
    }
}
