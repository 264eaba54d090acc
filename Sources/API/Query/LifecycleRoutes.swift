import Base
import Domain
import HTTPServer
import Timeline

/// What a question about periods of the calendar has in common.
private struct PeriodQuestion<Query: Sendable>: Sendable {
    let query: Query
    let range: Range<EventTime>
    let period: CalendarPeriod
    let zone: DayZone
    let observedUntil: EventTime
}

extension API {
    private static let lookback = Milliseconds.days(28)
    private static let windowDaysUsual = 28

    func registerLifecycle(on router: inout Router) {
        let byPeriod = QueryKind(
            name: "lifecycle", fields: ["active", "period", "from", "to", "time_zone"], takesAudience: true,
            read: { fields throws(Problem) in try lifecycle(fields) },
            answer: { question, snapshot throws(Problem) in
                snapshot.lifecycle(question.query, observedUntil: question.observedUntil).answer(question)
            }, scope: { QueryScope([$0.query.active], $0.range) })
        onQuery(byPeriod, on: &router)
        let byDay = QueryKind(
            name: "stickiness", fields: ["active", "window_days", "from", "to", "time_zone"], takesAudience: true,
            read: { fields throws(Problem) in try stickiness(fields) },
            answer: { question, snapshot throws(Problem) in
                snapshot.stickiness(question.query, observedUntil: question.observedUntil).answer(question)
            }, scope: { QueryScope([$0.query.active], $0.range) })
        onQuery(byDay, on: &router)
    }

    private func lifecycle(_ fields: Fields) throws(Problem) -> PeriodQuestion<LifecycleQuery> {
        let period = try fields.choice("period", CalendarPeriod.self) ?? .day
        return try periods(fields, period) { active, range, zone throws(TimelineQueryError) in
            try LifecycleQuery(active: active, range: range, period: period, zone: zone)
        }
    }

    private func stickiness(_ fields: Fields) throws(Problem) -> PeriodQuestion<StickinessQuery> {
        let days = try fields.integer("window_days", in: StickinessQuery.windowDays) ?? Self.windowDaysUsual
        return try periods(fields, .day) { active, range, zone throws(TimelineQueryError) in
            try StickinessQuery(active: active, range: range, zone: zone, windowLength: days)
        }
    }

    private func periods<Query: Sendable>(
        _ fields: Fields, _ period: CalendarPeriod,
        _ make: (EventFilter, Range<EventTime>, DayZone) throws(TimelineQueryError) -> Query
    ) throws(Problem) -> PeriodQuestion<Query> {
        let observedUntil = ports.observedUntil
        let active = try fields.filter("active") ?? EventFilter(name: nil)
        let zone = try zone(fields)
        let range = try fields.range(endingAt: ports.arrivingUntil, length: Self.lookback)
        do throws(TimelineQueryError) {
            return PeriodQuestion(
                query: try make(active, range, zone), range: range, period: period, zone: zone,
                observedUntil: observedUntil)
        } catch {
            throw Problem(error)
        }
    }
}

extension LifecycleResult {
    fileprivate func answer(_ question: PeriodQuestion<LifecycleQuery>) -> QueryAnswer {
        let rows = periods.map { period -> JSON in
            [
                "day": .string("\(question.zone.day(of: period.start))"), "start": .time(period.start),
                "is_over": .bool(period.isOver), "active": .count(period.active), "new": .count(period.new),
                "returning": .count(period.returning), "resurrecting": .count(period.resurrecting),
                "dormant": .count(period.dormant), "returned": .rate(period.returning, of: period.activeBefore),
            ]
        }
        let json: JSON = [
            "period": .string(question.period.rawValue), "time_zone": .string(question.zone.name),
            "observed_until": .time(question.observedUntil), "periods": .array(rows),
        ]
        let columns = ["day", "active", "new", "returning", "resurrecting", "dormant"]
        let table = rows.map { row in
            columns.map { row[$0] ?? .null } + JSON.cells(row["returned"] ?? .null) + [row["is_over"] ?? .null]
        }
        return QueryAnswer(
            json.objectValue ?? JSONObject(),
            table: QueryTable(columns + ["returned_rate", "returned_low", "returned_high", "is_over"], table))
    }
}

extension StickinessResult {
    fileprivate func answer(_ question: PeriodQuestion<StickinessQuery>) -> QueryAnswer {
        let rows = days.map { day -> JSON in
            [
                "day": .string("\(question.zone.day(of: day.start))"), "start": .time(day.start),
                "is_over": .bool(day.isOver), "active": .count(day.active),
                "active_in_window": .count(day.activeInWindow), "stickiness": .rate(day.active, of: day.activeInWindow),
            ]
        }
        let people = byActiveDays.reduce(0, +)
        let spread = byActiveDays.enumerated().dropFirst().map { days, count -> JSON in
            ["days": .count(days), "people": .count(count), "share": .rate(count, of: people)]
        }
        let json: JSON = [
            "window_days": .count(question.query.windowLength), "time_zone": .string(question.zone.name),
            "observed_until": .time(question.observedUntil), "days": .array(rows), "overall": .share(overall),
            "by_active_days": .array(spread),
        ]
        let columns = ["day", "active", "active_in_window"]
        let table = rows.map { row in
            columns.map { row[$0] ?? .null } + JSON.cells(row["stickiness"] ?? .null) + [row["is_over"] ?? .null]
        }
        return QueryAnswer(
            json.objectValue ?? JSONObject(),
            table: QueryTable(columns + ["stickiness", "low", "high", "is_over"], table))
    }
}
