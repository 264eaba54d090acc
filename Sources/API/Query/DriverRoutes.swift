import Base
import Domain
import HTTPServer
import Measure
import Orders
import Statistics
import Timeline

extension API {
    func registerDrivers(on router: inout Router) {
        let kind = QueryKind(
            name: "drivers", fields: ["before", "from", "to", "by", "limit", "currency"],
            read: { fields throws(Problem) in try drivers(fields) },
            answer: { query, snapshot throws(Problem) in
                guard let tree = snapshot.drivers(query) else {
                    throw Problem(
                        status: 422, code: "value_below_zero",
                        detail: "payments of a period sum to less than 0: no product of people and orders does")
                }
                return tree.answer(query)
            }, scope: { QueryScope([EventFilter(name: nil)], $0.before.lowerBound..<$0.after.upperBound) },
            hasComparison: false)
        onQuery(kind, on: &router)
    }

    private func drivers(_ fields: Fields) throws(Problem) -> DriverQuery {
        let newest = ports.newestTime() ?? ports.now()
        let after = try fields.range(endingAt: newest.advanced(by: Milliseconds(1)), length: .days(7))
        let length = after.upperBound.since(after.lowerBound)
        let before =
            try fields.object("before", known: ["from", "to"])?.range(endingAt: after.lowerBound, length: length)
            ?? after.lowerBound.advanced(by: Milliseconds(-length.count))..<after.lowerBound
        guard !before.isEmpty, before.upperBound <= after.lowerBound else {
            throw .field("before", "must end when the period begins that it is compared with, or earlier")
        }
        let dimension = try fields.dimensions("by", countMax: 1).first
        let limit = try fields.integer("limit", in: 1...SegmentationQuery.groupCountMax) ?? 20
        let currency = try fields.currency() ?? ports.orders.book.currency
        do throws(TimelineQueryError) {
            return try DriverQuery(
                before: before, after: after, dimension: dimension, groupCount: limit, currency: currency)
        } catch {
            throw Problem(error)
        }
    }
}

extension DriverTree {
    fileprivate func answer(_ query: DriverQuery) -> QueryAnswer {
        let json: JSON = [
            "currency": .string(query.currency.code), "before": before.json(query.before),
            "after": after.json(query.after), "change": .double(total.change),
            "change_low": .number(changeInterval?.low), "change_high": .number(changeInterval?.high),
            "factors": .array(
                Factor.allCases.enumerated().map { number, factor in
                    [
                        "name": .string(factor.rawValue), "before": .double(before.factors[number]),
                        "after": .double(after.factors[number]),
                        "contribution": .double(total.contributions[number]),
                        "low": .number(intervals[number]?.low), "high": .number(intervals[number]?.high),
                    ]
                }),
            "groups": .array(
                groups.map { group in
                    [
                        "key": group.key.json, "others": .bool(group.key == .others),
                        "before": .double(group.before.value), "after": .double(group.after.value),
                        "contributions": .array(group.contributions.map { .double($0) }),
                        "intervals": .array(
                            group.intervals.map { interval in
                                interval.map { ["low": .double($0.low), "high": .double($0.high)] } ?? .null
                            }),
                    ]
                }),
        ]
        let rows = Factor.allCases.enumerated().map { number, factor -> [JSON] in
            [
                .string(factor.rawValue), .double(before.factors[number]), .double(after.factors[number]),
                .double(total.contributions[number]), .number(intervals[number]?.low),
                .number(intervals[number]?.high),
            ]
        }
        return QueryAnswer(
            json.objectValue ?? JSONObject(),
            table: QueryTable(["factor", "before", "after", "contribution", "low", "high"], rows))
    }
}

extension DriverTree.Period {
    fileprivate func json(_ range: Range<EventTime>) -> JSON {
        [
            "from": .time(range.lowerBound), "to": .time(range.upperBound), "people": .double(people),
            "buyers": .double(buyers), "orders": .double(orders), "value": .double(value),
        ]
    }
}
