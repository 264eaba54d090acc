import Base
import Domain
import HTTPServer
import Measure
import Orders
import Statistics
import Timeline

extension API {
    private static let known = [
        "start", "return", "period", "columns", "counting", "first_only", "from", "to", "time_zone", "identities",
    ]
    private static let columnCountUsual = 8
    private static let lookback = Milliseconds.days(28)

    func registerRetention(on router: inout Router) {
        on(.post, "/api/v1/query/retention", .read, &router) { request, _ throws(Problem) in
            let observedUntil = ports.newestTime() ?? ports.now()
            let question = try retention(request, observedUntil)
            return .json(
                try await query { () throws(Problem) in
                    let snapshot = try ports.people(ports.timeline(), question.basis)
                    let clock = ContinuousClock()
                    let start = clock.now
                    let result = snapshot.retention(question.query, observedUntil: observedUntil)
                    return result.json(question, observedUntil: observedUntil, duration: clock.now - start)
                })
        }
    }

    private func retention(_ request: HTTPRequest, _ observedUntil: EventTime) throws(Problem) -> RetentionQuestion {
        let fields = try Fields(body: request, known: Self.known)
        guard let start = try fields.filter("start") else {
            throw .missing("start", "must name the event that starts")
        }
        let returning = try fields.filter("return") ?? start
        let period = try fields.choice("period", CalendarPeriod.self) ?? .day
        let columns = try fields.integer("columns", in: 1...RetentionQuery.columnCountMax) ?? Self.columnCountUsual
        let counting = try fields.choice("counting", RetentionQuery.Counting.self) ?? .bracketed
        let isFirstOnly = try fields.optional("first_only", "must be true or false") { $0.boolValue } ?? false
        let asked = try fields.optional("time_zone", "must be a zone of the IANA database, such as Asia/Shanghai") {
            $0.stringValue.flatMap { ports.zone($0) }
        }
        let zone = asked ?? ports.orders.book.zone
        let range = try fields.range(endingAt: observedUntil.advanced(by: Milliseconds(1)), length: Self.lookback)
        let basis = try fields.basis()
        do throws(TimelineQueryError) {
            let query = try RetentionQuery(
                start: start, returning: returning, range: range, period: period,
                zone: zone, columnCount: columns, counting: counting, isFirstOnly: isFirstOnly)
            return RetentionQuestion(query: query, period: period, zone: zone, basis: basis)
        } catch {
            throw Problem(error)
        }
    }
}

private struct RetentionQuestion: Sendable {
    let query: RetentionQuery
    let period: CalendarPeriod
    let zone: DayZone
    let basis: PersonBasis
}

extension RetentionResult {
    fileprivate func json(_ question: RetentionQuestion, observedUntil: EventTime, duration: Duration) -> JSON {
        let (query, zone) = (question.query, question.zone)
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
        return [
            "period": .string(question.period.rawValue), "time_zone": .string(zone.name),
            "counting": .string(query.counting.rawValue), "first_only": .bool(query.isFirstOnly),
            "observed_until": .time(observedUntil), "cohorts": .array(rows),
            "overall": .array(overall.map(\.json)), "duration_ms": .double(duration / .milliseconds(1)),
        ]
    }
}

extension RetentionResult.Overall {
    /// Of everybody who could have been there. Where one person is in several cohorts, their columns are no independent
    /// trials: then the interval is that of a ratio of sums over people.
    fileprivate var json: JSON {
        guard expected > people, returned > 0, returned < expected else { return .rate(returned, of: expected) }
        let estimate = RatioEstimate(
            count: people, tops: Double(returned), bottoms: Double(expected), topSquares: Double(returnedSquares),
            bottomSquares: Double(expectedSquares), products: Double(products))
        let interval = estimate.interval()
        return [
            "numerator": .count(returned), "denominator": .count(expected), "rate": .number(estimate.ratio),
            "low": .number(interval.map { max(0, $0.low) }), "high": .number(interval.map { min(1, $0.high) }),
        ]
    }
}
