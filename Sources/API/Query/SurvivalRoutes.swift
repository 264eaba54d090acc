import Base
import Domain
import HTTPServer
import Measure
import Statistics
import Timeline

extension API {
    private static let known = [
        "start", "end", "occurrence", "first_only", "unit", "units", "groups", "from", "to",
    ]
    private static let unitCountUsual = 90
    private static let lookback = Milliseconds.days(180)

    func registerSurvival(on router: inout Router) {
        let kind = QueryKind(
            name: "survival", fields: Self.known, takesAudience: true,
            read: { fields throws(Problem) in try survival(fields) },
            answer: { question, snapshot throws(Problem) in
                snapshot.survival(question.query, observedUntil: question.observedUntil).answer(question)
            },
            scope: { question in
                let start = question.query.range.lowerBound
                return QueryScope(
                    [question.query.start, question.query.end], start..<max(start, question.observedUntil))
            })
        onQuery(kind, on: &router)
    }

    private func survival(_ fields: Fields) throws(Problem) -> SurvivalQuestion {
        let observedUntil = ports.observedUntil
        guard let end = try fields.filter("end") else {
            throw .missing("end", "must name the event that is waited for")
        }
        var groups: [EventFilter] = []
        let filters = try fields.objects(
            "groups", count: 0...SurvivalQuery.groupCountMax, known: EventFilter.fields)
        for filter in filters { groups.append(try EventFilter(filter)) }
        let unit = try fields.choice("unit", SurvivalUnit.self) ?? .day
        let query = SurvivalQuery(
            start: try fields.filter("start") ?? EventFilter(name: nil), end: end,
            occurrence: try fields.integer("occurrence", in: 1...SurvivalQuery.occurrenceMax) ?? 1,
            isFirstOnly: try fields.flag("first_only") ?? false,
            range: try fields.range(endingAt: ports.arrivingUntil, length: Self.lookback),
            unit: unit.length,
            unitCount: try fields.integer("units", in: 1...SurvivalQuery.unitCountMax) ?? Self.unitCountUsual,
            groups: groups)
        return SurvivalQuestion(query: query, unit: unit, observedUntil: observedUntil)
    }
}

/// What durations are counted in.
private enum SurvivalUnit: String, CaseIterable {
    case hour, day, week

    var length: Milliseconds {
        switch self {
        case .hour: .hours(1)
        case .day: .days(1)
        case .week: .days(7)
        }
    }
}

private struct SurvivalQuestion: Sendable {
    let query: SurvivalQuery
    let unit: SurvivalUnit
    let observedUntil: EventTime
}

extension SurvivalResult {
    fileprivate func answer(_ question: SurvivalQuestion) -> QueryAnswer {
        let query = question.query
        let curves = groups.map { SurvivalCurve($0.counts) }
        let test = LogRankTest(groups.map(\.counts))
        let json: JSON = [
            "unit": .string(question.unit.rawValue), "units": .count(query.unitCount),
            "occurrence": .count(query.occurrence), "first_only": .bool(query.isFirstOnly),
            "observed_until": .time(question.observedUntil), "left_out": .count(leftOut),
            "groups": .array(zip(groups, curves).map { $0.json($1, unitCount: query.unitCount) }),
            "log_rank": test.map {
                ["statistic": .double($0.statistic), "degrees": .count($0.degrees), "p_value": .double($0.pValue)]
            } ?? .null,
        ]
        let rows = curves.enumerated().flatMap { group, curve in
            curve.shown(unitCount: query.unitCount).map { [.count(group)] + $0.cells }
        }
        return QueryAnswer(
            json.objectValue ?? JSONObject(), table: QueryTable(["group"] + SurvivalCurve.Point.columns, rows))
    }
}

extension SurvivalResult.Group {
    /// By the unit within which it happened, or the person was cut off, from 1 on; past the horizon the last.
    fileprivate var counts: [SurvivalCount] {
        zip(happened, cutOff).enumerated().map { unit, count in
            SurvivalCount(duration: Double(unit + 1), events: count.0, censored: count.1)
        }
    }

    fileprivate func json(_ curve: SurvivalCurve, unitCount: Int) -> JSON {
        let (low, high) = curve.medianRange
        return [
            "people": .count(curve.count), "happened": .count(happened.reduce(0, +)),
            "median": Self.units(curve.median),
            "median_low": Self.units(low), "median_high": Self.units(high),
            "curve": .array(
                curve.shown(unitCount: unitCount).map { point in
                    .object(
                        JSONObject(
                            zip(SurvivalCurve.Point.columns, point.cells).map {
                                JSONObject.Member(name: $0, value: $1)
                            }))
                }),
        ]
    }

    private static func units(_ duration: Double?) -> JSON { duration.map { .count(Int($0)) } ?? .null }
}

extension SurvivalCurve {
    /// Up to the horizon, as long as anybody was seen.
    fileprivate func shown(unitCount: Int) -> [Point] { points.prefix(unitCount).prefix { $0.atRisk > 0 } }
}

extension SurvivalCurve.Point {
    fileprivate static let columns = ["within", "at_risk", "happened", "cut_off", "waiting", "low", "high"]

    fileprivate var cells: [JSON] {
        [
            .count(Int(duration)), .count(atRisk), .count(events), .count(censored), .double(survival),
            .double(interval.low), .double(interval.high),
        ]
    }
}
